"""Lists of tickets and calls: filtered, the newest first, page after page; made for millions of rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, text

from ivr.store.calls import CallRecord
from ivr.store.desk_tables import ticket_details
from ivr.store.numbers import AHEAD
from ivr.store.tables import NOTE, calls, partners, ticket_log, tickets
from ivr.store.tickets import ticket_from
from ivr.store.types import number_in
from routing.tickets import Ticket
from schedules.wallclock import YEARS

Row = TypeVar("Row")

PAGE = 50
SAID = ("subject", "message", "error", "solution")
"""What of a ticket's details a word is looked for in."""

LOOKED_THROUGH = 50_000
"""So many ticket numbers are looked through for a word at a time: no index has the middles of words."""

NAMED_ALIKE = 20
"""So many partners that a text fits are looked up; a shorter text fits more, and says little."""


@dataclass(frozen=True)
class Place:
    """Where a page of a list ends: the instant (UTC) of its last row, and that row's own key."""

    at: datetime
    key: str


def place_in(text: str, *, is_number: bool = False) -> Place | None:
    """The place that `text_of_place` wrote; None for any other text. `is_number`: the key is one of a row."""
    written, _, key = text.partition("~")
    if not (key.isprintable() and key) or (is_number and number_in(key) is None):
        return None
    try:
        at = datetime.fromisoformat(written)
        return Place(at.astimezone(UTC), key) if at.tzinfo is not None and at.year in YEARS else None
    except ValueError:
        return None


def text_of_place(at: datetime, key: str | int) -> str:
    """The place after a row, for an address."""
    return f"{at.isoformat()}~{key}"


@dataclass(frozen=True)
class TicketFilter:
    """What tickets to list; empty values ask for nothing. `since` is included, `until` is not (UTC).

    `numbers` are ticket numbers, `partners` partner numbers, of which one must fit.
    """

    class_of_service: str = ""
    state: str = ""
    region: str = ""
    engineer: str = ""
    partners: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    caller: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Noted:
    """A page of tickets that have a text, and the numbers that were looked through; `further` is where to go on."""

    tickets: Sequence[Ticket]
    lowest: int
    highest: int
    further: int | None


@dataclass(frozen=True)
class CallFilter:
    """What calls to list; empty values ask for nothing. `caller` is E.164, `outcome` "under way" is of living calls."""

    region: str = ""
    outcome: str = ""
    partners: tuple[str, ...] = ()
    caller: str = ""
    since: datetime | None = None
    until: datetime | None = None


UNDER_WAY = "under way"


def find_tickets(
    connection: Connection, wanted: TicketFilter, after: Place | None = None, limit: int = PAGE
) -> Sequence[Ticket]:
    """A page of tickets, the newest first, those after a place. No count is taken."""
    query = _of_tickets(wanted)
    if after is not None:
        older = and_(tickets.c.opened_at == after.at, tickets.c.number < int(after.key))
        query = query.where(tickets.c.opened_at <= after.at, or_(tickets.c.opened_at < after.at, older))
    query = query.order_by(tickets.c.opened_at.desc(), tickets.c.number.desc()).limit(limit)
    return [ticket_from(row) for row in connection.execute(query).mappings()]


def page_of(found: Sequence[Row], limit: int) -> tuple[Sequence[Row], Row | None]:
    """The rows of a page out of those found, of which one more was asked for; and its last row, if others follow."""
    shown = found[:limit]
    return shown, shown[-1] if len(found) > limit else None


def find_noted(
    connection: Connection, wanted: TicketFilter, words: str, up_to: int | None = None, limit: int = PAGE
) -> Noted:
    """A page of tickets with words in a PBX's name, a note, or what engineers wrote down, the highest number first.

    Looks through LOOKED_THROUGH numbers, from `up_to` or the newest ticket down, whatever is found.
    """
    highest = up_to if up_to is not None else _newest_number(connection, wanted.until)
    lowest = max(highest - LOOKED_THROUGH + 1, 0)
    query = _of_tickets(wanted).where(tickets.c.number.between(lowest, highest), _has_words(words, lowest, highest))
    rows = connection.execute(query.order_by(tickets.c.number.desc()).limit(limit + 1)).mappings().all()
    found, last = page_of([ticket_from(row) for row in rows], limit)
    if last is not None:
        return Noted(found, last.number, highest, last.number - 1)
    below = connection.execute(select(tickets.c.number).where(tickets.c.number < lowest).limit(1)).first()
    return Noted(found, lowest, highest, lowest - 1 if below else None)


def _newest_number(connection: Connection, until: datetime | None) -> int:
    """The highest number of a ticket opened before `until`, or a little more: a standby opens some out of turn."""
    if until is None:
        return connection.execute(select(func.max(tickets.c.number))).scalar_one() or 0
    query = select(tickets.c.number).where(tickets.c.opened_at < until).order_by(tickets.c.opened_at.desc()).limit(1)
    return (connection.execute(query).scalar() or 0) + AHEAD


def _has_words(words: str, lowest: int, highest: int) -> ColumnElement[bool]:
    said = or_(*(ticket_details.c[name].icontains(words, autoescape=True) for name in SAID))
    written = select(ticket_details.c.ticket).where(ticket_details.c.ticket.between(lowest, highest), said)
    notes = ticket_log.c.detail.icontains(words, autoescape=True)
    noted = select(ticket_log.c.ticket).where(ticket_log.c.ticket.between(lowest, highest), text(NOTE), notes)
    return or_(
        tickets.c.pbx.icontains(words, autoescape=True), tickets.c.number.in_(noted), tickets.c.number.in_(written)
    )


def find_calls(
    connection: Connection, wanted: CallFilter, after: Place | None = None, limit: int = PAGE
) -> Sequence[CallRecord]:
    """A page of calls, the newest first, those after a place. No count is taken."""
    query = _of_calls(wanted)
    if after is not None:
        older = and_(calls.c.started_at == after.at, calls.c.sid < after.key)
        query = query.where(calls.c.started_at <= after.at, or_(calls.c.started_at < after.at, older))
    query = query.order_by(calls.c.started_at.desc(), calls.c.sid.desc()).limit(limit)
    return [CallRecord(**row) for row in connection.execute(query).mappings()]


def partners_like(connection: Connection, words: str) -> Sequence[tuple[str, str]]:
    """Number and name of the partners whose name contains some words, in either case, or whose number they are."""
    fits = or_(partners.c.name.icontains(words, autoescape=True), partners.c.number == words)
    query = select(partners.c.number, partners.c.name).where(fits).order_by(partners.c.name).limit(NAMED_ALIKE)
    return [(row.number, row.name) for row in connection.execute(query)]


def _of_tickets(wanted: TicketFilter) -> Select[Any]:
    columns = tickets.c
    conditions = [
        *_equal(columns.class_of_service, wanted.class_of_service),
        *_equal(columns.state, wanted.state),
        *_equal(columns.region, wanted.region),
        *_equal(columns.acknowledged_by, wanted.engineer),
        *_equal(columns.caller, wanted.caller),
        *_between(columns.opened_at, wanted.since, wanted.until),
    ]
    if wanted.partners:
        conditions.append(columns.partner.in_(wanted.partners))
    if wanted.numbers:
        conditions.append(columns.number.in_(wanted.numbers))
    return select(tickets).where(*conditions)


def _of_calls(wanted: CallFilter) -> Select[Any]:
    columns = calls.c
    conditions = [
        *_equal(columns.region, wanted.region),
        *_equal(columns.caller_number, wanted.caller),
        *_between(columns.started_at, wanted.since, wanted.until),
    ]
    if wanted.outcome == UNDER_WAY:
        conditions.append(columns.ended_at.is_(None))
    else:
        conditions += _equal(columns.outcome, wanted.outcome)
    if wanted.partners:
        conditions.append(columns.partner.in_(wanted.partners))
    return select(calls).where(*conditions)


def _equal(column: ColumnElement[Any], value: str) -> list[ColumnElement[bool]]:
    return [column == value] if value else []


def _between(column: ColumnElement[Any], since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    found = [column >= since] if since is not None else []
    return found + ([column < until] if until is not None else [])


def partner_names(connection: Connection, numbers: Iterable[str | None]) -> dict[str, str]:
    """The names of some partners by number; those who are gone are left out."""
    wanted = {number for number in numbers if number}
    query = select(partners.c.number, partners.c.name).where(partners.c.number.in_(wanted))
    return {row.number: row.name for row in connection.execute(query)} if wanted else {}
