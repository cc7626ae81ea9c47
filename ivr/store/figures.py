"""The queries behind the figures: grouped counts and waits over indexed columns, as plain values."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select, text

from ivr.store.attempts import attempts_of
from ivr.store.tables import CRITICAL, attempts, calls, messages, ticket_log, tickets, workers
from ivr.store.tickets import RESPONDED_AT
from routing.service import ClassOfService
from routing.tickets import TicketState

ALARM = "alarm-"
"""How the keys of alarms begin in a ticket's timeline."""

BEYOND_EVERY_TICKET = 1 << 31


@dataclass(frozen=True)
class Waits:
    """How long one Critical ticket took until a phone was rung, and until somebody had it; None for not yet."""

    first_ring: timedelta | None
    human: timedelta | None


def grouped(connection: Connection, labels: Sequence[ColumnElement[Any]], where: Any) -> Counter[tuple[str, ...]]:
    """How many rows there are of each combination of labels; rows without a label are left out."""
    named = (label.is_not(None) for label in labels)
    query = select(*labels, func.count()).where(where, *named).group_by(*labels)
    return Counter({tuple(row[:-1]): row[-1] for row in connection.execute(query)})


def first_ticket_since(connection: Connection, at: datetime) -> int:
    """The number of the first ticket opened since then; beyond every number when there is none."""
    first = select(tickets.c.number).where(tickets.c.opened_at >= at).order_by(tickets.c.opened_at, tickets.c.number)
    found = connection.execute(first.limit(1)).scalar()
    return BEYOND_EVERY_TICKET if found is None else int(found)


def tickets_by_state(connection: Connection, since: datetime) -> Counter[tuple[str, ...]]:
    """Tickets opened since then, by class of service and state."""
    return grouped(connection, (tickets.c.class_of_service, tickets.c.state), tickets.c.opened_at >= since)


def texts_by_status(connection: Connection, since: datetime) -> Counter[tuple[str, ...]]:
    """Texts about tickets opened since then, by status."""
    return grouped(connection, (messages.c.status,), messages.c.ticket >= first_ticket_since(connection, since))


def calls_under_way(connection: Connection, since: datetime) -> int:
    """Calls that began since then and have not ended."""
    query = select(func.count()).select_from(calls).where(calls.c.started_at >= since, calls.c.ended_at.is_(None))
    return int(connection.execute(query).scalar_one())


def count_calls(connection: Connection) -> int:
    """All calls: of a journal, those that are not in the database yet."""
    return int(connection.execute(select(func.count()).select_from(calls)).scalar_one())


def open_critical(connection: Connection, since: datetime) -> Sequence[int]:
    """Critical tickets that nobody acknowledged, by number: all that page, and others opened since then.

    Those that the page of another serves are not among them.
    """
    critical, state = text(CRITICAL), tickets.c.state  # in the words of its index, which is the smallest
    never_paged = and_(tickets.c.opened_at >= since, tickets.c.incident.is_(None), state == TicketState.OPEN)
    found: set[int] = set()
    for states in (state == TicketState.PAGING, never_paged):
        found.update(connection.execute(select(tickets.c.number).where(states, critical)).scalars())
    return sorted(found)


def waits_since(connection: Connection, since: datetime) -> Sequence[Waits]:
    """How long each Critical ticket opened since then took."""
    rung, joined = func.min(attempts.c.placed_at), func.min(attempts.c.joined_at)
    query = (
        select(tickets.c.opened_at, RESPONDED_AT, rung, joined)
        .select_from(tickets.outerjoin(attempts, attempts.c.ticket == tickets.c.number))
        .where(tickets.c.opened_at >= since, tickets.c.class_of_service == ClassOfService.CRITICAL)
        .group_by(tickets.c.opened_at, tickets.c.number)  # in the order of an index, so that only new rows are read
    )
    return [_waits(*row) for row in connection.execute(query)]


def _waits(opened: datetime, responded: datetime | None, rung: datetime | None, joined: datetime | None) -> Waits:
    reached = min((at for at in (responded, joined) if at is not None), default=None)
    return Waits(rung - opened if rung else None, reached - opened if reached else None)


def newest_beat(connection: Connection) -> datetime | None:
    """When a worker beat last; None when none is known."""
    found: datetime | None = connection.execute(select(func.max(workers.c.beat_at))).scalar_one()
    return found


def alarms_of(connection: Connection, ticket: int) -> Sequence[datetime]:
    """When alarms were raised for a ticket, oldest first."""
    mine = and_(ticket_log.c.ticket == ticket, ticket_log.c.key.startswith(ALARM))
    return connection.execute(select(ticket_log.c.at).where(mine).order_by(ticket_log.c.at)).scalars().all()


def count_alarms(connection: Connection, since: datetime) -> int:
    """Alarms for tickets opened since then."""
    recent = and_(tickets.c.opened_at >= since, ticket_log.c.key.startswith(ALARM))
    query = select(func.count()).select_from(tickets.join(ticket_log)).where(recent)
    return int(connection.execute(query).scalar_one())


def last_sign_of(connection: Connection, ticket: int) -> datetime | None:
    """When something last happened to a ticket or one of its attempts; an alarm is not a happening."""
    lines = and_(ticket_log.c.ticket == ticket, ticket_log.c.key.not_like(f"{ALARM}%"))
    newest = select(func.max(ticket_log.c.at)).where(lines)
    signs = [connection.execute(newest).scalar_one()]
    for attempt in attempts_of(connection, ticket):
        signs += [value for value in attempt.__dict__.values() if isinstance(value, datetime)]
    return max((at for at in signs if at is not None), default=None)
