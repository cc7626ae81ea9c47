"""What every ticket system is asked: find a ticket by our name for it, create it, and add what changed."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from ivr.clock import real_clock
from ivr.integrations.targets import pause_of
from ivr.integrations.wire import Bounds, Reply, WireFailed, ask

ANYWHERE = Bounds()
MOST_PAGES = 20
PASSING = {408, 409, 423, 425, 429}
"""HTTP's refusals that pass by themselves; and 401 and 403, when somebody mends the access."""


@dataclass(frozen=True)
class News:
    """What a ticket system is told of one event.

    `reference` is our name for the ticket, the same for ever; `mark` is in no other text about it; `note` is what is
    added to a ticket that is there; `state` is ours: open, paging, acknowledged, resolved or closed.
    """

    reference: str
    mark: str
    subject: str
    description: str
    note: str
    critical: bool
    state: str
    changes_class: bool = False
    changes_state: bool = False


@dataclass(frozen=True)
class Theirs:
    """A ticket of theirs: the id that their API wants, the number that people know, and its page."""

    id: str
    number: str
    url: str


class DeskFailed(Exception):
    """Their service did not do it. `permanent`: not before somebody changes something."""

    def __init__(
        self, text: str, status: int | None = None, permanent: bool = False, pause: timedelta | None = None
    ) -> None:
        """`pause`: how long they ask us to wait."""
        super().__init__(text)
        self.status, self.permanent, self.pause = status, permanent, pause


class Desk(Protocol):
    """A ticket system."""

    def find(self, reference: str) -> Theirs | None:
        """The ticket that was created for this reference, if any. Raises DeskFailed, as all of these."""

    def create(self, news: News) -> Theirs:
        """A new ticket."""

    def tell(self, theirs: Theirs, news: News, tried_before: bool) -> None:
        """Add the note, and set state and priority where they changed; a note that is there already is not repeated."""


@dataclass(frozen=True)
class Api:
    """A JSON API behind one address. `authorization` is the header, and never shown."""

    base: str
    authorization: str

    def get(self, path: str, **query: Any) -> Any:
        """GET; the answer's JSON."""
        return self._json(self._ask("GET", f"{path}?{urlencode(query)}" if query else path))

    def send(self, method: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Any:
        """POST or PUT of JSON; the answer's JSON, None when it has no body."""
        return self._json(self._ask(method, path, json.dumps(body).encode(), headers))

    def own(self, url: str) -> str | None:
        """The path and query of an address that an answer names, if it is one of this API; no other is asked."""
        there, here = urlsplit(url), urlsplit(self.base)
        if there.netloc != here.netloc or not there.path.startswith(here.path):
            return None
        path = there.path.removeprefix(here.path.rstrip("/"))
        return f"{path}?{there.query}" if there.query else path

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        sent = {"Authorization": self.authorization, "Accept": "application/json", "User-Agent": "Nightline"}
        if body is not None:
            sent["Content-Type"] = "application/json"
        try:
            reply = ask(
                method, self.base.rstrip("/") + path, bounds=ANYWHERE, headers=sent | dict(headers or {}), body=body
            )
        except WireFailed as failure:
            raise DeskFailed(str(failure), permanent=failure.refused) from None
        if not 200 <= reply.status < 300:
            raise refusal(method, path, reply)
        return reply

    def _json(self, reply: Reply) -> Any:
        if not reply.body.strip():
            return None
        try:
            return json.loads(reply.body)
        except ValueError:
            raise DeskFailed("It did not answer JSON: is the address right?", reply.status, permanent=True) from None


def refusal(method: str, path: str, reply: Reply) -> DeskFailed:
    """What an answer that is no success means."""
    passes = reply.status in {401, 403, *PASSING} or reply.status >= 500
    where = f"{method} {path.partition('?')[0]}"
    text = f"{where}: {reply.status} {reply.text.strip()}"
    return DeskFailed(text, reply.status, permanent=not passes, pause=pause_of(reply.headers, real_clock()))


def basic(user: str, password: str) -> str:
    """The header of HTTP's basic authentication."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def pages(first: Any, following: Any) -> Iterator[Any]:
    """Answers page by page: `following` answers the one after, or None."""
    page, count = first, 0
    while page is not None and count < MOST_PAGES:
        yield page
        page, count = following(page), count + 1


def priority_of(names: Mapping[bool, str], news: News) -> dict[str, str]:
    """The field `priority` as their system calls it; none at all where the file leaves the name empty."""
    return {"priority": names[news.critical]} if names[news.critical] else {}
