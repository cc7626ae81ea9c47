"""Related tickets: which belong together, and which was opened because of one that is closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select

from ivr.store.desk_tables import ticket_links
from ivr.store.once import insert_once
from ivr.store.tables import tickets
from ivr.store.tickets import ticket_from
from routing.tickets import Ticket

RELATED, FOLLOWS, FOLLOWED_BY = "related", "follows", "followed by"


@dataclass(frozen=True)
class Related:
    """Another ticket as it is seen from one: `how` is related, follows or followed by."""

    ticket: Ticket
    how: str


def link_tickets(connection: Connection, ticket: int, other: int, kind: str, by: str, at: datetime) -> bool:
    """Link two tickets once, whichever is named first; False when they are linked already."""
    if connection.execute(select(ticket_links.c.kind).where(_between(ticket, other))).first() is not None:
        return False
    return insert_once(connection, ticket_links, ticket=ticket, other=other, kind=kind, by=by, at=at)


def unlink_tickets(connection: Connection, ticket: int, other: int) -> bool:
    """Take back that two tickets are related; False when they are not. What follows another stays so."""
    found = delete(ticket_links).where(_between(ticket, other), ticket_links.c.kind == RELATED)
    return connection.execute(found).rowcount == 1


def related_to(connection: Connection, number: int) -> Sequence[Related]:
    """The tickets linked with this one, whoever was named first, by number."""
    found = connection.execute(
        select(ticket_links).where(or_(ticket_links.c.ticket == number, ticket_links.c.other == number))
    ).all()
    how = {row.other: row.kind for row in found if row.ticket == number}
    how |= {row.ticket: FOLLOWED_BY if row.kind == FOLLOWS else row.kind for row in found if row.other == number}
    query = select(tickets).where(tickets.c.number.in_(how)).order_by(tickets.c.number)
    rows = connection.execute(query).mappings() if how else ()
    return [Related(ticket_from(row), how[row["number"]]) for row in rows]


def _between(one: int, other: int) -> ColumnElement[bool]:
    ways = ((one, other), (other, one))
    return or_(*(and_(ticket_links.c.ticket == a, ticket_links.c.other == b) for a, b in ways))
