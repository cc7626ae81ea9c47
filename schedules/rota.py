"""Rotas: layers and overrides under one name, and the one answer to who is on call."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from schedules.rotation import Rotation, Shift, first_handoff, shift_at
from schedules.wallclock import to_local

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(9999, 1, 1, tzinfo=UTC)
NOBODY = "nobody"


@dataclass(frozen=True)
class Layer:
    """A rotation with a priority: the higher one wins."""

    name: str
    rotation: Rotation
    priority: int = 0


@dataclass(frozen=True)
class Override:
    """A temporary replacement above all layers, half-open, in UTC. `by` is who entered it."""

    engineer: str
    starts_at: datetime
    ends_at: datetime
    by: str = ""


@dataclass(frozen=True)
class Rota:
    """Who takes turns, in layers, and who replaces them for a while."""

    key: str
    name: str
    layers: tuple[Layer, ...]
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True)
class OnCall:
    """Somebody who is on call, why, and for how long this answer holds (UTC, half-open)."""

    engineer: str
    because: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Stretch:
    """A part of the final schedule in which the same people are on call for the same reason."""

    starts_at: datetime
    ends_at: datetime
    on_call: tuple[str, ...]
    because: str


def who_is_on_call(rota: Rota, at: datetime) -> tuple[OnCall, ...]:
    """Who is on call at an instant (UTC), first to be rung first; empty in a gap.

    An override wins over every layer, and the one that starts latest over other overrides; among layers the
    highest priority that has somebody wins.
    """
    found = _stretch_at(rota, at)
    return tuple(OnCall(key, found.because, found.starts_at, found.ends_at) for key in found.on_call)


def final_schedule(rota: Rota, starts_at: datetime, ends_at: datetime) -> tuple[Stretch, ...]:
    """The range (UTC) cut into stretches without hole or overlap; a gap has nobody in `on_call`."""
    return tuple(_merged(_stretches(rota, starts_at, ends_at)))


def gaps(rota: Rota, starts_at: datetime, ends_at: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The stretches of the range in which nobody is on call."""
    schedule = final_schedule(rota, starts_at, ends_at)
    return tuple((part.starts_at, part.ends_at) for part in schedule if not part.on_call)


def _stretches(rota: Rota, starts_at: datetime, ends_at: datetime) -> Iterator[Stretch]:
    at = starts_at
    while at < ends_at:
        found = _stretch_at(rota, at)
        yield replace(found, starts_at=at, ends_at=min(found.ends_at, ends_at))
        at = found.ends_at


def _merged(parts: Iterator[Stretch]) -> Iterator[Stretch]:
    held: Stretch | None = None
    for part in parts:
        if held is not None and (held.on_call, held.because) == (part.on_call, part.because):
            held = replace(held, ends_at=part.ends_at)
        else:
            if held is not None:
                yield held
            held = part
    if held is not None:
        yield held


def _stretch_at(rota: Rota, at: datetime) -> Stretch:
    """The one resolver: the winner at `at`, for as long as nothing above it begins and it does not end."""
    starts_at, ends_at = BEGINNING, END
    for override in _by_precedence(rota):
        if override.starts_at <= at < override.ends_at:
            starts_at, ends_at = max(starts_at, override.starts_at), min(ends_at, override.ends_at)
            because = f"override by {override.by}" if override.by else "override"
            return Stretch(starts_at, ends_at, (override.engineer,), because)
        starts_at, ends_at = _clip(starts_at, ends_at, override, at)
    for layer in sorted(rota.layers, key=lambda layer: -layer.priority):
        shift = shift_at(layer.rotation, at)
        if shift is not None:
            starts_at, ends_at = max(starts_at, shift.starts_at), min(ends_at, shift.ends_at)
            if shift.engineers:
                return Stretch(starts_at, ends_at, shift.engineers, _reason(layer, shift))
        elif layer.rotation.participants:
            ends_at = min(ends_at, first_handoff(layer.rotation))
    return Stretch(starts_at, ends_at, (), NOBODY)


def _by_precedence(rota: Rota) -> list[Override]:
    """Overrides, the one that starts latest first; of two that start together, the last entered."""
    return sorted(rota.overrides, key=lambda override: override.starts_at)[::-1]


def _clip(starts_at: datetime, ends_at: datetime, override: Override, at: datetime) -> tuple[datetime, datetime]:
    """Cut a stretch around `at` where an override that does not cover `at` begins or ended."""
    if override.starts_at > at:
        return starts_at, min(ends_at, override.starts_at)
    return max(starts_at, override.ends_at), ends_at


def _reason(layer: Layer, shift: Shift) -> str:
    local = to_local(shift.starts_at, layer.rotation.zone).date()
    if layer.rotation.days == 7:
        return f"{layer.name}, week {local.isocalendar().week}"
    return f"{layer.name}, from {local.isoformat()}"
