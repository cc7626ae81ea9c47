"""Rotations: participants who take turns, handing off at the same time on the wall clock."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from schedules.wallclock import to_local, to_utc, zone

EVERY_DAY = tuple(range(7))
PER_DAY = (1, 2, 3, 4)
"""How many turns a day may have: of 24, 12, 8 or 6 hours."""


@dataclass(frozen=True)
class Shift:
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

    @property
    def is_weekly(self) -> bool:
        """Whether each turn is a calendar week."""
        return self.days == (len(set(self.weekdays)) or 7)


def shift_at(rotation: Rotation, at: datetime) -> Shift | None:
    """The turn in progress at `at` (UTC); None before the first one or without participants."""
    if not rotation.participants:
        return None
    # A guess, because a turn of half a day may begin on the next date, and clocks may change at midnight.
    day = _days_before(rotation, to_local(at, rotation.zone).date())
    turn = max(day * rotation.per_day // rotation.days, 0)
    while turn and _handoff(rotation, turn) > at:
        turn -= 1
    while _handoff(rotation, turn + 1) <= at:
        turn += 1
    shift = _shift(rotation, turn)
    return shift if shift.starts_at <= at else None


def shifts_between(rotation: Rotation, starts_at: datetime, ends_at: datetime) -> tuple[Shift, ...]:
    """The turns that overlap the range, whole, in order."""
    return tuple(_shifts_from(rotation, starts_at, ends_at))


def first_handoff(rotation: Rotation) -> datetime:
    """The instant (UTC) at which the first turn begins."""
    return _handoff(rotation, 0)


def _shifts_from(rotation: Rotation, starts_at: datetime, ends_at: datetime) -> Iterator[Shift]:
    if not rotation.participants:
        return
    shift = shift_at(rotation, starts_at) or _shift(rotation, 0)
    while shift.starts_at < ends_at:
        if shift.starts_at < shift.ends_at:  # a zone may skip a whole day, and the turn with it
            yield shift
        shift = _shift(rotation, shift.turn + 1)


def _shift(rotation: Rotation, turn: int) -> Shift:
    engineers = rotation.participants[turn % len(rotation.participants)]
    return Shift(engineers, _handoff(rotation, turn), _handoff(rotation, turn + 1), turn)


def _handoff(rotation: Rotation, turn: int) -> datetime:
    day, part = divmod(turn, rotation.per_day)
    on = _counted_day(rotation, day * rotation.days)
    wall = datetime.combine(on, rotation.handoff) + timedelta(hours=part * 24 // rotation.per_day)
    return to_utc(wall, rotation.zone)


def _counted_day(rotation: Rotation, number: int) -> date:
    """The day with this number among those that count, from `starts_on` on; number 0 is the first."""
    if not rotation.steps:
        return rotation.starts_on + timedelta(days=number)
    weeks, rest = divmod(number, len(rotation.steps))
    return rotation.starts_on + timedelta(days=7 * weeks + rotation.steps[rest])


def _days_before(rotation: Rotation, on: date) -> int:
    """The number of the last day that counts up to and with a date; negative before the first."""
    passed = (on - rotation.starts_on).days
    if not rotation.steps:
        return passed
    weeks, rest = divmod(passed, 7)
    return weeks * len(rotation.steps) + bisect_right(rotation.steps, rest) - 1
