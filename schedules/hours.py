"""Support hours: whether a region is open, until when, and when it opens next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from schedules.holidays import HolidayCalendar, is_holiday
from schedules.wallclock import Repeated, to_local, to_utc

LOOK_AHEAD_DAYS = 400


@dataclass(frozen=True)
class Period:
    """A stretch of one weekday (0 is Monday), half-open; `closes` at 00:00 means the end of that day."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class Opening:
    """A stretch of one local date, half-open, instead of that date's weekly periods; `closes` as in a period."""

    on: date
    opens: time
    closes: time


@dataclass(frozen=True)
class SupportHours:
    """Support hours on the wall clock of a named zone: weekly periods, but for some dates.

    Closed all day on the dates in `closures`. `openings` replace the weekly periods of their dates, on a holiday too;
    several may have one date. With `holidays` the region is closed on those dates (by default none are kept).
    """

    zone: str
    periods: tuple[Period, ...]
    closures: frozenset[date] = field(default_factory=frozenset)
    openings: tuple[Opening, ...] = ()
    holidays: HolidayCalendar | None = None


@dataclass(frozen=True)
class SupportState:
    """Where support stands at an instant. All instants are UTC; None means never.

    `opens_at`: the next opening, None while open. `closes_at`: the end of the period in progress, None while
    closed. `day_ends_at`: the last closing of the support day in progress, else of the next one.
    """

    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    day_ends_at: datetime | None


def support_at(hours: SupportHours, at: datetime) -> SupportState:
    """Whether support is open at `at`, and what comes next: the only place that answers it.

    Half-open: 09:00:00 is open, 18:00:00 is closed (contract art. 16.1). Raises HolidaysUnknown when it takes a holiday
    calendar that does not answer: whoever asks must log it and count the region as closed, so that a person is reached.
    """
    opens_at = None
    for day in _support_days(hours, to_local(at, hours.zone).date()):
        if day[-1][1] <= at:
            continue
        for opens, closes in day:
            if opens <= at < closes:
                return SupportState(True, None, closes, day[-1][1])
        opens_at = next(opens for opens, _ in day if opens > at)
        return SupportState(False, opens_at, None, day[-1][1])
    return SupportState(False, None, None, None)


def _support_days(hours: SupportHours, today: date) -> Iterator[tuple[tuple[datetime, datetime], ...]]:
    """Days that have support hours, from yesterday on: their periods in UTC, in order."""
    for days in range(-1, LOOK_AHEAD_DAYS):
        if day := _support_day(hours, today + timedelta(days=days)):
            yield day


@lru_cache(maxsize=1024)
def _support_day(hours: SupportHours, on: date) -> tuple[tuple[datetime, datetime], ...]:
    """The periods of a local date in UTC, in order: each call of that night asks for the same few."""
    periods = sorted(periods_on(hours, on), key=lambda period: period.opens)
    return tuple(_bounds(period, on, hours.zone) for period in periods)


def periods_on(hours: SupportHours, on: date) -> Sequence[Period | Opening]:
    """What a local date has: a closure before a special opening, that before a holiday, that before the week."""
    if on in hours.closures:
        return []
    special = [opening for opening in hours.openings if opening.on == on]
    weekly = [period for period in hours.periods if period.weekday == on.weekday()]
    if special or not weekly:
        return special
    return [] if hours.holidays and is_holiday(hours.holidays, on) else weekly


def _bounds(period: Period | Opening, on: date, zone: str) -> tuple[datetime, datetime]:
    ends_on = on if period.closes > time(0) else on + timedelta(days=1)
    opens = to_utc(datetime.combine(on, period.opens), zone, Repeated.FIRST)
    return opens, to_utc(datetime.combine(ends_on, period.closes), zone, Repeated.LAST)
