"""Reading a calendar (iCalendar, RFC 5545) for an import: single events, and those that repeat."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import recurring_ical_events
from icalendar import Calendar, Event, vDuration

from ivr.calendars.rows import MOST_EVENTS, MOST_SERIES, REPEATS_WITHIN, RowError, RowKind, Written
from ivr.calendars.rules import NOT_UNDERSTOOD, BadRule, comes_within, refuse_endless
from schedules.wallclock import Repeated, to_utc

AWAY = re.compile(r"\b(leave|vacation|out of office|day off|absent|absence)\b", re.IGNORECASE)
NO_CALENDAR = "cannot be read as a calendar: {why}. Export it again, as iCalendar (.ics)."
LONGEST_TURN = timedelta(days=40)
"""A turn of what repeats that is in progress may have begun so long ago."""

MARGIN = timedelta(days=2)
"""Wider than any two zones are apart: what repeats is looked for so much beyond, and then cut to the instant."""

DURATION = re.compile(r"^DURATION[^:\n]*:(.*)$", re.IGNORECASE | re.MULTILINE)
AS_WRITTEN = "X-NIGHTLINE-DURATION"


class BadEvent(Exception):
    """An event that cannot be used; the text says why, and what to do."""


@dataclass(frozen=True)
class Found:
    """An event of the file and the line on which it begins."""

    line: int
    event: Event

    @property
    def repeats(self) -> bool:
        """Whether it stands for more than itself."""
        return any(name in self.event for name in ("RRULE", "RDATE"))


def read_ics(text: str, zone: str, at: datetime) -> tuple[list[Written], list[RowError]]:
    """The events of a calendar and what is wrong with others.

    Whole days and times without a zone are on the clock of `zone`. What repeats counts within 13 weeks of `at` (UTC).
    """
    try:
        calendars = Calendar.from_ical(_with_durations(text), multiple=True)
    except (ValueError, KeyError, IndexError) as error:
        return [], [RowError(1, NO_CALENDAR.format(why=str(error)[:120]))]
    events = [event for calendar in calendars for event in calendar.walk("VEVENT") if isinstance(event, Event)]
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.strip().upper() == "BEGIN:VEVENT"]
    if not events or len(lines) != len(events):
        return [], [RowError(1, f"has {len(lines)} events, of which {len(events)} can be read. Export it again.")]
    if len(events) > MOST_EVENTS:
        return [], [RowError(1, f"has {len(events)} events. Import {MOST_EVENTS} at most at a time.")]
    found = [Found(line, event) for line, event in zip(lines, events, strict=True)]
    if sum(one.repeats for one in found) > MOST_SERIES:
        return [], [RowError(1, f"has more than {MOST_SERIES} events that repeat. Import it in parts.")]
    return _read(found, list(calendars), zone, at)


def _with_durations(text: str) -> str:
    """The calendar with each duration a second time, which stays as it is written: a day is not always 24 hours."""
    lines = re.sub(r"\n[ \t]", "", text.replace("\r\n", "\n"))
    return DURATION.sub(rf"\g<0>\n{AS_WRITTEN}:\1", lines)


def _read(found: list[Found], calendars: list[Any], zone: str, at: datetime) -> tuple[list[Written], list[RowError]]:
    written: list[Written] = []
    errors: list[RowError] = []
    series = [one for one in found if one.repeats]
    named = {str(one.event.get("UID", "")) for one in series}
    for one in found:
        changes_one = "RECURRENCE-ID" in one.event and str(one.event.get("UID", "")) in named
        try:
            _refuse_broken(one.event)
            if one.repeats:
                others = [other.event for other in found if _belongs(other, one)]
                written += _repeated(one, others, calendars, zone, at)
            elif not changes_one and not _is_cancelled(one.event):
                written.append(_written(one.line, one.event, zone))
        except BadEvent as error:
            errors.append(RowError(one.line, str(error)))
    return written, errors


def _belongs(other: Found, one: Found) -> bool:
    """Whether an event changes a single turn of one that repeats."""
    same = "UID" in one.event and other.event.get("UID") == one.event.get("UID")
    return same and "RECURRENCE-ID" in other.event


def _repeated(one: Found, changes: Iterable[Event], calendars: list[Any], zone: str, at: datetime) -> Iterator[Written]:
    end = at + REPEATS_WITHIN
    first, last = at - LONGEST_TURN, end + MARGIN
    if not _comes(one.event, first.date(), last.date()):
        return
    if "UID" not in one.event:
        one.event.add("uid", f"line-{one.line}")
    alone = Calendar()
    for part in (*(zone_ for calendar in calendars for zone_ in calendar.walk("VTIMEZONE")), one.event, *changes):
        alone.add_component(part)
    try:
        turns = recurring_ical_events.of(alone).between(at - MARGIN, end + MARGIN)
    except Exception as error:  # whatever the library says of a rule that nobody can follow
        raise BadEvent(NOT_UNDERSTOOD) from error
    for turn in turns:
        if not _is_cancelled(turn):
            written = _written(one.line, turn, zone, repeats=True)
            if written.ends_at > at and written.starts_at < end:
                yield written


def _comes(event: Any, first: date, last: date) -> bool:
    """Whether what repeats may have a turn in a range of days. Raises BadEvent for what is not followed."""
    start = event["DTSTART"].dt
    if "EXRULE" in event:
        raise BadEvent(NOT_UNDERSTOOD)
    rules = _listed(event.get("RRULE", []))
    try:
        for rule in rules:
            refuse_endless(rule, start.date() if isinstance(start, datetime) else start)
    except (BadRule, ValueError) as error:
        raise BadEvent(str(error) if isinstance(error, BadRule) else NOT_UNDERSTOOD) from None
    return "RDATE" in event or any(comes_within(rule, first, last) for rule in rules)


def _is_cancelled(event: Any) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def _refuse_broken(event: Any) -> None:
    for name, said in event.errors:
        if name in {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE"}:
            raise BadEvent(f"{name} is not understood ({str(said)[:80]}). Write it as RFC 5545 does.")
    if "DTSTART" not in event:
        raise BadEvent("has no DTSTART. Say when it begins.")


def _written(line: int, event: Any, zone: str, repeats: bool = False) -> Written:
    starts_at = _instant(event, "DTSTART", event["DTSTART"].dt, zone, Repeated.FIRST)
    return Written(line, tuple(_who(event)), starts_at, _ends_at(event, zone), _kind(event), repeats=repeats)


def _ends_at(event: Any, zone: str) -> datetime:
    """The end (UTC). Days of a duration are those of the wall clock, its hours pass (RFC 5545, 3.3.6)."""
    start, written = event["DTSTART"].dt, str(event.get(AS_WRITTEN, "")).upper()
    hours = written.partition("T")[2]
    if not hours or not isinstance(start, datetime):
        return _instant(event, "DTEND", _end(event), zone, Repeated.LAST)
    exact = _duration(f"PT{hours}")
    days = _duration(written) - exact
    return _instant(event, "DTSTART", start + days, zone, Repeated.FIRST) + exact


def _duration(written: str) -> timedelta:
    found: timedelta = vDuration.from_ical(written)  # type: ignore[no-untyped-call]
    return found


def _end(event: Any) -> date | datetime:
    """DTEND, or DTSTART and DURATION; a day without either is that day."""
    if "DTEND" in event:
        return event["DTEND"].dt  # type: ignore[no-any-return]
    start: date | datetime = event["DTSTART"].dt
    if "DURATION" in event:
        return start + event["DURATION"].dt  # type: ignore[no-any-return]
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def _instant(event: Any, name: str, moment: date | datetime, zone: str, repeated: Repeated) -> datetime:
    """A value of the calendar as an instant (UTC). A named zone's repeated hour is its first, as RFC 5545 has it."""
    if not isinstance(moment, datetime):
        return to_utc(datetime.combine(moment, time(0)), zone, repeated)
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    named = event[name].params.get("TZID") if name in event else event["DTSTART"].params.get("TZID")
    if named:
        raise BadEvent(f'{name}: "{named}" is no time zone that is known. Write one such as Europe/Rome.')
    return to_utc(moment, zone, repeated)


def _who(event: Any) -> Iterator[str]:
    """What may name the engineer: the title, then who attends."""
    yield str(event.get("SUMMARY", ""))
    for one in _listed(event.get("ATTENDEE", [])):
        yield re.sub("^mailto:", "", str(one), flags=re.IGNORECASE)
        yield str(one.params.get("CN", ""))


def _kind(event: Any) -> RowKind:
    """Leave, when the title, a category or the state "out of office" says so."""
    categories = (str(name) for one in _listed(event.get("CATEGORIES", [])) for name in getattr(one, "cats", [one]))
    words = [str(event.get("SUMMARY", "")), *categories]
    away = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "OOF"
    return RowKind.LEAVE if away or any(AWAY.search(word) for word in words) else RowKind.REPLACE


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
