"""Forms as they are typed: lists whose rows are added, removed and moved, kept word for word until they are saved."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from werkzeug.datastructures import MultiDict

Raw = dict[str, Any]
"""A form's texts by name; a list is a list of rows, a row a `Raw` of its own. A row of one text has it as `value`."""

Typed = MultiDict[str, str]
VALUE = "value"
LONGEST_NUMBER = 18
"""Digits: more than any number that a check lets pass, and few enough for Python to read."""


@dataclass(frozen=True)
class Rows:
    """A list of a form. `blank` is a new row; one whose `needed` columns are all empty is dropped when it is saved."""

    blank: Mapping[str, str]
    needed: tuple[str, ...] = ()

    def is_blank(self, row: Raw) -> bool:
        """Whether nothing was typed into a row."""
        return not any(row[column] for column in self.needed or tuple(self.blank))


TEXTS = Rows({VALUE: ""})


class Unclear(ValueError):
    """A form that no page of ours sends."""


def texts(typed: Typed, names: Iterable[str]) -> Raw:
    """The single texts of a form, without blanks around them."""
    return {name: typed.get(name, "").replace("\r\n", "\n").strip() for name in names}


def flags(typed: Typed, names: Iterable[str]) -> Raw:
    """The boxes that are ticked."""
    return {name: name in typed for name in names}


def rows(typed: Typed, name: str, kind: Rows, prefix: str = "") -> list[Raw]:
    """The rows of a list: one text is sent under the list's name, a column under `list-column`."""
    columns = list(kind.blank)
    sent = [typed.getlist(f"{prefix}{name}" if column == VALUE else f"{prefix}{name}-{column}") for column in columns]
    return [dict(zip(columns, (text.strip() for text in row), strict=True)) for row in zip_longest(*sent, fillvalue="")]


def listed(values: Iterable[object]) -> list[Raw]:
    """Values as the rows of a list of texts."""
    return [{VALUE: str(value)} for value in values]


def values(entries: Iterable[Raw]) -> list[str]:
    """The texts of such rows."""
    return [entry[VALUE] for entry in entries]


def number(text: str, longest: int = LONGEST_NUMBER, *, signed: bool = False) -> int | str:
    """A whole number of at most so many digits; any other text as it is, for the checks to refuse."""
    digits = text.strip().removeprefix("-") if signed else text
    return int(text) if digits.isdecimal() and len(digits) <= longest else text


def without_blanks(raw: Raw, lists: Mapping[str, Rows]) -> Raw:
    """The form without the rows into which nothing was typed, so that errors count the rows that are shown."""
    return {
        name: [row for row in value if not lists[name].is_blank(row)] if name in lists else value
        for name, value in raw.items()
    }


def rearranged(raw: Raw, wish: str, blanks: Mapping[str, Callable[[], Raw]]) -> tuple[Raw, str]:
    """The form after one button of a list, and which of its controls has the focus then.

    A wish names a verb and a place: `add phones`, `up levels 1`, `remove levels 0 targets 2`. Raises Unclear.
    """
    verb, *path = wish.split(" ")
    changed = deepcopy(raw)
    try:
        if verb == "add":
            entries = _at(changed, path)
            entries.append(blanks[path[-1]]())
            return changed, " ".join(["at", *path, str(len(entries) - 1)])
        entries, index = _at(changed, path[:-1]), int(path[-1])
        return changed, _moved(verb, entries, path[:-1], index)
    except (KeyError, IndexError, TypeError, ValueError):
        raise Unclear(wish) from None


def merged(base: Raw, mine: Raw, theirs: Raw) -> tuple[Raw, tuple[str, ...]]:
    """Two people's forms on one base: what one of them changed is taken; what both did stays mine, and is named."""
    both = tuple(name for name in mine if base.get(name) != mine[name] != theirs.get(name) != base.get(name))
    return {name: theirs[name] if mine[name] == base.get(name) else mine[name] for name in mine}, both


def _at(raw: Any, path: Sequence[str]) -> list[Raw]:
    found = raw
    for part in path:
        found = found[int(part)] if isinstance(found, list) else found[part]
    if not isinstance(found, list):
        raise TypeError(path)
    return found


def _moved(verb: str, entries: list[Raw], path: Sequence[str], index: int) -> str:
    entry = entries[index]
    if verb == "remove":
        del entries[index]
        last = len(entries) - 1
        return " ".join(["remove", *path, str(min(index, last))] if entries else ["add", *path])
    to = index + {"up": -1, "down": 1}[verb]
    if to in range(len(entries)) and index >= 0:
        entries[index], entries[to] = entries[to], entry
        index = to
    ends = {"up": 0, "down": len(entries) - 1}
    other = {"up": "down", "down": "up"}[verb]
    return " ".join([other if index == ends[verb] else verb, *path, str(index)])
