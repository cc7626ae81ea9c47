"""Resolving: who is on call over a range, filled from the top down: what one level leaves open, the next may fill."""

from collections.abc import Iterable
from datetime import datetime
from operator import itemgetter

from schedules.layers import Layer, Piece, pieces_between
from schedules.overrides import Override, Seat, Timeline, alone, has_somebody, reason_of, seated
from schedules.reasons import Reason
from schedules.stretches import Stretch

Open = tuple[datetime, datetime, tuple[Override, ...]]
"""Time for which nobody was found yet (UTC, half-open), with the overrides that apply to whoever is found."""


def resolved(timeline: Timeline, layers: Iterable[Layer], since: datetime, until: datetime) -> list[Stretch]:
    """The stretches of a range (UTC), in order; neighbours may say the same. `layers`: the highest priority first.

    Overrides that put one person alone come first, then the first layer that has somebody when overrides were applied
    to it, and at last those whom overrides add to nobody.
    """
    found: list[Stretch] = []
    rest: list[Open] = []
    for begins, ends, overrides in timeline.over(since, until):
        if decided := _alone(begins, ends, overrides):
            found.append(decided)
        else:
            rest.append((begins, ends, overrides))
    for layer in layers:
        if rest:
            filled, rest = _filled(rest, pieces_between(layer, rest[0][0], rest[-1][1]))
            found += filled
    found += (_stretch(begins, ends, seated((), overrides)) for begins, ends, overrides in rest)
    return sorted(found, key=itemgetter(0))


def _alone(since: datetime, until: datetime, overrides: tuple[Override, ...]) -> Stretch | None:
    """The time of an override that puts one person alone, if those that begin later leave anybody."""
    if not overrides or not overrides[0].is_alone:
        return None
    if len(overrides) == 1:
        return Stretch(since, until, (overrides[0].engineer,), (reason_of(overrides[0]),))
    seats = seated(alone(overrides[0]), overrides[1:])
    return _stretch(since, until, seats) if has_somebody(seats) else None


def _filled(rest: list[Open], pieces: list[Piece]) -> tuple[list[Stretch], list[Open]]:
    """The part of what is open in which a layer has somebody, and what it leaves open."""
    found: list[Stretch] = []
    left: list[Open] = []
    place, places = 0, len(pieces)
    for at, until, overrides in rest:
        while place < places and pieces[place][0] < until:
            since, ends, engineers, because = pieces[place]
            begins, last = (since if since > at else at), (ends if ends < until else until)
            if begins < last and (filled := _by_layer(begins, last, engineers, because, overrides)):
                found.append(filled)
                if at < begins:
                    left.append((at, begins, overrides))
                at = last
            if ends > until:
                break  # it goes on in what is open next
            place += 1
        if at < until:
            left.append((at, until, overrides))
    return found, left


def _by_layer(
    since: datetime, until: datetime, engineers: tuple[str, ...], because: Reason, overrides: tuple[Override, ...]
) -> Stretch | None:
    """A layer's people after the overrides; None when these leave nobody."""
    if not overrides and len(engineers) == 1:  # nearly all are so
        return Stretch(since, until, engineers, (because,))
    seats = seated(((person, because) for person in engineers), overrides)
    return _stretch(since, until, seats) if has_somebody(seats) else None


def _stretch(since: datetime, until: datetime, seats: Iterable[Seat]) -> Stretch:
    people: dict[str, Reason] = {}
    for seat in seats:
        if seat.is_taken:
            people.setdefault(seat.person, seat.because)
    return Stretch(since, until, tuple(people), tuple(people.values()))
