"""What goes on at this moment: calls that are not over, Critical tickets at work, phones that the carrier refused."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select, text

from ivr.store.attempts import AttemptRecord, attempt_from
from ivr.store.calls import CallRecord
from ivr.store.tables import CRITICAL, answers, attempts, calls, tickets
from ivr.store.tickets import ticket_from
from routing.escalation import Outcome
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState

AT_WORK = (TicketState.PAGING, TicketState.OPEN, TicketState.ACKNOWLEDGED)


def living_calls(connection: Connection, since: datetime, limit: int) -> Sequence[CallRecord]:
    """The calls that began since then and are not over, the oldest first."""
    living = (calls.c.ended_at.is_(None), calls.c.started_at >= since)
    query = select(calls).where(*living).order_by(calls.c.started_at).limit(limit)
    return [CallRecord(**row) for row in connection.execute(query).mappings()]


def answers_of_calls(connection: Connection, sids: Iterable[str]) -> dict[str, list[str]]:
    """The steps that each of some calls answered, the oldest first."""
    found: dict[str, list[str]] = {sid: [] for sid in sids}
    query = select(answers.c.call, answers.c.step).where(answers.c.call.in_(found)).order_by(answers.c.at)
    for row in connection.execute(query) if found else ():
        found[row.call].append(row.step)
    return found


def critical_at_work(connection: Connection, limit: int) -> Sequence[Ticket]:
    """The newest Critical tickets that are neither resolved nor closed, the newest first."""
    found = [ticket for state in AT_WORK for ticket in _critical(connection, state, limit)]
    return sorted(found, key=lambda ticket: ticket.opened_at, reverse=True)[:limit]


def _critical(connection: Connection, state: TicketState, limit: int) -> Sequence[Ticket]:
    query = select(tickets).where(text(CRITICAL), tickets.c.state == state)
    rows = connection.execute(query.order_by(tickets.c.opened_at.desc()).limit(limit)).mappings()
    return [ticket_from(row) for row in rows]


def living_attempts_for(connection: Connection, numbers: Iterable[int]) -> Sequence[AttemptRecord]:
    """The phones that ring or talk for some tickets, in the order in which they were rung."""
    wanted = (attempts.c.ended_at.is_(None), attempts.c.ticket.in_(list(numbers)))
    query = select(attempts).where(*wanted).order_by(attempts.c.decided_at)
    return [attempt_from(row) for row in connection.execute(query).mappings()]


def refused_since(connection: Connection, since: datetime) -> tuple[int, datetime | None]:
    """How many phones were to be rung since then and the carrier would not, and when last."""
    failed = or_(attempts.c.refused_at.is_not(None), attempts.c.outcome == Outcome.FAILED)
    query = select(func.count(), func.max(attempts.c.decided_at)).where(attempts.c.decided_at >= since, failed)
    row = connection.execute(query).one()
    return int(row[0]), row[1]


def standard_waiting(connection: Connection, since: datetime, limit: int) -> Sequence[Ticket]:
    """The Standard tickets opened since then that nobody has, the newest first."""
    waiting = and_(tickets.c.state == TicketState.OPEN, tickets.c.opened_at >= since)
    standard = tickets.c.class_of_service == ClassOfService.STANDARD
    query = select(tickets).where(waiting, standard).order_by(tickets.c.opened_at.desc()).limit(limit)
    return [ticket_from(row) for row in connection.execute(query).mappings()]


def tickets_taken_by(connection: Connection, person: str, limit: int) -> Sequence[Ticket]:
    """The tickets that somebody has now, the newest first."""
    mine = (tickets.c.acknowledged_by == person, tickets.c.state == TicketState.ACKNOWLEDGED)
    query = select(tickets).where(*mine).order_by(tickets.c.opened_at.desc()).limit(limit)
    return [ticket_from(row) for row in connection.execute(query).mappings()]
