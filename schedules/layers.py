"""Layers: a rotation with a priority and its restrictions, and whom it has on call when."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from schedules.holidays import HolidayCalendar
from schedules.reasons import Reason
from schedules.rotation import Rotation, handoffs_to, turns_around
from schedules.spans import Span, common, cut, overlaps
from schedules.wallclock import readings
from schedules.windows import Window, holidays_between, windows_between


@dataclass(frozen=True)
class Layer:
    """A rotation with a priority: the higher one wins while it has somebody.

    In force within the windows `only` (empty: always), on the wall clock of the rotation's zone, and, with `holidays`,
    on those dates only.
    """

    name: str
    rotation: Rotation
    priority: int = 0
    only: tuple[Window, ...] = ()
    holidays: HolidayCalendar | None = None


class Piece(NamedTuple):
    """Whom a layer has on call, since and until when (UTC, half-open), and why."""

    since: datetime
    until: datetime
    engineers: tuple[str, ...]
    because: Reason


def pieces_between(layer: Layer, since: datetime, until: datetime) -> list[Piece]:
    """What a layer by itself says of a range (UTC), in order; nothing of the time in which it has nobody."""
    turns, hours = _turns(layer, since, until), _in_force(layer, since, until)
    return [Piece(begins, ends, who, why) for begins, ends, (_, _, who, why), _ in overlaps(turns, hours) if who]


def _in_force(layer: Layer, since: datetime, until: datetime) -> list[Span]:
    """The parts of a range in which a layer's restrictions hold."""
    zone = layer.rotation.zone
    hours = windows_between(layer.only, zone, since, until) if layer.only else [(since, until)]
    if layer.holidays:
        hours = common(hours, holidays_between(layer.holidays, zone, since, until))
    return cut(hours, since, until)


def _turns(layer: Layer, since: datetime, until: datetime) -> list[tuple[datetime, datetime, tuple[str, ...], Reason]]:
    """The turns around a range without their restrictions."""
    rotation, people = layer.rotation, layer.rotation.participants
    turns = turns_around(rotation, since, until)
    handoffs = handoffs_to(rotation, turns)
    told = _told(layer, readings(handoffs, rotation.zone))
    return [
        (begins, ends, people[turn % len(people)], Reason(why))
        for turn, begins, ends, why in zip(turns, handoffs, handoffs[1:], told, strict=False)
    ]


def _told(layer: Layer, begins: list[datetime]) -> list[str]:
    """What tells turns from others of their layer, by what the wall clock shows when they begin."""
    if layer.rotation.per_day > 1:
        return [f"{layer.name}, from {reading.isoformat(' ', 'minutes')}" for reading in begins]
    if layer.rotation.is_weekly:
        return [f"{layer.name}, week {reading.isocalendar().week}" for reading in begins]
    return [f"{layer.name}, from {reading.date().isoformat()}" for reading in begins]
