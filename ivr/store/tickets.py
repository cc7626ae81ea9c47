"""Tickets and their timelines."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, func, select, update

from ivr.store.events import tell_of_line, tell_of_ticket
from ivr.store.once import insert_once
from ivr.store.tables import counters, ticket_log, tickets
from routing.screening import Symptom
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketEvent, TicketState, state_after, states_before

AT_ONCE = 10_000
"""How many values a statement is given: databases take some tens of thousands."""

NO_MORE: Mapping[str, Any] = MappingProxyType({})

RESPONDED_AT = func.coalesce(tickets.c.responded_at, tickets.c.acknowledged_at)
"""When somebody had it first. The release before wrote the second only, and does so while both run side by side."""


@dataclass(frozen=True)
class Happening:
    """One line of a ticket's timeline. `at` is UTC."""

    at: datetime
    event: str
    detail: str


def insert_ticket(connection: Connection, ticket: Ticket) -> bool:
    """Store a new ticket; False when its call already has one."""
    new = insert_once(connection, tickets, **asdict(ticket))
    if new:
        tell_of_ticket(connection, ticket.number, ticket.opened_at)
    return new


def find_ticket(connection: Connection, number: int) -> Ticket | None:
    """The ticket with this number."""
    row = connection.execute(select(tickets).where(tickets.c.number == number)).mappings().first()
    return ticket_from(row) if row else None


def find_tickets(connection: Connection, numbers: Sequence[int]) -> Sequence[Ticket]:
    """The tickets with these ascending numbers; those that do not exist are left out."""
    asked = (numbers[start : start + AT_ONCE] for start in range(0, len(numbers), AT_ONCE))
    rows = (
        connection.execute(select(tickets).where(tickets.c.number.in_(some)).order_by(tickets.c.number)).mappings()
        for some in asked
    )
    return [ticket_from(row) for found in rows for row in found]


def hold_ticket(connection: Connection, number: int) -> Ticket | None:
    """The ticket, held until this transaction ends: nobody accepts it between what is read and what is decided."""
    connection.execute(update(tickets).where(tickets.c.number == number).values(number=number))
    return find_ticket(connection, number)


def ticket_of_call(connection: Connection, call: str) -> Ticket | None:
    """The ticket that a call opened."""
    row = connection.execute(select(tickets).where(tickets.c.call == call)).mappings().first()
    return ticket_from(row) if row else None


def list_tickets(connection: Connection, limit: int = 50) -> Sequence[Ticket]:
    """The newest tickets, newest first."""
    rows = connection.execute(select(tickets).order_by(tickets.c.number.desc()).limit(limit)).mappings()
    return [ticket_from(row) for row in rows]


def paging_tickets(connection: Connection) -> Sequence[Ticket]:
    """The tickets for which somebody is being called now, oldest first."""
    query = select(tickets).where(tickets.c.state == TicketState.PAGING).order_by(tickets.c.number)
    return [ticket_from(row) for row in connection.execute(query).mappings()]


def taken_tickets(connection: Connection, since: datetime) -> Sequence[Ticket]:
    """The tickets that were taken since then, oldest first."""
    taken = (tickets.c.state == TicketState.ACKNOWLEDGED, tickets.c.acknowledged_at >= since, tickets.c.escalation > 0)
    return [
        ticket_from(row)
        for row in connection.execute(select(tickets).where(*taken).order_by(tickets.c.number)).mappings()
    ]


def active_tickets(connection: Connection) -> Sequence[Ticket]:
    """The tickets that page, or whose engineer may still have to meet the caller; oldest first."""
    states = [TicketState.PAGING, TicketState.ACKNOWLEDGED]
    query = select(tickets).where(tickets.c.state.in_(states), tickets.c.escalation > 0).order_by(tickets.c.number)
    return [ticket_from(row) for row in connection.execute(query).mappings()]


def move_ticket(
    connection: Connection, number: int, event: TicketEvent, *, only: Mapping[str, Any] = NO_MORE, **values: Any
) -> bool:
    """Apply an event to a ticket if it counts in its present state; False for a late one.

    One conditional update: of two that come at once, exactly one gets True. `only`: values that columns must have.
    Whoever acknowledges it first has responded (art. 16.3), and nobody else when it is theirs no more.
    """
    counts = (tickets.c.state.in_(states_before(event)), *(tickets.c[name] == value for name, value in only.items()))
    after = state_after(event)
    if "acknowledged_at" in values:
        values.setdefault("responded_at", func.coalesce(RESPONDED_AT, values["acknowledged_at"]))
    changed = connection.execute(
        update(tickets)
        .where(tickets.c.number == number, *counts)
        .values(number=number, **values, **({} if after is None else {"state": after}))
    )
    return changed.rowcount == 1


def lead_ticket(connection: Connection, symptom: Symptom, since: datetime) -> Ticket | None:
    """The oldest ticket of a symptom, opened since then, for which somebody is called or at work."""
    alive = tickets.c.state.in_([TicketState.PAGING, TicketState.ACKNOWLEDGED])
    query = select(tickets).where(
        tickets.c.opened_at >= since,
        tickets.c.symptom == symptom,
        func.coalesce(tickets.c.incident, 0) == 0,  # not from the index of incidents, in which nearly all have none
        tickets.c.escalation > 0,
        alive,
    )
    row = connection.execute(query.order_by(tickets.c.number).limit(1)).mappings().first()
    return ticket_from(row) if row else None


def tickets_of_incident(connection: Connection, lead: int, limit: int | None = None) -> Sequence[Ticket]:
    """The tickets that the page for `lead` serves too, oldest first; not more than `limit`."""
    query = select(tickets).where(tickets.c.incident == lead).order_by(tickets.c.number).limit(limit)
    return [ticket_from(row) for row in connection.execute(query).mappings()]


def untold_incidents(connection: Connection) -> Sequence[int]:
    """The tickets whose engineer has not been told yet who else reports the same."""
    query = select(tickets.c.incident).where(tickets.c.incident.is_not(None), tickets.c.told_at.is_(None)).distinct()
    return [int(lead) for lead in connection.execute(query).scalars() if lead is not None]


def take_turn(connection: Connection, policy: str) -> int:
    """Count up the round robin of a policy; the first ticket has turn 0."""
    name = f"turn:{policy}"[:40]
    insert_once(connection, counters, name=name, value=-1)
    turn = counters.update().where(counters.c.name == name).values(value=counters.c.value + 1)
    return int(connection.execute(turn.returning(counters.c.value)).scalar_one())


def update_ticket(connection: Connection, number: int, **values: Any) -> None:
    """Set columns of a ticket that are not its state."""
    connection.execute(update(tickets).where(tickets.c.number == number).values(**values))


def next_round(connection: Connection, number: int, after: int) -> None:
    """Begin the round after `after`, once."""
    connection.execute(
        update(tickets).where(tickets.c.number == number, tickets.c.round == after).values(round=after + 1)
    )


def next_escalation(connection: Connection, number: int, after: int) -> bool:
    """Count up the escalation after `after` of a ticket that pages or was taken, once; True for whoever did."""
    alive = tickets.c.state.in_([TicketState.PAGING, TicketState.ACKNOWLEDGED])
    changed = connection.execute(
        update(tickets)
        .where(tickets.c.number == number, tickets.c.escalation == after, alive)
        .values(escalation=after + 1)
    )
    return changed.rowcount == 1


def log(connection: Connection, ticket: int, key: str, at: datetime, event: str, detail: str = "") -> bool:
    """Add a line to a ticket's timeline, once for each key; True when it is new."""
    new = insert_once(connection, ticket_log, ticket=ticket, key=key, at=at, event=event, detail=detail)
    if new:
        tell_of_line(connection, ticket, key, at, event)
    return new


def has_happened(connection: Connection, ticket: int, event: str, since: datetime) -> bool:
    """Whether a ticket's timeline has such a line since an instant (UTC)."""
    mine = (ticket_log.c.ticket == ticket, ticket_log.c.event == event, ticket_log.c.at >= since)
    return connection.execute(select(ticket_log.c.id).where(*mine).limit(1)).first() is not None


def timeline(connection: Connection, ticket: int) -> Sequence[Happening]:
    """A ticket's timeline, oldest first."""
    query = (
        select(ticket_log.c.at, ticket_log.c.event, ticket_log.c.detail)
        .where(ticket_log.c.ticket == ticket)
        .order_by(ticket_log.c.at, ticket_log.c.id)
    )
    return [Happening(*row) for row in connection.execute(query)]


def ticket_from(row: Mapping[Any, Any]) -> Ticket:
    """A ticket from a whole row of the table."""
    values = dict(row)
    values["class_of_service"] = ClassOfService(values["class_of_service"])
    values["symptom"] = Symptom(values["symptom"])
    values["state"] = TicketState(values["state"])
    values["responded_at"] = values["responded_at"] or values["acknowledged_at"]
    return Ticket(**values)
