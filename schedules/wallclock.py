"""Wall clocks: local time to UTC and back, with one written rule for the hours that clocks skip or repeat."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from functools import lru_cache
from operator import attrgetter

from schedules.offsets import Run, runs_of
from schedules.zones import zone

YEARS = range(1970, 2038)
"""What instants and dates may be of. The library knows daylight saving until 2037; one mistyped is told, too."""


class Repeated(Enum):
    """Which of two equal wall-clock readings is meant when clocks go back."""

    FIRST = auto()
    LAST = auto()


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
    midnights = [datetime.combine(on + timedelta(days=days), time(0)) for days in (0, 1)]
    since, until = instants(midnights, zone_name)
    return since, until


def to_utc(wall: datetime, zone_name: str, repeated: Repeated = Repeated.FIRST) -> datetime:
    """The instant (UTC) of a naive wall-clock reading.

    A reading that clocks skip is the first instant after the gap; of one that they show twice, `repeated`
    chooses: FIRST for a start, LAST for an end.
    """
    if wall.tzinfo is not None:
        raise ValueError(f"a wall-clock reading carries no zone: {wall}")
    return instants((wall,), zone_name, repeated)[0]


def instants(walls: Sequence[datetime], zone_name: str, repeated: Repeated = Repeated.FIRST) -> list[datetime]:
    """The instants (UTC) of many naive readings, which are in order, by the rule of `to_utc`."""
    found: list[datetime] = []
    while len(found) < len(walls):
        found += (_first if repeated is Repeated.FIRST else _last)(walls, len(found), zone_name)
    return found


def readings(instants: Sequence[datetime], zone_name: str) -> list[datetime]:
    """What the wall clock shows (naive) at many instants (UTC), which are in order."""
    found: list[datetime] = []
    while len(found) < len(instants):
        start = len(found)
        runs, end = _this_year(instants, start, zone_name)
        number = bisect_right(runs, instants[start], key=attrgetter("since")) - 1
        since, until, begins, _ = runs[max(number, 0)]
        if number + 1 < len(runs):
            end = bisect_left(instants, until, start, end)
        found += [begins + (at - since) for at in instants[start:end]]
    return found


def _first(walls: Sequence[datetime], start: int, zone_name: str) -> list[datetime]:
    """The first instants of those readings from `start` on that one run of the clock comes to show, or skips."""
    runs, end = _this_year(walls, start, zone_name)
    number = min(bisect_right(runs, walls[start], key=attrgetter("ends")), len(runs) - 1)
    since, _, begins, ends = runs[number]
    if number + 1 < len(runs):
        end = bisect_left(walls, ends, start, end)
    shown = bisect_left(walls, begins, start, end)
    return [since] * (shown - start) + [since + (wall - begins) for wall in walls[shown:end]]


def _last(walls: Sequence[datetime], start: int, zone_name: str) -> list[datetime]:
    """The last instants of those readings from `start` on that one run of the clock still shows, or that follow it."""
    runs, end = _this_year(walls, start, zone_name)
    number = max(bisect_right(runs, walls[start], key=attrgetter("begins")) - 1, 0)
    since, until, begins, ends = runs[number]
    if number + 1 == len(runs):
        return [since + (wall - begins) for wall in walls[start:end]]
    end = bisect_left(walls, runs[number + 1].begins, start, end)
    shown = bisect_left(walls, ends, start, end)
    return [since + (wall - begins) for wall in walls[start:shown]] + [until] * (end - shown)


def _this_year(times: Sequence[datetime], start: int, zone_name: str) -> tuple[tuple[Run, ...], int]:
    """The runs of the year of a time, and the place in the list at which its year ends."""
    year = times[start].year
    return runs_of(year, zone_name), bisect_right(times, year, start, key=attrgetter("year"))
