"""Layers: a rotation with a priority and its restrictions, and whom it has on call at an instant."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from schedules.holidays import HolidayCalendar
from schedules.rotation import Rotation, Shift, first_handoff, shift_at
from schedules.wallclock import to_local
from schedules.windows import ALWAYS, BEGINNING, END, Window, holidays_at, windows_at

MOST_DAYS = 1000
"""Of each layer are kept; then it is begun anew."""


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

    @cached_property
    def known(self) -> "dict[date, list[Piece]]":
        """The pieces that were asked for, by the date (UTC) of the instants: the same days are asked for often."""
        return {}


@dataclass(frozen=True)
class Piece:
    """Whom a layer has on call, why, and within which bounds (UTC, half-open) that holds; nobody: `engineers` empty."""

    engineers: tuple[str, ...]
    because: str
    since: datetime
    until: datetime


def piece_at(layer: Layer, at: datetime) -> Piece:
    """What a layer by itself says of an instant (UTC)."""
    pieces = layer.known.get(at.date(), ())
    for piece in pieces:
        if piece.since <= at < piece.until:
            return piece
    if len(layer.known) >= MOST_DAYS:
        layer.known.clear()
    piece = _worked_out(layer, at)
    layer.known.setdefault(at.date(), []).append(piece)
    return piece


def _worked_out(layer: Layer, at: datetime) -> Piece:
    hours = windows_at(layer.only, layer.rotation.zone, at)
    days = holidays_at(layer.holidays, layer.rotation.zone, at) if layer.holidays else ALWAYS
    if not (hours.holds and days.holds):
        closed = [force for force in (hours, days) if not force.holds]
        return Piece((), "", max(force.since for force in closed), min(force.until for force in closed))
    since, until = max(hours.since, days.since), min(hours.until, days.until)
    shift = shift_at(layer.rotation, at)
    if shift is None:
        begins = first_handoff(layer.rotation) if layer.rotation.participants else END
        return Piece((), "", BEGINNING, begins)
    return Piece(shift.engineers, _reason(layer, shift), max(since, shift.starts_at), min(until, shift.ends_at))


def _reason(layer: Layer, shift: Shift) -> str:
    local = to_local(shift.starts_at, layer.rotation.zone)
    if layer.rotation.per_day > 1:
        return f"{layer.name}, from {local:%Y-%m-%d %H:%M}"
    if layer.rotation.is_weekly:
        return f"{layer.name}, week {local.isocalendar().week}"
    return f"{layer.name}, from {local:%Y-%m-%d}"
