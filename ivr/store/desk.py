"""The desk's lists: tickets by what is still to do with them, found by indexes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from ivr.store.tables import tickets
from ivr.store.tickets import ticket_from
from routing.goals import UNANSWERED
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState


def unanswered_due(connection: Connection, since: datetime, until: datetime, limit: int) -> Sequence[Ticket]:
    """The tickets that nobody had yet and whose response is due after `since`, until `until`; the first due first."""
    due = (tickets.c.response_due_at > since, tickets.c.response_due_at <= until)
    query = select(tickets).where(*due, tickets.c.state.in_(UNANSWERED), tickets.c.responded_at.is_(None))
    rows = connection.execute(query.order_by(tickets.c.response_due_at, tickets.c.number).limit(limit)).mappings()
    return [ticket_from(row) for row in rows]


def silent_tickets(connection: Connection, since: datetime, limit: int) -> Sequence[Ticket]:
    """The Standard tickets opened since then that nobody has, the first due first: nobody is rung for them."""
    waiting = (tickets.c.state == TicketState.OPEN, tickets.c.opened_at >= since)
    query = select(tickets).where(*waiting, tickets.c.class_of_service == ClassOfService.STANDARD)
    order = (tickets.c.response_due_at.is_(None), tickets.c.response_due_at, tickets.c.number)
    return [ticket_from(row) for row in connection.execute(query.order_by(*order).limit(limit)).mappings()]


def tickets_in(connection: Connection, state: TicketState, limit: int) -> Sequence[Ticket]:
    """The newest tickets in a state, the newest first."""
    query = select(tickets).where(tickets.c.state == state).order_by(tickets.c.opened_at.desc()).limit(limit)
    return [ticket_from(row) for row in connection.execute(query).mappings()]
