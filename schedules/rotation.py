"""Rotations: participants who take turns, handing off at the same time on the wall clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from schedules.wallclock import to_local, to_utc, zone


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

    Raises ValueError for a turn shorter than a day or an unknown zone.
    """

    participants: tuple[tuple[str, ...], ...]
    starts_on: date
    handoff: time
    zone: str
    days: int

    def __post_init__(self) -> None:
        """Refuse what could never rotate."""
        if self.days < 1:
            raise ValueError(f"a turn lasts at least one day, not {self.days}")
        zone(self.zone)


def shift_at(rotation: Rotation, at: datetime) -> Shift | None:
    """The turn in progress at `at` (UTC); None before the first one or without participants."""
    if not rotation.participants:
        return None
    # One day early, because the handoff's instant may lie on either side of local midnight.
    days_since = (to_local(at, rotation.zone).date() - rotation.starts_on).days - 1
    turn = max(days_since // rotation.days, 0)
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
        yield shift
        shift = _shift(rotation, shift.turn + 1)


def _shift(rotation: Rotation, turn: int) -> Shift:
    engineers = rotation.participants[turn % len(rotation.participants)]
    return Shift(engineers, _handoff(rotation, turn), _handoff(rotation, turn + 1), turn)


def _handoff(rotation: Rotation, turn: int) -> datetime:
    on = rotation.starts_on + timedelta(days=turn * rotation.days)
    return to_utc(datetime.combine(on, rotation.handoff), rotation.zone)
