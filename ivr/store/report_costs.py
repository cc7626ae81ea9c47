"""The queries behind the costs: minutes as carriers count them and texts, by region and local day."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select

from ivr.store.local_time import Epoch, between, date_of
from ivr.store.messages import STALE, SUMMARISED, WAITING
from ivr.store.report_range import Range
from ivr.store.tables import attempts, calls, messages, tickets
from routing.prices import Usage

REFUSED = ("blocked", "too many calls of one number", "too many calls of strangers")
"""A busy tone costs nothing."""

NOT_SENT = (WAITING, STALE, SUMMARISED, "stopped", "failed")

TEXTS_FOLLOW = timedelta(days=14)
"""For so long after a ticket was opened texts about it are counted."""


def minutes_between(since: Any, until: Any) -> ColumnElement[int]:
    """Begun minutes, each counted whole."""
    return (Epoch(until) - Epoch(since) + 59) // 60


def usage(connection: Connection, of: Range) -> dict[tuple[str, date], Usage]:
    """What each region used on each local day. A desk's minutes are those of the whole call: its own are not kept.

    PostgreSQL's sums are decimals; minutes are whole.
    """
    found: dict[tuple[str, date], Usage] = defaultdict(Usage)
    for region, day, count, inbound, desk in _calls(connection, of):
        found[region, date_of(day)] += Usage(count, int(inbound or 0), int(desk or 0))
    for region, day, minutes in _attempts(connection, of):
        found[region, date_of(day)] += Usage(outbound_minutes=int(minutes or 0))
    for region, day, count in _texts(connection, of):
        found[region, date_of(day)] += Usage(texts=count)
    return found


def _calls(connection: Connection, of: Range) -> Sequence[Any]:
    day, minutes = of.clock.day(calls.c.started_at), minutes_between(calls.c.started_at, calls.c.ended_at)
    taken = case((calls.c.outcome.in_(REFUSED), 0), else_=minutes)
    desk = case((calls.c.outcome == "desk", minutes), else_=0)
    query = select(calls.c.region, day, func.count(), func.sum(taken), func.sum(desk))
    query = query.where(*of.holds(calls.c.started_at, calls.c.region), calls.c.ended_at.is_not(None))
    return connection.execute(query.group_by(calls.c.region, day)).all()


def _attempts(connection: Connection, of: Range) -> Sequence[Any]:
    day = of.clock.day(attempts.c.decided_at)
    minutes = func.sum(minutes_between(attempts.c.answered_at, attempts.c.ended_at))
    query = select(tickets.c.region, day, minutes).select_from(attempts.join(tickets))
    spoken = (attempts.c.answered_at.is_not(None), attempts.c.ended_at.is_not(None))
    query = query.where(*of.holds(attempts.c.decided_at, tickets.c.region), *spoken)
    return connection.execute(query.group_by(tickets.c.region, day)).all()


def _texts(connection: Connection, of: Range) -> Sequence[Any]:
    day = of.clock.day(messages.c.at)
    query = select(tickets.c.region, day, func.count())
    query = query.select_from(tickets.join(messages, messages.c.ticket == tickets.c.number))
    about = between(tickets.c.opened_at, of.since - TEXTS_FOLLOW, of.until)
    sent = messages.c.status.not_in(NOT_SENT)
    query = query.where(about, *of.holds(messages.c.at, tickets.c.region), sent)
    return connection.execute(query.group_by(tickets.c.region, day)).all()
