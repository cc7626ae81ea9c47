"""Wall clocks: local time to UTC and back, with one written rule for the hours that clocks skip or repeat."""

from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from functools import lru_cache

import pytz
from pytz.tzinfo import BaseTzInfo

YEARS = range(1970, 2200)
"""What instants and dates may be of: zones can be reckoned with, and a year that somebody mistyped is told."""

FIXED = {"EST": "America/New_York", "MST": "America/Denver", "HST": "Pacific/Honolulu"}
EUROPEAN = {"CET", "MET", "EET", "WET", "EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT"}


class UnknownZone(ValueError):
    """A zone that is not a named zone with its daylight saving rules."""


class Repeated(Enum):
    """Which of two equal wall-clock readings is meant when clocks go back."""

    FIRST = auto()
    LAST = auto()


@lru_cache
def zone(name: str) -> BaseTzInfo:
    """The named zone. Raises UnknownZone, also for fixed ones such as `EST` that know no daylight saving."""
    if name in FIXED or name in EUROPEAN or name.startswith("Etc/GMT"):
        instead = FIXED.get(name, "Europe/Rome or America/New_York")
        raise UnknownZone(f'"{name}" is a fixed or legacy zone. Write a named one, such as {instead}.')
    try:
        return pytz.timezone(name)
    except pytz.UnknownTimeZoneError:
        raise UnknownZone(f'"{name}" is no time zone. Write a name such as Europe/Rome.') from None


def to_local(at: datetime, zone_name: str) -> datetime:
    """An instant as the clock on the wall of a zone shows it (aware). Raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError(f"naive instant refused: {at}")
    return at.astimezone(zone(zone_name))


def local_day(at: datetime, zone_name: str) -> tuple[date, datetime, datetime]:
    """The local date of an instant, and the instants (UTC) at which that day begins and ends, half-open."""
    shown = to_local(at, zone_name).date()
    for days in (0, -1, 1):  # where clocks change at midnight, an hour may count for the day beside it
        on = shown + timedelta(days=days)
        since, until = _day(on, zone_name)
        if since <= at < until:
            return on, since, until
    raise AssertionError(f"no day of {zone_name} has {at}")


@lru_cache(maxsize=4096)
def _day(on: date, zone_name: str) -> tuple[datetime, datetime]:
    """The instants (UTC) at which a local date begins and ends."""
    midnights = (datetime.combine(on + timedelta(days=days), time(0)) for days in (0, 1))
    since, until = (to_utc(midnight, zone_name) for midnight in midnights)
    return since, until


def to_utc(wall: datetime, zone_name: str, repeated: Repeated = Repeated.FIRST) -> datetime:
    """The instant (UTC) of a naive wall-clock reading.

    A reading that clocks skip is the first instant after the gap; of one that they show twice, `repeated`
    chooses: FIRST for a start, LAST for an end.
    """
    if wall.tzinfo is not None:
        raise ValueError(f"a wall-clock reading carries no zone: {wall}")
    return _instant(wall, zone_name, repeated is Repeated.FIRST)


@lru_cache(maxsize=1 << 15)
def _instant(wall: datetime, zone_name: str, first: bool) -> datetime:
    place = zone(zone_name)
    try:
        return place.localize(wall, is_dst=None).astimezone(UTC)
    except pytz.AmbiguousTimeError:
        return place.localize(wall, is_dst=first).astimezone(UTC)
    except pytz.NonExistentTimeError:
        return _after_gap(wall, place)


def _after_gap(wall: datetime, place: BaseTzInfo) -> datetime:
    """The instant at which clocks jump over `wall`, found by halving between its two readings."""
    early, late = (place.localize(wall, is_dst=dst).astimezone(UTC) for dst in (True, False))
    before = early.astimezone(place).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if middle.astimezone(place).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late
