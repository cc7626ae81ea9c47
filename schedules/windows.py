"""Windows: the weekly hours, or those of the nth weekday of a month, in which a layer is in force."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from schedules.holidays import HolidayCalendar, HolidaysUnknown, holidays_of
from schedules.spans import Span
from schedules.wallclock import Repeated, instants, to_local

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
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


def windows_between(windows: Iterable[Window], zone: str, since: datetime, until: datetime) -> list[Span]:
    """The hours of any of the windows around a range, in order; those that touch or overlap are one."""
    joined: list[Span] = []
    first_on, last_on = _dates_around(zone, since, until)
    for begins, ends in sorted(span for window in windows for span in _hours(window, zone, first_on, last_on)):
        if joined and begins <= joined[-1][1]:
            begins, ends = joined[-1][0], max(joined.pop()[1], ends)
        joined.append((begins, ends))
    return joined


def holidays_between(calendar: HolidayCalendar, zone: str, since: datetime, until: datetime) -> list[Span]:
    """The local days around a range that are holidays; of a year for which the calendar does not answer, none are."""
    first_on, last_on = _dates_around(zone, since, until)
    years = range(first_on.year, last_on.year + 1)
    days = [datetime.combine(on, time(0)) for year in years for on in _holidays(calendar, year)]
    return list(zip(instants(days, zone), instants([day + DAY for day in days], zone), strict=True))


def begins_on(window: Window, on: date) -> bool:
    """Whether a window begins on a local date."""
    if window.weekday != on.weekday():
        return False
    if window.nth == LAST:
        return (on + WEEK).month != on.month
    return window.nth is None or window.nth == (on.day - 1) // 7 + 1


def _hours(window: Window, zone: str, first_on: date, last_on: date) -> Iterator[Span]:
    first_on += DAY * ((window.weekday - first_on.weekday()) % 7)
    first = datetime.combine(first_on, window.starts)
    begins = [first + WEEK * number for number in range((last_on - first_on) // WEEK + 1)]
    if window.nth is not None:
        begins = [reading for reading in begins if begins_on(window, reading.date())]
    ends_on = first_on if window.ends > window.starts else first_on + DAY
    lasting = datetime.combine(ends_on, window.ends) - first
    ends = [reading + lasting for reading in begins]
    return zip(instants(begins, zone), instants(ends, zone, Repeated.LAST), strict=True)


def _dates_around(zone: str, since: datetime, until: datetime) -> tuple[date, date]:
    """Local dates before and after a range, so far that hours of others do not reach into it."""
    return to_local(since, zone).date() - 2 * DAY, to_local(until, zone).date() + 2 * DAY


def _holidays(calendar: HolidayCalendar, year: int) -> Iterable[date]:
    try:
        return sorted(holidays_of(calendar, year))
    except HolidaysUnknown:
        return ()
