"""Windows: the weekly hours, or those of the nth weekday of a month, in which a layer is in force."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from schedules.holidays import HolidayCalendar, HolidaysUnknown, is_holiday
from schedules.wallclock import Repeated, local_day, to_utc

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(9999, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
LOOK_AHEAD_DAYS = 8
LAST = -1


@dataclass(frozen=True)
class Window:
    """Hours that begin on a weekday (0 is Monday), on the wall clock, half-open; `ends` <= `starts` is the next day.

    `nth` 1 to 5: only on the nth such weekday of the month; -1: on its last one.
    """

    weekday: int
    starts: time
    ends: time
    nth: int | None = None


@dataclass(frozen=True)
class Force:
    """Whether something is in force at an instant, and the bounds (UTC, half-open) within which that holds.

    The true change may come later than `until`, and may have come before `since`: never within them.
    """

    holds: bool
    since: datetime
    until: datetime


ALWAYS = Force(True, BEGINNING, END)
Span = tuple[datetime, datetime]


def windows_at(windows: tuple[Window, ...], zone: str, at: datetime) -> Force:
    """Whether an instant (UTC) lies within any of the windows; with none there is no restriction."""
    if not windows:
        return ALWAYS
    today, _, _ = local_day(at, zone)
    closed_since = _midnight(today - DAY, zone)
    for since, until in _joined(windows, zone, today):
        if at < since:
            return Force(False, min(closed_since, at), since)
        if at < until:
            return Force(True, since, until)
        closed_since = until
    return Force(False, min(closed_since, at), _midnight(today + DAY * (LOOK_AHEAD_DAYS + 1), zone))


def holidays_at(calendar: HolidayCalendar, zone: str, at: datetime) -> Force:
    """Whether the local date of an instant (UTC) is a holiday; a calendar that does not answer has none."""
    today, since, until = local_day(at, zone)
    try:
        return Force(is_holiday(calendar, today), since, until)
    except HolidaysUnknown:
        return Force(False, since, until)


def begins_on(window: Window, on: date) -> bool:
    """Whether a window begins on a local date."""
    if window.weekday != on.weekday():
        return False
    if window.nth == LAST:
        return (on + DAY * 7).month != on.month
    return window.nth is None or window.nth == (on.day - 1) // 7 + 1


@lru_cache(maxsize=4096)
def _joined(windows: tuple[Window, ...], zone: str, today: date) -> tuple[Span, ...]:
    """The hours around a date in order; those that touch or overlap are one."""
    joined: list[Span] = []
    for since, until in sorted(_spans(windows, zone, today)):
        if joined and since <= joined[-1][1]:
            since, until = joined[-1][0], max(joined.pop()[1], until)
        joined.append((since, until))
    return tuple(joined)


def _spans(windows: tuple[Window, ...], zone: str, today: date) -> Iterator[Span]:
    for days in range(-2, LOOK_AHEAD_DAYS + 1):  # hours that began two days ago may end yesterday at midnight
        on = today + DAY * days
        for window in windows:
            if begins_on(window, on):
                ends_on = on if window.ends > window.starts else on + DAY
                ends_at = to_utc(datetime.combine(ends_on, window.ends), zone, Repeated.LAST)
                yield to_utc(datetime.combine(on, window.starts), zone), ends_at


def _midnight(on: date, zone: str) -> datetime:
    return to_utc(datetime.combine(on, time(0)), zone)
