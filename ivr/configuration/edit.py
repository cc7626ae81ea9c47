"""Changing one item of the configuration: the checks and the words of `nightline apply`, and a line in the audit."""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection

from ivr.configuration import schema
from ivr.configuration.checks import cross_check
from ivr.configuration.draft import draft_of
from ivr.configuration.export import tables_of
from ivr.configuration.lines import Path
from ivr.configuration.references import Complaint
from ivr.configuration.shape import dotted, shape_complaints
from ivr.configuration.values import to_configuration
from ivr.store.audit import Author, find_change, record
from ivr.store.configuration import (
    KINDS,
    RULES,
    hold_configuration,
    items_of,
    load_configuration,
    save_configuration,
)
from routing.configuration import Configuration
from schedules.rota import Rota
from schedules.undoing import brought_back, is_as

PLURALS = {
    "region": "regions",
    "engineer": "engineers",
    "rota": "rotas",
    "policy": "policies",
    "component": "components",
    "price": "prices",
    "alert_rule": "alert_rules",
    "prompt": "prompts",
}
SERVICE = "service"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: `field` is its place within the item (`phones[1]`), empty for another item's.

    `kind` and `key` then say which one refers to this item.
    """

    field: str
    text: str
    kind: str = ""
    key: str = ""


class EditRefused(Exception):
    """Nothing was changed; the faults say why."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """At least one fault."""
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{fault.field}: {fault.text}".lstrip(": ") for fault in self.faults))


class EditConflict(Exception):
    """Somebody else changed the item since it was read; nothing was changed now. `present` is the item as it is."""

    def __init__(self, present: Any) -> None:
        """`present` is None when the item is gone."""
        self.present = present
        super().__init__("Somebody else changed this since you opened it.")


def fingerprint(kind: str, item: Any) -> str:
    """What tells whether an item is still the one that somebody looked at; empty for an item that is not there."""
    return fingerprint_of(None if item is None else document_of(kind, item))


def fingerprint_of(document: Any) -> str:
    """The fingerprint of an item as it is stored; empty for None."""
    if document is None:
        return ""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16]


def document_of(kind: str, item: Any) -> Any:
    """An item as it is stored."""
    return (RULES if kind == SERVICE else KINDS[kind]).dump_python(item, mode="json")


def change_item(
    connection: Connection,
    author: Author,
    kind: str,
    key: str,
    table: dict[str, Any],
    *,
    seen: str | None = None,
    why: str = "",
) -> int | None:
    """Add or change one item, given as the file writes it; returns the id of the change, None when nothing differs.

    `kind` is one of `PLURALS`, or service (its key is empty). `seen` is the fingerprint of what
    the author looked at (empty: no such item); None changes whatever is there. Raises EditRefused and EditConflict.
    """
    hold_configuration(connection)
    current = load_configuration(connection)
    _still(current, kind, key, seen)
    wanted = checked(current, kind, key, table, author.at)
    return save_item(connection, author, current, kind, key, item_of(wanted, kind, key), why=why)


def remove_item(
    connection: Connection, author: Author, kind: str, key: str, *, seen: str | None = None, why: str = ""
) -> int | None:
    """Remove one item that nothing refers to any more. Raises EditRefused and EditConflict."""
    hold_configuration(connection)
    current = load_configuration(connection)
    _still(current, kind, key, seen)
    checked(current, kind, key, None, author.at)
    return save_item(connection, author, current, kind, key, None, why=why)


def undo(connection: Connection, author: Author, change: int) -> int | None:
    """Bring an item back to how it was before a change. Raises EditRefused, and EditConflict when it changed since.

    A rota comes back from now on: who was on call between the change and its undoing stays on record.
    """
    hold_configuration(connection)
    current, done = load_configuration(connection), find_change(connection, change)
    if done is None or done.kind not in {*KINDS, SERVICE}:
        raise EditRefused([Fault("", "this change cannot be undone here.")])
    present = item_of(current, done.kind, done.key)
    before, after = (_item_in(done.kind, document) for document in (done.before, done.after))
    if isinstance(present, Rota) and isinstance(before, Rota) and isinstance(after, Rota):
        if not is_as(present, after, author.at):
            raise EditConflict(present)
        before = brought_back(present, before, author.at)
    elif present != after:
        raise EditConflict(present)
    candidate = with_item(current, done.kind, done.key, before, done.followed_by)
    checked(candidate, done.kind, done.key, _table_in(tables_of(candidate), done.kind, done.key), author.at)
    why = f"undo of change {change}"
    return save_item(connection, author, current, done.kind, done.key, before, why=why, followed_by=done.followed_by)


def save_item(
    connection: Connection,
    author: Author,
    current: Configuration,
    kind: str,
    key: str,
    item: Any,
    *,
    why: str = "",
    followed_by: Collection[str] = (),
) -> int | None:
    """Store one checked item (None removes it) and write the audit; None when nothing differs.

    `followed_by`: the keys before which one that is new is to stand.
    """
    before = item_of(current, kind, key)
    if before == item:
        return None
    save_configuration(connection, with_item(current, kind, key, item, followed_by))
    documents = (document_of(kind, found) if found is not None else None for found in (before, item))
    place = followers(current, kind, key) if item is None else ()
    return record(connection, author, kind, key, *documents, why=why, followed_by=place)


def item_of(configuration: Configuration, kind: str, key: str) -> Any:
    """An item by kind and key; None when it is not there."""
    return configuration.rules if kind == SERVICE else items_of(configuration)[kind].get(key)


def followers(configuration: Configuration, kind: str, key: str) -> Sequence[str]:
    """The keys of the items that come after one of their kind; none after one that is not there."""
    keys = [*items_of(configuration).get(kind, ())]
    return keys[keys.index(key) + 1 :] if key in keys else ()


def with_item(
    configuration: Configuration, kind: str, key: str, item: Any, followed_by: Collection[str] = ()
) -> Configuration:
    """The configuration with one item added, changed, or (None) removed; the order of the others stays.

    One that is added comes before the first of `followed_by` that is there, else last.
    """
    if kind == SERVICE:
        return replace(configuration, rules=item)
    items = dict(items_of(configuration)[kind])
    if item is None:
        items.pop(key, None)
    elif key in items:
        items[key] = item
    else:
        pairs = [*items.items()]
        place = next((place for place, other in enumerate(items) if other in followed_by), len(pairs))
        items = dict([*pairs[:place], (key, item), *pairs[place:]])
    changed: dict[str, Any] = {PLURALS[kind]: items}
    return replace(configuration, **changed)


def checked(current: Configuration, kind: str, key: str, table: dict[str, Any] | None, at: datetime) -> Configuration:
    """The configuration as it would be at `at` (UTC) with this table in place of the item's (None: removed).

    Raises EditRefused.
    """
    tables = tables_of(current)
    place = _put(tables, kind, key, table)
    complaints: list[Complaint] = cross_check(draft_of(tables), at)
    try:
        file = schema.ConfigurationFile.model_validate(tables)
    except ValidationError as error:
        complaints += shape_complaints(error)
        raise EditRefused(_faults(complaints, place, tables)) from None
    if complaints:
        raise EditRefused(_faults(complaints, place, tables))
    return with_item(current, kind, key, item_of(to_configuration(file), kind, key))


def _item_in(kind: str, document: Any) -> Any:
    """An item out of the audit."""
    return None if document is None else (RULES if kind == SERVICE else KINDS[kind]).validate_python(document)


def _still(current: Configuration, kind: str, key: str, seen: str | None) -> None:
    present = item_of(current, kind, key)
    if seen is not None and seen != fingerprint(kind, present):
        raise EditConflict(present)


def _put(tables: dict[str, Any], kind: str, key: str, table: dict[str, Any] | None) -> Path:
    """Put a table behind the others of its kind, so that what it has in common with one is told of it, not of that one.

    Returns the path to it.
    """
    if kind == SERVICE:
        tables[SERVICE] = table
        return (SERVICE,)
    entries = [entry for entry in tables[PLURALS[kind]] if entry["key"] != key]
    tables[PLURALS[kind]] = entries if table is None else [*entries, table]
    return (PLURALS[kind], len(entries))


def _table_in(tables: dict[str, Any], kind: str, key: str) -> dict[str, Any] | None:
    if kind == SERVICE:
        return dict(tables[SERVICE])
    return next((entry for entry in tables[PLURALS[kind]] if entry["key"] == key), None)


def _faults(complaints: Iterable[Complaint], place: Path, tables: dict[str, Any]) -> list[Fault]:
    """Complaints about the item itself by field; about other items by their names."""
    found = []
    for path, text in complaints:
        own = path[: len(place)] == place
        found.append(Fault(dotted(path[len(place) :]), text) if own else _others_fault(path, text, tables))
    return found


def _others_fault(path: Path, text: str, tables: dict[str, Any]) -> Fault:
    kind = next((kind for kind, plural in PLURALS.items() if plural == path[0]), "")
    if not kind or len(path) < 2 or not isinstance(path[1], int):
        return Fault("", f"{dotted(path)}: {text}", kind or str(path[0]))
    key = str(tables[PLURALS[kind]][path[1]]["key"])
    return Fault("", f"{kind} {key}, {dotted(path[2:])}: {text}".replace(", :", ":"), kind, key)
