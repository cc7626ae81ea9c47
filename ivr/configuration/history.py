"""The history of an item: what the audit keeps of it, what a change was in the words of the file, and since when."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection

from ivr.configuration.edit import SERVICE, document_of, fingerprint_of, followers, item_of
from ivr.configuration.export import table_of
from ivr.configuration.partner_documents import partner_document
from ivr.configuration.plan import Plan, differences
from ivr.store.audit import AuditedChange, Document, Entry, list_changes
from ivr.store.configuration import KINDS, RULES, PartnerEntry, items_of
from routing.configuration import Configuration

LOOKS_BACK = 50
"""How many changes of an item somebody may have missed while looking at it."""


def entries_of(
    plan: Plan,
    before: Configuration | None,
    after: Configuration,
    partners: dict[str, PartnerEntry],
    wanted: dict[str, PartnerEntry],
) -> Iterator[Entry]:
    """What the audit keeps of each change of a plan. `partners` are those before, `wanted` those after, by number."""
    for change in plan.changes:
        if change.kind == "partner":
            documents = (partner_document(held.get(change.key)) for held in (partners, wanted))
        elif change.key == "order":
            documents = ({"order": list(_keys(held, change.kind))} for held in (before, after))
        else:
            documents = (_document(held, change.kind, change.key) for held in (before, after))
        place = followers(before, change.kind, change.key) if before and change.action == "remove" else ()
        old, new = documents
        yield Entry(change.kind, change.key, change.action, old, new, place)


def lines_of(change: AuditedChange) -> tuple[str, ...]:
    """What a change did, a line each: `name: "old" -> "new"`; of what was added or removed its fields."""
    if change.before is None or change.after is None:
        table = table_behind(change.kind, change.after or change.before) or {}
        return tuple(line.replace("nothing -> ", "", 1) for line in differences({}, table))
    return differences(table_behind(change.kind, change.before), table_behind(change.kind, change.after))


def changes_since(connection: Connection, kind: str, key: str, seen: str) -> Sequence[AuditedChange]:
    """The changes of an item since it had a fingerprint, oldest first; empty when that is not known."""
    found: list[AuditedChange] = []
    for change in list_changes(connection, kind=kind, key=key, limit=LOOKS_BACK):
        found.insert(0, change)
        if fingerprint_of(change.before) == seen:
            return found
    return []


def table_behind(kind: str, document: Document | None) -> Any:
    """What the audit keeps of an item, as the file writes it; as it is, where it is of a kind that no file has."""
    adapter = RULES if kind == SERVICE else KINDS.get(kind)
    if document is None or adapter is None:
        return document
    try:
        return table_of(kind, adapter.validate_python(document))
    except ValidationError:
        return document  # another release wrote it


def _document(configuration: Configuration | None, kind: str, key: str) -> Document | None:
    item = item_of(configuration, kind, key) if configuration is not None else None
    return document_of(kind, item) if item is not None else None


def _keys(configuration: Configuration | None, kind: str) -> Sequence[str]:
    return list(items_of(configuration)[kind]) if configuration is not None else []
