"""What ticket systems on loopback share: they refuse what the real ones refuse, and lose answers when they are told to.

What they take and answer is written after the vendors' own API descriptions, apart from the adapters that are tested.
"""

import re

from tests.integrations.services import Asked, Given, Service


class Vendor(Service):
    """Routes by method and path; every request must carry the access and, with a body, JSON."""

    authorization = ""
    routes: tuple[tuple[str, str, str], ...] = ()

    def __init__(self) -> None:
        super().__init__()
        self.fails_after = 0
        """So many requests are done, and answered as if they had not been."""

    def answer(self, asked: Asked) -> Given:
        if asked.headers.get("authorization") != self.authorization:
            return self.denied()
        if asked.method in {"POST", "PUT"} and asked.headers.get("content-type") != "application/json":
            return Given(415, {"error": "unsupported media type"})
        for method, pattern, name in self.routes:
            found = re.fullmatch(pattern, asked.path)
            if found and method == asked.method:
                given: Given = getattr(self, name)(asked, *found.groups())
                return self._lost(given) if method != "GET" else given
        return Given(404, {"error": "no such path"})

    def denied(self) -> Given:
        return Given(401, {"error": "Couldn't authenticate you"})

    def _lost(self, given: Given) -> Given:
        if given.status < 300 and self.fails_after > 0:
            self.fails_after -= 1
            return Given(502, {"error": "bad gateway"})
        return given

    def writes(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.method != "GET" and not asked.path.endswith("/search/jql")]
