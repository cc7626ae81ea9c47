"""Forms as a browser fills them in: what a page's form would send, with some of it typed anew."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse


@dataclass
class Sheet:
    """One form of a page: where it goes, and what it would send."""

    action: str
    fields: MultiDict[str, str] = field(default_factory=MultiDict)


class Reader(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sheets: list[Sheet] = []
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._area: str | None = None
        self._text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.sheets.append(Sheet(found.get("action", "")))
        elif tag == "select":
            self._select, self._options = found.get("name"), []
        elif tag == "option":
            self._options.append((found.get("value", ""), "selected" in found))
        elif tag == "textarea":
            self._area, self._text = found.get("name"), ""
        elif tag == "input" and "name" in found and self.sheets:
            ticks = found.get("type") in {"checkbox", "radio"}
            if found.get("type") not in {"submit", "file"} and (not ticks or "checked" in found):
                self.sheets[-1].fields.add(found["name"], found.get("value", "on" if ticks else ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select and self.sheets:
            chosen = [value for value, selected in self._options if selected]
            first = self._options[0][0] if self._options else ""
            self.sheets[-1].fields.add(self._select, chosen[-1] if chosen else first)
            self._select = None
        elif tag == "textarea" and self._area and self.sheets:
            self.sheets[-1].fields.add(self._area, self._text.removeprefix("\n"))
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text += data


def sheet(html: str, holds: str = "seen") -> Sheet:
    """The first form of a page that sends a field."""
    return next(one for one in Reader(html).sheets if holds in one.fields)


def typing(found: Sheet, typed: dict[str, Any]) -> MultiDict[str, str]:
    """What the form sends once this was typed: None unticks or leaves out, a list replaces all of a name."""
    sent = found.fields.copy()
    for name, value in typed.items():
        sent.poplist(name)
        values = [] if value is None else value if isinstance(value, list) else [value]
        for one in values:
            sent.add(name, one)
    return sent


def save(client: FlaskClient, path: str, do: str = "save", /, **typed: Any) -> TestResponse:
    """Open a page's form, type something, and press one of its buttons. Underlines in names are dashes where needed."""
    return send(client, path, client.get(path).get_data(as_text=True), do, **typed)


def send(client: FlaskClient, path: str, html: str, do: str = "save", /, **typed: Any) -> TestResponse:
    """Type into a form that was opened before, and press one of its buttons."""
    return client.post(path, data=typing(sheet(html), {**typed, "do": do}))
