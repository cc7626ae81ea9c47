"""Windows: the weekly hours, or those of the nth weekday of a month, in which a layer is in force."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate, repeat

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
    for begins, ends in sorted(span for alike in _alike(windows) for span in _hours(alike, zone, first_on, last_on)):
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


def _alike(windows: Iterable[Window]) -> Iterable[list[Window]]:
    """Windows that begin and end at the same readings of the clock: the same hours of several weekdays."""
    found: defaultdict[tuple[time, time], list[Window]] = defaultdict(list)
    for window in windows:
        found[window.starts, window.ends].append(window)
    return found.values()


def _hours(alike: list[Window], zone: str, first_on: date, last_on: date) -> Iterator[Span]:
    starts, ends = datetime.combine(first_on, alike[0].starts), datetime.combine(first_on, alike[0].ends)
    lasting = ends - starts if ends > starts else ends + DAY - starts
    begins = sorted(reading for window in alike for reading in _readings(window, starts, last_on))
    return zip(
        instants(begins, zone), instants([reading + lasting for reading in begins], zone, Repeated.LAST), strict=True
    )


def _readings(window: Window, earliest: datetime, last_on: date) -> Iterable[datetime]:
    """What the wall clock shows when a window begins, from a reading at its hour on."""
    first = earliest + DAY * ((window.weekday - earliest.weekday()) % 7)
    weekly = accumulate(repeat(WEEK, (last_on - first.date()) // WEEK), datetime.__add__, initial=first)
    return weekly if window.nth is None else (reading for reading in weekly if begins_on(window, reading.date()))


def _dates_around(zone: str, since: datetime, until: datetime) -> tuple[date, date]:
    """Local dates before and after a range, so far that hours of others do not reach into it."""
    return to_local(since, zone).date() - 2 * DAY, to_local(until, zone).date() + 2 * DAY


def _holidays(calendar: HolidayCalendar, year: int) -> Iterable[date]:
    try:
        return sorted(holidays_of(calendar, year))
    except HolidaysUnknown:
        return ()
