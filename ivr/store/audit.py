"""The audit: what was changed, by whom, and how it was before. Only retention and an erasure take anything out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select

from ivr.store.console_tables import changes
from ivr.store.events import tell_of_rotas

Document = dict[str, Any]

ROTA = "rota"
FOLLOWED_BY = "followed_by"
"""Where the document of what was removed keeps the keys of the items of its kind that came after it."""


@dataclass(frozen=True)
class Author:
    """Who changes something, when (UTC), and through what: `console`, `file` or `api`."""

    name: str
    at: datetime
    source: str = "console"


@dataclass(frozen=True)
class AuditedChange:
    """One change of one item. `before` and `after` are the item as it is stored; None: not there.

    `followed_by`: of an item that was removed, the keys of those that came after it.
    """

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
    followed_by: tuple[str, ...] = ()


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
    followed_by: Sequence[str] = (),
) -> int:
    """Write down one change; returns its id. Without `action`: add, change or remove, as `before` and `after` tell."""
    told = action or ("add" if before is None else "remove" if after is None else "change")
    values = {"at": author.at, "by": author.name, "source": author.source, "kind": kind, "key": key}
    row = {**values, "action": told, "before": _with_place(before, followed_by), "after": after, "why": why}
    inserted = connection.execute(insert(changes).values(**row)).inserted_primary_key
    if kind == ROTA:
        tell_of_rotas(connection, [(key, told)], author.name, author.at)
    assert inserted is not None
    return int(inserted[0])


@dataclass(frozen=True)
class Entry:
    """One of many changes that are written down together."""

    kind: str
    key: str
    action: str
    before: Document | None
    after: Document | None
    followed_by: Sequence[str] = ()


def record_all(connection: Connection, author: Author, entries: Iterable[Entry], *, why: str = "") -> None:
    """Write down many changes of one moment, each as a row of its own."""
    same = {"at": author.at, "by": author.name, "source": author.source, "why": why}
    if rows := [{**_row(entry), **same} for entry in entries]:
        connection.execute(insert(changes), rows)
        rotas = [(row["key"], row["action"]) for row in rows if row["kind"] == ROTA]
        tell_of_rotas(connection, rotas, author.name, author.at)


def find_change(connection: Connection, id_: int) -> AuditedChange | None:
    """One change by its id."""
    row = connection.execute(select(changes).where(changes.c.id == id_)).mappings().first()
    return _change(row) if row else None


@dataclass(frozen=True)
class Wanted:
    """Which changes are asked for; empty asks for nothing. `by` is a part of a name; half-open in time (UTC)."""

    kind: str = ""
    key: str = ""
    by: str = ""
    since: datetime | None = None
    until: datetime | None = None


def list_changes(
    connection: Connection,
    *,
    kind: str = "",
    key: str = "",
    before_id: int | None = None,
    limit: int = 50,
    wanted: Wanted | None = None,
) -> Sequence[AuditedChange]:
    """The newest changes, newest first: of a kind or of one item, and older than one of them."""
    found = wanted or Wanted(kind, key)
    query = select(changes).order_by(changes.c.id.desc()).limit(limit)
    for column, value in ((changes.c.kind, found.kind), (changes.c.key, found.key)):
        if value:
            query = query.where(column == value)
    if found.by:
        query = query.where(func.lower(changes.c.by).contains(found.by.lower(), autoescape=True))
    if found.since is not None:
        query = query.where(changes.c.at >= found.since)
    if found.until is not None:
        query = query.where(changes.c.at < found.until)
    if before_id is not None:
        query = query.where(changes.c.id < before_id)
    return [_change(row) for row in connection.execute(query).mappings()]


def kinds_changed(connection: Connection) -> Sequence[str]:
    """The kinds of things that were ever changed, by name."""
    return connection.execute(select(changes.c.kind).distinct().order_by(changes.c.kind)).scalars().all()


def _row(entry: Entry) -> dict[str, Any]:
    row = {**entry.__dict__, "before": _with_place(entry.before, entry.followed_by)}
    del row[FOLLOWED_BY]
    return row


def _with_place(before: Document | None, followed_by: Sequence[str]) -> Document | None:
    return {**before, FOLLOWED_BY: [*followed_by]} if before is not None and followed_by else before


def _change(row: RowMapping) -> AuditedChange:
    before = dict(row["before"]) if row["before"] is not None else None
    followed_by = tuple(before.pop(FOLLOWED_BY, ())) if before else ()
    return AuditedChange(**{**row, "before": before}, followed_by=followed_by)
