"""Offsets: how far a zone's wall clock is from UTC over a range, and the even runs of the clock between changes."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from schedules.zones import zone

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
EARLIEST, LATEST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
"""Beyond these a reading of some wall clock would have no date."""


class Run(NamedTuple):
    """An even run of a wall clock: at `since` (UTC) it shows `begins`; just before `until` it shows almost `ends`."""

    since: datetime
    until: datetime
    begins: datetime
    ends: datetime


@lru_cache(maxsize=1024)
def runs_of(year: int, zone_name: str) -> tuple[Run, ...]:
    """The runs that the wall clock of a zone makes in a year, and in two days before and after it."""
    since = max(datetime(year, 1, 1, tzinfo=UTC), EARLIEST + 2 * DAY) - 2 * DAY
    until = since + min(370 * DAY, LATEST - since)
    found = offsets(since, until, zone_name)
    ends = [*(at for at, _ in found[1:]), until]
    return tuple(
        Run(at, end, (at + offset).replace(tzinfo=None), (end + offset).replace(tzinfo=None))
        for (at, offset), end in zip(found, ends, strict=True)
    )


def offset_at(at: datetime, zone_name: str) -> timedelta:
    """What the wall clock shows beyond UTC at an instant."""
    found = at.astimezone(zone(zone_name)).utcoffset()
    assert found is not None
    return found


def offsets(since: datetime, until: datetime, zone_name: str) -> list[tuple[datetime, timedelta]]:
    """The offset from `since` (UTC) on, and from each instant on at which it changes before `until`."""
    found, at = [(since, offset_at(since, zone_name))], since
    while at < until:
        after = min(at + DAY, until)
        while offset_at(after, zone_name) != found[-1][1]:
            change = _change(found[-1][0] if found[-1][0] > at else at, after, zone_name)
            found.append((change, offset_at(change, zone_name)))
        at = after
    return [one for one in found if one[0] < until or one[0] == since]


def _change(before: datetime, after: datetime, zone_name: str) -> datetime:
    """The first instant of another offset, to the second, between one that has it not yet and one that has it."""
    held = offset_at(before, zone_name)
    while after - before > SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle <= before:
            middle = before + SECOND
        before, after = (middle, after) if offset_at(middle, zone_name) == held else (before, middle)
    return after
