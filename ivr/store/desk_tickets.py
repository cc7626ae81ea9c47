"""Tickets of other systems that are ours there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from ivr.store.delivery_tables import desk_tickets
from ivr.store.once import insert_once


def link(connection: Connection, desk: str, ticket: int, at: datetime, theirs: Mapping[str, str]) -> None:
    """Keep which ticket of a desk is ours: its `id`, `number` and `url`. The first one stands."""
    insert_once(connection, desk_tickets, desk=desk, ticket=ticket, linked_at=at, **theirs)


def linked(connection: Connection, desk: str, ticket: int) -> Mapping[str, str] | None:
    """The `id`, `number` and `url` of a desk's ticket that is ours; None when none is known."""
    mine = (desk_tickets.c.desk == desk, desk_tickets.c.ticket == ticket)
    columns = [desk_tickets.c[name] for name in ("id", "number", "url")]
    row = connection.execute(select(*columns).where(*mine)).mappings().first()
    return dict(row) if row else None


def links_of(connection: Connection, ticket: int) -> Mapping[str, Mapping[str, Any]]:
    """Every desk's ticket that is ours, by the desk's key."""
    query = select(desk_tickets).where(desk_tickets.c.ticket == ticket).order_by(desk_tickets.c.desk)
    return {row["desk"]: dict(row) for row in connection.execute(query).mappings()}
