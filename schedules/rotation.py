"""Rotations: participants who take turns, handing off at the same time on the wall clock."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

from schedules.wallclock import instants, to_local
from schedules.zones import zone

EVERY_DAY = tuple(range(7))
PER_DAY = (1, 2, 3, 4)
"""How many turns a day may have: of 24, 12, 8 or 6 hours."""

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


class Shift(NamedTuple):
    """One turn, half-open, in UTC. `engineers` in the order in which they are rung; `turn` counts from 0."""

    engineers: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    turn: int


@dataclass(frozen=True)
class Rotation:
    """Turns of `days` local days each. The first begins on `starts_on` at `handoff`, on the zone's wall clock.

    `per_day` 2 makes two turns of 12 hours out of each day, 3 of 8 hours, 4 of 6. `weekdays` (0 is Monday; empty: all)
    are the days that count: on others nothing is handed off: Friday's engineer keeps the weekend, and the order stays.
    Raises ValueError for a turn that could never rotate or an unknown zone.
    """

    participants: tuple[tuple[str, ...], ...]
    starts_on: date
    handoff: time
    zone: str
    days: int
    per_day: int = 1
    weekdays: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could never rotate."""
        if self.days < 1:
            raise ValueError(f"a turn lasts at least one day, not {self.days}")
        if self.per_day not in PER_DAY or (self.per_day > 1 and self.days > 1):
            raise ValueError(f"a day has one to four turns, not {self.per_day} in {self.days} days")
        if not set(self.weekdays) <= set(EVERY_DAY):
            raise ValueError(f"weekdays count from 0 to 6, not {self.weekdays}")
        zone(self.zone)

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """How many days after `starts_on`, within a week, each day that counts lies; empty where all count."""
        return tuple(sorted({(weekday - self.starts_on.weekday()) % 7 for weekday in self.weekdays}))

    @cached_property
    def first_reading(self) -> datetime:
        """What the wall clock shows when the rotation begins, or would show if that day counted."""
        return datetime.combine(self.starts_on, self.handoff)

    @property
    def is_weekly(self) -> bool:
        """Whether each turn is a calendar week."""
        return self.days == (len(set(self.weekdays)) or 7)


def shift_at(rotation: Rotation, at: datetime) -> Shift | None:
    """The turn in progress at `at` (UTC); None before the first one or without participants."""
    return next(iter(shifts_between(rotation, at, at + INSTANT)), None)


def shifts_between(rotation: Rotation, starts_at: datetime, ends_at: datetime) -> tuple[Shift, ...]:
    """The turns that overlap the range, whole, in order."""
    turns, count = turns_around(rotation, starts_at, ends_at), len(rotation.participants)
    handoffs = handoffs_to(rotation, turns)
    return tuple(
        Shift(rotation.participants[turn % count], since, until, turn)
        for turn, since, until in zip(turns, handoffs, handoffs[1:], strict=False)
        if since < ends_at and starts_at < until and since < until  # a zone may skip a whole day, and the turn with it
    )


def handoffs_to(rotation: Rotation, turns: range) -> list[datetime]:
    """The instants (UTC) at which turns begin."""
    return instants(_readings(rotation, turns), rotation.zone)


def turns_around(rotation: Rotation, starts_at: datetime, ends_at: datetime) -> range:
    """Turns whose beginnings enclose the range, but for what is before the first; none without participants.

    By dates, that leave room for what clocks and parts of days move.
    """
    if not rotation.participants:
        return range(0)
    first_on, last_on = (to_local(at, rotation.zone).date() for at in (starts_at, ends_at))
    first = _days_before(rotation, first_on - 2 * DAY) * rotation.per_day // rotation.days
    last = (_days_before(rotation, last_on + 2 * DAY) + 1) * rotation.per_day // rotation.days
    return range(max(first, 0), max(last, 0) + 2)


def _readings(rotation: Rotation, turns: range) -> list[datetime]:
    """What the wall clock shows at the handoffs to turns."""
    days = [turn // rotation.per_day * rotation.days for turn in turns]
    if rotation.steps:  # of the days that count, each week has the same ones
        steps, count = rotation.steps, len(rotation.steps)
        days = [number // count * 7 + steps[number % count] for number in days]
    first = rotation.first_reading
    found = [first + DAY * number for number in days]
    if rotation.per_day > 1:
        part = DAY / rotation.per_day
        found = [reading + part * (turn % rotation.per_day) for turn, reading in zip(turns, found, strict=True)]
    return found


def _days_before(rotation: Rotation, on: date) -> int:
    """The number of the last day that counts up to and with a date; negative before the first."""
    passed = (on - rotation.starts_on).days
    if not rotation.steps:
        return passed
    weeks, rest = divmod(passed, 7)
    return weeks * len(rotation.steps) + bisect_right(rotation.steps, rest) - 1
