"""The audit: what was changed, by whom, and how it was before. Rows are written, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from ivr.store.console_tables import changes

Document = dict[str, Any]


@dataclass(frozen=True)
class Author:
    """Who changes something, when (UTC), and through what: `console`, `file` or `api`."""

    name: str
    at: datetime
    source: str = "console"


@dataclass(frozen=True)
class AuditedChange:
    """One change of one item. `before` and `after` are the item as it is stored; None: not there."""

    id: int
    at: datetime
    by: str
    source: str
    kind: str
    key: str
    action: str
    before: Document | None
    after: Document | None
    why: str


def record(
    connection: Connection,
    author: Author,
    kind: str,
    key: str,
    before: Document | None,
    after: Document | None,
    *,
    action: str = "",
    why: str = "",
) -> int:
    """Write down one change; returns its id. Without `action`: add, change or remove, as `before` and `after` tell."""
    told = action or ("add" if before is None else "remove" if after is None else "change")
    values = {"at": author.at, "by": author.name, "source": author.source, "kind": kind, "key": key}
    row = {**values, "action": told, "before": before, "after": after, "why": why}
    inserted = connection.execute(insert(changes).values(**row)).inserted_primary_key
    assert inserted is not None
    return int(inserted[0])


def find_change(connection: Connection, id_: int) -> AuditedChange | None:
    """One change by its id."""
    row = connection.execute(select(changes).where(changes.c.id == id_)).mappings().first()
    return _change(row) if row else None


def list_changes(
    connection: Connection, *, kind: str = "", key: str = "", before_id: int | None = None, limit: int = 50
) -> Sequence[AuditedChange]:
    """The newest changes, newest first: of a kind or of one item, and older than one of them."""
    query = select(changes).order_by(changes.c.id.desc()).limit(limit)
    if kind:
        query = query.where(changes.c.kind == kind)
    if key:
        query = query.where(changes.c.key == key)
    if before_id is not None:
        query = query.where(changes.c.id < before_id)
    return [_change(row) for row in connection.execute(query).mappings()]


def _change(row: RowMapping) -> AuditedChange:
    return AuditedChange(**row)
