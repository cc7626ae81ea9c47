"""Rotas: layers and overrides under one name, and the one answer to who is on call."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from schedules.layers import Layer, piece_at
from schedules.overrides import Override, OverrideKind, Seat, Timeline, alone, has_somebody, seated, timeline
from schedules.reasons import Names, Reason
from schedules.windows import BEGINNING, END, Window

__all__ = [
    "BEGINNING",
    "END",
    "NOBODY",
    "Earlier",
    "Layer",
    "OnCall",
    "Override",
    "OverrideKind",
    "Rota",
    "Stretch",
    "Window",
    "final_schedule",
    "gaps",
    "layers_at",
    "who_is_on_call",
]

NOBODY = "nobody"
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Earlier:
    """Layers that were in force before `until` (UTC), from the `until` of those before them on."""

    layers: tuple[Layer, ...]
    until: datetime


@dataclass(frozen=True)
class Rota:
    """Who takes turns, in layers, and who replaces them for a while.

    `layers` are in force from the last `until` of `earlier` on, which may lie ahead; `earlier`, oldest first, is how
    the past stays as it was, whatever is edited.
    """

    key: str
    name: str
    layers: tuple[Layer, ...]
    overrides: tuple[Override, ...] = ()
    earlier: tuple[Earlier, ...] = ()

    @cached_property
    def by_time(self) -> Timeline:
        """The overrides, sorted once."""
        return timeline(self.overrides)

    @cached_property
    def versions(self) -> tuple[tuple[Layer, ...], ...]:
        """The layers of each version, oldest first, the highest priority first."""
        return tuple(tuple(sorted(layers, key=lambda layer: -layer.priority)) for layers in self._as_written)

    @cached_property
    def changes_at(self) -> tuple[datetime, ...]:
        """When one version follows another."""
        return tuple(sorted(version.until for version in self.earlier))

    @property
    def _as_written(self) -> Iterator[tuple[Layer, ...]]:
        yield from (version.layers for version in sorted(self.earlier, key=lambda version: version.until))
        yield self.layers


@dataclass(frozen=True)
class OnCall:
    """Somebody who is on call, why, and for how long this answer holds (UTC, half-open)."""

    engineer: str
    reason: Reason
    since: datetime
    until: datetime

    @property
    def because(self) -> str:
        """The reason in words, with keys of people."""
        return self.reason.told()


@dataclass(frozen=True)
class Stretch:
    """A part of the final schedule in which the same people are on call for the same reasons.

    `reasons` has one for each of `on_call`.
    """

    starts_at: datetime
    ends_at: datetime
    on_call: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()

    def told(self, name_of: Names = str) -> str:
        """All reasons in one text, each once."""
        return "; ".join(dict.fromkeys(reason.told(name_of) for reason in self.reasons)) or NOBODY

    @property
    def because(self) -> str:
        """The same with keys of people."""
        return self.told()


def who_is_on_call(rota: Rota, at: datetime) -> tuple[OnCall, ...]:
    """Who is on call at an instant (UTC), first to be rung first; empty in a gap.

    Among layers the highest priority that has somebody wins. Overrides apply to it in the order in which they begin,
    so the one that starts latest has the last word.
    """
    found = _stretch_at(rota, at)
    if found.on_call:
        found = _whole(rota, found)
    people = zip(found.on_call, found.reasons, strict=True)
    return tuple(OnCall(key, reason, found.starts_at, found.ends_at) for key, reason in people)


def final_schedule(rota: Rota, starts_at: datetime, ends_at: datetime) -> tuple[Stretch, ...]:
    """The range (UTC) cut into stretches without hole or overlap; a gap has nobody in `on_call`."""
    return tuple(_merged(_stretches(rota, starts_at, ends_at)))


def gaps(rota: Rota, starts_at: datetime, ends_at: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The stretches of the range in which nobody is on call."""
    schedule = final_schedule(rota, starts_at, ends_at)
    return tuple((part.starts_at, part.ends_at) for part in schedule if not part.on_call)


def layers_at(rota: Rota, at: datetime) -> tuple[Layer, ...]:
    """The layers in force at an instant (UTC), the highest priority first."""
    return rota.versions[bisect_right(rota.changes_at, at)]


def _whole(rota: Rota, found: Stretch) -> Stretch:
    """Go on over borders at which nothing changes, so that `until` is when the answer really ends."""
    while found.ends_at < END and _same(found, after := _stretch_at(rota, found.ends_at)):
        found = replace(found, ends_at=after.ends_at)
    while found.starts_at > BEGINNING and _same(found, before := _stretch_at(rota, found.starts_at - INSTANT)):
        found = replace(found, starts_at=before.starts_at)
    return found


def _stretches(rota: Rota, starts_at: datetime, ends_at: datetime) -> Iterator[Stretch]:
    at = starts_at
    while at < ends_at:
        found = _stretch_at(rota, at)
        yield Stretch(at, min(found.ends_at, ends_at), found.on_call, found.reasons)
        at = found.ends_at


def _merged(parts: Iterator[Stretch]) -> Iterator[Stretch]:
    held: Stretch | None = None
    for part in parts:
        if held is not None and _same(held, part):
            held = replace(held, ends_at=part.ends_at)
        else:
            if held is not None:
                yield held
            held = part
    if held is not None:
        yield held


def _same(one: Stretch, other: Stretch) -> bool:
    return (one.on_call, one.reasons) == (other.on_call, other.reasons)


def _stretch_at(rota: Rota, at: datetime) -> Stretch:
    """The one resolver: who is on call at `at`, within bounds in which nothing that was asked for it changes."""
    overrides, since, until = rota.by_time.at(at)
    if overrides and overrides[0].is_alone:
        seats = seated(alone(overrides[0]), overrides[1:])
        if has_somebody(seats):
            return _stretch(seats, since, until)
    version = bisect_right(rota.changes_at, at)
    since = max(since, rota.changes_at[version - 1]) if version else since
    until = min(until, rota.changes_at[version]) if version < len(rota.changes_at) else until
    for layer in rota.versions[version]:
        piece = piece_at(layer, at)
        since, until = max(since, piece.since), min(until, piece.until)
        seats = seated(((person, Reason(piece.because)) for person in piece.engineers), overrides)
        if has_somebody(seats):
            return _stretch(seats, since, until)
    return _stretch(seated((), overrides), since, until)


def _stretch(seats: Iterable[Seat], since: datetime, until: datetime) -> Stretch:
    people: dict[str, Reason] = {}
    for seat in seats:
        if seat.is_taken:
            people.setdefault(seat.person, seat.because)
    return Stretch(since, until, tuple(people), tuple(people.values()))
