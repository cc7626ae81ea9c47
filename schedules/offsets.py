"""Offsets: how far a zone's wall clock is from UTC over a range, so that a database can tell local hours and days."""

from datetime import datetime, timedelta

from schedules.wallclock import to_local

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def offset_at(at: datetime, zone: str) -> timedelta:
    """What the wall clock shows beyond UTC at an instant."""
    found = to_local(at, zone).utcoffset()
    assert found is not None
    return found


def offsets(since: datetime, until: datetime, zone: str) -> list[tuple[datetime, timedelta]]:
    """The offset from `since` (UTC) on, and from each instant on at which it changes before `until`."""
    found, at = [(since, offset_at(since, zone))], since
    while at < until:
        after = min(at + DAY, until)
        while offset_at(after, zone) != found[-1][1]:
            change = _change(found[-1][0] if found[-1][0] > at else at, after, zone)
            found.append((change, offset_at(change, zone)))
        at = after
    return [one for one in found if one[0] < until or one[0] == since]


def _change(before: datetime, after: datetime, zone: str) -> datetime:
    """The first instant of another offset, to the second, between one that has it not yet and one that has it."""
    held = offset_at(before, zone)
    while after - before > SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle <= before:
            middle = before + SECOND
        before, after = (middle, after) if offset_at(middle, zone) == held else (before, middle)
    return after
