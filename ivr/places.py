"""Places in a script, and the URLs that lead to them."""

from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class To:
    """A place in a script: the step's name and what travels in its URL."""

    step: str
    params: tuple[tuple[str, str], ...] = ()


class Urls:
    """Where a place is: absolute, below the public URL that the carrier knows."""

    def __init__(self, public_url: str) -> None:
        """`public_url` without a trailing slash."""
        self.public_url = public_url

    def step(self, place: To) -> str:
        """The URL of a place in a script."""
        query = f"?{urlencode(place.params)}" if place.params else ""
        return f"{self.public_url}/voice/{place.step}{query}"

    def audio(self, name: str) -> str:
        """The URL of a prompt's recording, by the name under which it is stored."""
        return f"{self.public_url}/media/prompts/{name}"

    def file(self, path: str) -> str:
        """The URL of a static file."""
        return self.public_url + path
