"""Rotas: layers and overrides under one name, and the one answer to who is on call."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from schedules.layers import Layer
from schedules.overrides import Override, OverrideKind, Timeline, timeline
from schedules.reasons import Reason
from schedules.resolving import resolved
from schedules.spans import BEGINNING, END
from schedules.stretches import NOBODY, Schedule, Stretch
from schedules.windows import Window

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

    @cached_property
    def schedule(self) -> Schedule:
        """The final schedule, as much of it as was asked for."""
        return Schedule(self._resolved)

    def _resolved(self, since: datetime, until: datetime) -> Iterator[Stretch]:
        edges = (since, *(at for at in self.changes_at if since < at < until), until)
        for begins, ends in pairwise(edges):
            yield from resolved(self.by_time, layers_at(self, begins), begins, ends)

    @property
    def _as_written(self) -> Iterator[tuple[Layer, ...]]:
        yield from (version.layers for version in sorted(self.earlier, key=lambda version: version.until))
        yield self.layers


class OnCall(NamedTuple):
    """Somebody who is on call, why, and for how long this answer holds (UTC, half-open)."""

    engineer: str
    reason: Reason
    since: datetime
    until: datetime

    @property
    def because(self) -> str:
        """The reason in words, with keys of people."""
        return self.reason.told()


def who_is_on_call(rota: Rota, at: datetime) -> tuple[OnCall, ...]:
    """Who is on call at an instant (UTC), first to be rung first; empty in a gap.

    Among layers the highest priority that has somebody wins. Overrides apply to it in the order in which they begin,
    so the one that starts latest has the last word.
    """
    found = rota.schedule.whole(at)
    people = zip(found.on_call, found.reasons, strict=True)
    return tuple(OnCall(key, reason, found.starts_at, found.ends_at) for key, reason in people)


def final_schedule(rota: Rota, starts_at: datetime, ends_at: datetime) -> tuple[Stretch, ...]:
    """The range (UTC) cut into stretches without hole or overlap; a gap has nobody in `on_call`."""
    return rota.schedule.over(starts_at, ends_at).between(starts_at, ends_at) if starts_at < ends_at else ()


def gaps(rota: Rota, starts_at: datetime, ends_at: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The stretches of the range in which nobody is on call."""
    schedule = final_schedule(rota, starts_at, ends_at)
    return tuple((part.starts_at, part.ends_at) for part in schedule if not part.on_call)


def layers_at(rota: Rota, at: datetime) -> tuple[Layer, ...]:
    """The layers in force at an instant (UTC), the highest priority first."""
    return rota.versions[bisect_right(rota.changes_at, at)]
