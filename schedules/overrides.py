"""Overrides: temporary changes above all layers, and what several at once leave of the people below."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter, is_not
from typing import NamedTuple

from schedules.reasons import Reason


class OverrideKind(StrEnum):
    """What an override does to whoever is on call."""

    REPLACE = "replace"
    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True)
class Override:
    """A temporary change, half-open, in UTC. `by` is who entered it.

    REPLACE: the engineer alone is on call; with `instead_of`, takes that one person's place where they are on call.
    ADD: comes after whoever is on call. REMOVE: is taken off; when nobody is left, the next lower layer decides.
    """

    engineer: str
    starts_at: datetime
    ends_at: datetime
    by: str = ""
    kind: OverrideKind = OverrideKind.REPLACE
    instead_of: str = ""

    @property
    def is_alone(self) -> bool:
        """Whether nobody else is on call while it wins."""
        return self.kind is OverrideKind.REPLACE and not self.instead_of


class Seat(NamedTuple):
    """A place in the order of who is rung. One that was removed stays, since somebody may take it instead."""

    person: str
    because: Reason
    is_taken: bool = True
    is_added: bool = False


@dataclass(frozen=True)
class Timeline:
    """Overrides by time: `active[n]` apply, in this order, from `borders[n - 1]` to `borders[n]`."""

    borders: tuple[datetime, ...]
    active: tuple[tuple[Override, ...], ...]

    def over(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime, tuple[Override, ...]]]:
        """A range (UTC) cut at the borders, with the overrides that apply to each part."""
        first, last = bisect_right(self.borders, since), bisect_left(self.borders, until)
        edges = (since, *self.borders[first:last], until)
        return zip(edges, edges[1:], self.active[first:], strict=False)


def timeline(overrides: Iterable[Override]) -> Timeline:
    """Sort overrides once for all questions.

    They apply in the order in which they begin, those that begin together in the order in which they were entered: so
    the one that starts latest has the last word.
    """
    borders: list[datetime] = []
    active: list[tuple[Override, ...]] = [()]
    for at, applying in _changes(overrides):
        if len(applying) != len(active[-1]) or any(map(is_not, applying, active[-1])):
            borders.append(at)
            active.append(applying)
    return Timeline(tuple(borders), tuple(active))


def seated(people: Iterable[tuple[str, Reason]], overrides: Iterable[Override]) -> list[Seat]:
    """Apply overrides in turn to people with their reasons; those that put one person alone are passed over."""
    seats = [Seat(person, because) for person, because in people]
    for override in overrides:
        if override.kind is OverrideKind.ADD:
            seats.append(Seat(override.engineer, reason_of(override), is_added=True))
        elif override.kind is OverrideKind.REMOVE:
            seats = [seat._replace(is_taken=seat.is_taken and seat.person != override.engineer) for seat in seats]
        elif override.instead_of:
            seats = [_given(seat, override) if seat.person == override.instead_of else seat for seat in seats]
    return seats


def has_somebody(seats: Iterable[Seat]) -> bool:
    """Whether anybody is left of the people themselves; those who were added only join others."""
    return any(seat.is_taken and not seat.is_added for seat in seats)


def alone(override: Override) -> tuple[tuple[str, Reason], ...]:
    """The one person of a REPLACE, with the reason."""
    return ((override.engineer, reason_of(override)),)


def reason_of(override: Override, layer: str = "") -> Reason:
    """Why its engineer is on call; `layer` where it gave away a place in one."""
    return Reason(layer, True, override.kind is OverrideKind.ADD, override.by, override.instead_of)


def _given(seat: Seat, override: Override) -> Seat:
    layer = "" if seat.is_added or seat.because.is_override else seat.because.layer
    return Seat(override.engineer, reason_of(override, layer), True, seat.is_added)


def _changes(overrides: Iterable[Override]) -> Iterator[tuple[datetime, tuple[Override, ...]]]:
    """Each instant at which overrides begin or end, and those that apply from then on."""
    ordered = sorted((o for o in overrides if o.starts_at < o.ends_at), key=attrgetter("starts_at"))
    changing: defaultdict[datetime, list[int]] = defaultdict(list)
    for number, override in enumerate(ordered):
        changing[override.starts_at].append(number)
        changing[override.ends_at].append(number)
    active: dict[int, Override] = {}  # keeps the order in which they began
    for at in sorted(changing):
        for number in changing[at]:
            if active.pop(number, None) is None:  # the first of its two borders
                active[number] = ordered[number]
        yield at, _that_matter(tuple(active.values()))


def _that_matter(overrides: tuple[Override, ...]) -> tuple[Override, ...]:
    """From the last one on that puts a person alone and whose person later ones leave there."""
    if not overrides or overrides[-1].is_alone:
        return overrides[-1:]
    for index in range(len(overrides) - 1, -1, -1):
        override = overrides[index]
        if override.is_alone and has_somebody(seated(alone(override), overrides[index + 1 :])):
            return overrides[index:]
    return overrides
