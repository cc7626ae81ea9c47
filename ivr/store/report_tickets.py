"""The queries behind the reports about tickets: waits by rank, goals, judgements, and pages of each engineer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Subquery, and_, case, distinct, func, or_, select, true

from ivr.store.local_time import SecondsBetween
from ivr.store.report_range import Range
from ivr.store.tables import attempts, ticket_log, tickets
from ivr.store.tickets import RESPONDED_AT
from ivr.store.types import Instant
from routing.availability import Stretch
from routing.escalation import Outcome
from routing.goals import UNANSWERED
from routing.ranks import MEDIAN, NINETIETH, WORST
from routing.screening import Symptom
from routing.service import ClassOfService

ACKNOWLEDGED = ("acknowledged",)
OVER = ("resolved", "closed", "closed by itself")
BECAME_CRITICAL, DOWNGRADED = ("raised", "upgraded"), "downgraded"
JUDGED = ("class confirmed", DOWNGRADED, "upgraded")
OUTAGES_LAST = timedelta(days=60)
"""A ticket that was opened longer before a range does not reach into it."""

MEASURES = ("first ring", "acknowledgement", "conversation")


def first_at(events: Sequence[str]) -> ColumnElement[datetime]:
    """When the first line of a ticket's timeline with one of these events was written."""
    mine = (ticket_log.c.ticket == tickets.c.number, ticket_log.c.event.in_(events))
    return select(func.min(ticket_log.c.at)).where(*mine).correlate(tickets).scalar_subquery()


def in_range(of: Range) -> tuple[ColumnElement[bool], ...]:
    """Tickets that were opened in a range."""
    return of.holds(tickets.c.opened_at, tickets.c.region)


def paged_in(of: Range) -> Subquery:
    """Critical tickets of a range that paged: `number`, `region`, and `since` when each is Critical.

    That is its verdict, or when a Standard one was raised or upgraded first. What was downgraded was Critical before.
    """
    mine = and_(ticket_log.c.ticket == tickets.c.number, ticket_log.c.event.in_((*BECAME_CRITICAL, DOWNGRADED)))
    lowered = ticket_log.c.event == DOWNGRADED
    lowered_at = func.min(case((lowered, ticket_log.c.at)))
    raised_at = func.min(case((~lowered, ticket_log.c.at)))
    was_standard = or_(raised_at < lowered_at, and_(raised_at.is_not(None), lowered_at.is_(None)))
    since = case((was_standard, raised_at), else_=tickets.c.opened_at).label("since")
    paged = (tickets.c.class_of_service == ClassOfService.CRITICAL, tickets.c.escalation > 0)
    query = select(tickets.c.number, tickets.c.region, since).select_from(tickets.outerjoin(ticket_log, mine))
    return query.where(*in_range(of), *paged).group_by(tickets.c.number).subquery()


def until_reached(measure: str, paged: Subquery) -> tuple[FromClause, ColumnElement[datetime]]:
    """These tickets with the instant at which one of MEASURES was reached since they are Critical."""
    if measure == "acknowledgement":
        mine = and_(ticket_log.c.ticket == paged.c.number, ticket_log.c.event.in_(ACKNOWLEDGED))
        return paged.outerjoin(ticket_log, and_(mine, ticket_log.c.at >= paged.c.since)), func.min(ticket_log.c.at)
    rung = func.coalesce(attempts.c.ringing_at, attempts.c.placed_at)
    at = rung if measure == "first ring" else attempts.c.joined_at
    mine = and_(attempts.c.ticket == paged.c.number, attempts.c.helps.is_(None))
    return paged.outerjoin(attempts, and_(mine, at >= paged.c.since)), func.min(at)


def waits(connection: Connection, of: Range, measure: str, by_region: bool) -> Sequence[tuple[str, int, int, Any]]:
    """Region (empty for all together), the place of a wait in their order, how many waits there are, its seconds.

    Only the median, the 90th of a hundred and the worst are read; the database puts them in order.
    """
    paged = paged_in(of)
    source, reached_at = until_reached(measure, paged)
    wait = SecondsBetween(paged.c.since, reached_at).label("wait")
    each = select(paged.c.region, wait).select_from(source).group_by(paged.c.number, paged.c.region, paged.c.since)
    known = each.having(reached_at.is_not(None)).subquery()
    part = known.c.region if by_region else None
    place = func.row_number().over(partition_by=part, order_by=known.c.wait).label("place")
    count = func.count().over(partition_by=part).label("among")
    ordered = select(known.c.region, known.c.wait, place, count).subquery()
    wanted = [ordered.c.place == (ordered.c.among * percent + 99) // 100 for percent in (MEDIAN, NINETIETH, WORST)]
    query = select(ordered.c.region, ordered.c.place, ordered.c.among, ordered.c.wait).where(or_(*wanted))
    rows = connection.execute(query.order_by(ordered.c.region, ordered.c.place))
    return [(row.region if by_region else "", row.place, row.among, row.wait) for row in rows]


def paged_tickets(connection: Connection, of: Range) -> dict[str, int]:
    """How many Critical tickets paged, by region."""
    paged = (tickets.c.class_of_service == ClassOfService.CRITICAL, tickets.c.escalation > 0)
    query = select(tickets.c.region, func.count()).where(*in_range(of), *paged).group_by(tickets.c.region)
    return {row[0]: row[1] for row in connection.execute(query)}


def goals(connection: Connection, of: Range) -> Sequence[tuple[str, str, int]]:
    """Class of service, what became of the response goal (`kept`, `missed`, `open`), how many tickets.

    A ticket that was put back is unanswered, whoever had it before (art. 16.3).
    """
    due = tickets.c.response_due_at
    answered_at = func.coalesce(RESPONDED_AT, first_at(OVER), type_=Instant)
    each = select(tickets.c.class_of_service, due, answered_at.label("at"))
    known = each.where(*in_range(of), due.is_not(None)).subquery()
    late = or_(known.c.at.is_not(None), known.c.response_due_at < of.at)
    became = case((known.c.at <= known.c.response_due_at, "kept"), (late, "missed"), else_="open")
    query = select(known.c.class_of_service, became, func.count()).group_by(known.c.class_of_service, became)
    return [tuple(row) for row in connection.execute(query)]


def by_phone(connection: Connection, of: Range) -> tuple[int, int, int]:
    """Critical tickets of calls without a clock (art. 16.3), and of them: whose callers spoke with an engineer, and
    for which somebody is still called.
    """
    spoke = select(attempts.c.ticket).where(attempts.c.joined_at.is_not(None))
    called = (tickets.c.class_of_service == ClassOfService.CRITICAL, tickets.c.call.is_not(None))
    without = (*called, tickets.c.response_due_at.is_(None))
    became = case((tickets.c.number.in_(spoke), "kept"), (tickets.c.state.in_(UNANSWERED), "open"), else_="missed")
    query = select(became, func.count()).where(*in_range(of), *without).group_by(became)
    found = {row[0]: row[1] for row in connection.execute(query)}
    return sum(found.values()), found.get("kept", 0), found.get("open", 0)


def judgements(connection: Connection, of: Range) -> Sequence[tuple[str, int, int, int, int]]:
    """Symptom, tickets, and how many were confirmed, downgraded, upgraded by an engineer (art. 16.8)."""
    mine = and_(ticket_log.c.ticket == tickets.c.number, ticket_log.c.event.in_(JUDGED))
    found = (func.count(distinct(case((ticket_log.c.event == event, tickets.c.number)))) for event in JUDGED)
    query = select(tickets.c.symptom, func.count(distinct(tickets.c.number)), *found)
    query = query.select_from(tickets.outerjoin(ticket_log, mine)).where(*in_range(of)).group_by(tickets.c.symptom)
    return [tuple(row) for row in connection.execute(query.order_by(tickets.c.symptom))]


def pages(connection: Connection, of: Range) -> Sequence[tuple[str, int, int, int, int, int]]:
    """Person, tickets paged for, of them at night, of them on weekends, phones rung, tickets taken."""
    night, weekend = of.clock.is_night(attempts.c.decided_at), of.clock.is_weekend(attempts.c.decided_at)
    number = attempts.c.ticket
    query = select(
        attempts.c.person,
        func.count(distinct(number)),
        func.count(distinct(case((night, number)))),
        func.count(distinct(case((weekend, number)))),
        func.count(),
        func.count(distinct(case((attempts.c.outcome == Outcome.ACCEPTED, number)))),
    ).select_from(attempts.join(tickets))
    query = query.where(*of.holds(attempts.c.decided_at, tickets.c.region), attempts.c.helps.is_(None))
    rows = connection.execute(query.group_by(attempts.c.person).order_by(attempts.c.person))
    return [tuple(row) for row in rows]


def confirmed_outages(connection: Connection, of: Range) -> list[Stretch]:
    """When the platform was not available, by Critical tickets that an engineer confirmed, from opening to resolving.

    Those of one incident count by its first ticket, also for the region of any other of them. One that is not resolved
    lasts until now.
    """
    over = first_at(OVER)
    confirmed = select(ticket_log.c.ticket).where(ticket_log.c.event == JUDGED[0])
    others = tickets.alias("others")
    joined = select(others.c.incident).where(others.c.region == of.region, others.c.incident.is_not(None))
    joined = joined.where(others.c.opened_at >= of.since - OUTAGES_LAST, others.c.opened_at < of.until)
    query = select(tickets.c.opened_at, over).where(
        tickets.c.opened_at >= of.since - OUTAGES_LAST,
        tickets.c.opened_at < of.until,
        or_(tickets.c.region == of.region, tickets.c.number.in_(joined)) if of.region else true(),
        tickets.c.class_of_service == ClassOfService.CRITICAL,
        tickets.c.symptom == Symptom.PLATFORM,
        tickets.c.incident.is_(None),
        tickets.c.number.in_(confirmed),
        or_(over.is_(None), over > of.since),
    )
    return [(opened_at, ended_at or of.at) for opened_at, ended_at in connection.execute(query)]
