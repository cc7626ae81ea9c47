"""The queries behind the reports about calls: grouped counts over indexed columns."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from ivr.store.report_range import Range
from ivr.store.tables import calls, tickets

UNDER_WAY, EARLY, LATE = "under way", "hung up early", "hung up after the verdict"
"""What stands for the outcome of a call that has none of its own."""


def outcome_of() -> ColumnElement[str]:
    """How a call ended for its caller."""
    return case(
        (calls.c.outcome.is_not(None), calls.c.outcome),
        (calls.c.ended_at.is_(None), UNDER_WAY),
        (calls.c.ticket.is_(None), EARLY),
        else_=LATE,
    )


def paged() -> ColumnElement[bool]:
    """Whether an engineer was called for a call's ticket, for itself or for another of the same outage."""
    return and_(calls.c.ticket.is_not(None), or_(tickets.c.escalation > 0, tickets.c.incident.is_not(None)))


def count_calls(connection: Connection, of: Range, *labels: ColumnElement[Any]) -> Sequence[tuple[Any, ...]]:
    """Label after label, then how many calls and for how many of them an engineer was called."""
    reached = func.sum(case((paged(), 1), else_=0))
    joined = calls.outerjoin(tickets, tickets.c.number == calls.c.ticket)
    query = select(*labels, func.count(), reached).select_from(joined)
    query = query.where(*of.holds(calls.c.started_at, calls.c.region)).group_by(*labels).order_by(*labels)
    return [tuple(row) for row in connection.execute(query)]


def calls_by_outcome(connection: Connection, of: Range) -> Sequence[tuple[str, bool, int, int]]:
    """Outcome, whether support was open, calls, of which paged."""
    return count_calls(connection, of, outcome_of(), calls.c.in_support_hours)


def calls_by_region(connection: Connection, of: Range) -> Sequence[tuple[str, int, int]]:
    """Region, calls, of which paged."""
    return count_calls(connection, of, calls.c.region)


def calls_by_hour(connection: Connection, of: Range) -> Sequence[tuple[int, int, int]]:
    """Local hour, calls, of which paged."""
    return count_calls(connection, of, of.clock.hour(calls.c.started_at))


def calls_by_all(connection: Connection, of: Range) -> Sequence[tuple[str, int, str, int, int]]:
    """Region, local hour, outcome, calls, of which paged."""
    labels = (calls.c.region, of.clock.hour(calls.c.started_at), outcome_of())
    return count_calls(connection, of, *labels)
