"""Counts of all that ever happened, of which only the last two days are counted anew at each reading."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from ivr.store.figures import BEYOND_EVERY_TICKET, first_ticket_since, grouped
from ivr.store.tables import attempts, calls, tickets

RESERVED_AHEAD = 1000
"""A ticket of today may have a number so far below the first of the day: a standby had reserved it."""


@dataclass(frozen=True)
class Settled:
    """What happened before an edge does not change any more: counted once a day."""

    day: datetime
    edge: Any
    counts: Counter[tuple[str, ...]]


class Tally:
    """Rows by labels. Every process reads the same from one database, and no count goes down."""

    def __init__(
        self,
        labels: Sequence[ColumnElement[Any]],
        along: ColumnElement[Any],
        edge_at: Callable[[Connection, datetime], Any],
    ) -> None:
        """`along` is an indexed column that grows with time, `edge_at` its value at an instant."""
        self._labels, self._along, self._edge_at = labels, along, edge_at
        self._settled: Settled | None = None

    def read(self, connection: Connection, at: datetime) -> Counter[tuple[str, ...]]:
        """The counts as of `at` (UTC)."""
        day = at.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
        settled = self._settled
        if settled is None or settled.day != day:
            edge = self._edge_at(connection, day)
            counts = grouped(connection, self._labels, self._along < edge)
            settled = self._settled = Settled(day, edge, counts)
        return settled.counts + grouped(connection, self._labels, self._along >= settled.edge)


def calls_by_outcome() -> Tally:
    """Calls whose outcome is known."""
    return Tally((calls.c.outcome,), calls.c.started_at, lambda _connection, at: at)


def attempts_by_outcome() -> Tally:
    """Attempts whose outcome is known."""
    return Tally((attempts.c.outcome,), attempts.c.ticket, _edge_of_tickets)


def tickets_by_class() -> Tally:
    """Tickets that were opened."""
    return Tally((tickets.c.class_of_service,), tickets.c.opened_at, lambda _connection, at: at)


def _edge_of_tickets(connection: Connection, at: datetime) -> int:
    first = first_ticket_since(connection, at)
    if first == BEYOND_EVERY_TICKET:
        first = (connection.execute(select(func.max(tickets.c.number))).scalar_one() or 0) + 1
    return first - RESERVED_AHEAD
