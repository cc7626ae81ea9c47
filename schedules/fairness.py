"""Fairness: how many hours each engineer has on call, and how many of them are nights, weekends and holidays."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from schedules.holidays import HolidayCalendar, HolidaysUnknown, is_holiday
from schedules.rota import Rota, final_schedule
from schedules.wallclock import local_day, to_utc

NIGHT_BEGINS, NIGHT_ENDS = time(22), time(6)
"""A night is from 22:00 to 06:00 on the rota's wall clock."""

WEEKEND = frozenset({5, 6})
"""Saturday and Sunday, from midnight to midnight on the rota's wall clock."""

NONE = timedelta(0)


@dataclass(frozen=True)
class Load:
    """Time on call of one engineer. An hour may be of several kinds: a Saturday night is night and weekend."""

    engineer: str
    total: timedelta = NONE
    nights: timedelta = NONE
    weekends: timedelta = NONE
    holidays: timedelta = NONE


@dataclass(frozen=True)
class _Part:
    """A stretch of one local date that is all of one kind."""

    starts_at: datetime
    ends_at: datetime
    night: bool
    weekend: bool
    holiday: bool


def loads(
    rota: Rota, starts_at: datetime, ends_at: datetime, calendar: HolidayCalendar | None = None
) -> tuple[Load, ...]:
    """The time on call of everybody who is on call in the range (UTC), by the engineer's key.

    Time is as it passes: a night in which clocks go back is an hour longer. Each of several who are on call together
    has all of it. `calendar` says which dates are holidays; without one, or when it does not answer, none are.
    """
    found: dict[str, Load] = {}
    zone = zone_of(rota)
    for stretch in final_schedule(rota, starts_at, ends_at):
        if stretch.on_call:
            spent = _spent(_parts(stretch.starts_at, stretch.ends_at, zone, calendar))
            for key in stretch.on_call:
                found[key] = _sum(found.get(key, Load(key)), spent)
    return tuple(found[key] for key in sorted(found))


def together(several: Iterable[tuple[Load, ...]]) -> tuple[Load, ...]:
    """The loads of several rotas as one, by the engineer's key."""
    found: dict[str, Load] = {}
    for load in (load for loads_ in several for load in loads_):
        found[load.engineer] = _sum(found.get(load.engineer, Load(load.engineer)), load)
    return tuple(found[key] for key in sorted(found))


def zone_of(rota: Rota) -> str:
    """The zone whose wall clock a rota lives by: that of its first layer; UTC without layers."""
    return rota.layers[0].rotation.zone if rota.layers else "UTC"


def _spent(parts: Iterable[_Part]) -> Load:
    spent = Load("")
    for part in parts:
        time_ = part.ends_at - part.starts_at
        of_kind = Load("", time_, time_ * part.night, time_ * part.weekend, time_ * part.holiday)
        spent = _sum(spent, of_kind)
    return spent


def _sum(one: Load, other: Load) -> Load:
    return replace(
        one,
        total=one.total + other.total,
        nights=one.nights + other.nights,
        weekends=one.weekends + other.weekends,
        holidays=one.holidays + other.holidays,
    )


def _parts(starts_at: datetime, ends_at: datetime, zone: str, calendar: HolidayCalendar | None) -> Iterator[_Part]:
    """A range cut at local midnights and where nights begin and end."""
    at = starts_at
    while at < ends_at:
        on, begins, next_day = local_day(at, zone)
        weekend, holiday = on.weekday() in WEEKEND, _is_holiday(calendar, on)
        morning = to_utc(datetime.combine(on, NIGHT_ENDS), zone)
        evening = to_utc(datetime.combine(on, NIGHT_BEGINS), zone)
        for since, until, night in ((begins, morning, True), (morning, evening, False), (evening, next_day, True)):
            since, until = max(since, at), min(until, ends_at)
            if since < until:
                yield _Part(since, until, night, weekend, holiday)
        at = next_day


def _is_holiday(calendar: HolidayCalendar | None, on: date) -> bool:
    try:
        return calendar is not None and is_holiday(calendar, on)
    except HolidaysUnknown:
        return False
