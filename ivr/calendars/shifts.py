"""A person's shifts and the handoffs of a rota, read out of its final schedule."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from schedules.reasons import Reason
from schedules.rota import Rota, final_schedule, who_is_on_call

A_MOMENT = timedelta(microseconds=1)
LONGEST = timedelta(days=400)
"""Whoever is on call for longer than this is on call without an end."""


@dataclass(frozen=True)
class PersonalShift:
    """A stretch (UTC, half-open) in which one engineer is on call on a rota, for one reason."""

    rota: str
    engineer: str
    starts_at: datetime
    ends_at: datetime
    reason: Reason


@dataclass(frozen=True)
class Handoff:
    """An instant at which some stop being on call on a rota and others begin. Either may be nobody."""

    rota: str
    at: datetime
    leaving: tuple[str, ...]
    coming: tuple[str, ...]


def shifts_of(rota: Rota, engineer: str, starts_at: datetime, ends_at: datetime) -> tuple[PersonalShift, ...]:
    """The engineer's shifts in the range (UTC), cut at its ends and where the reason changes."""
    return tuple(_joined(_parts(rota, engineer, starts_at, ends_at)))


def handoffs(rota: Rota, starts_at: datetime, ends_at: datetime) -> tuple[Handoff, ...]:
    """The instants of the range (UTC, half-open) at which the people on call change."""
    schedule = final_schedule(rota, starts_at - A_MOMENT, ends_at)
    return tuple(
        Handoff(
            rota.key, after.starts_at, _without(before.on_call, after.on_call), _without(after.on_call, before.on_call)
        )
        for before, after in pairwise(schedule)
        if set(before.on_call) != set(after.on_call)
    )


def is_on_call(rota: Rota, engineer: str, at: datetime) -> bool:
    """Whether this engineer is on call at an instant (UTC)."""
    return any(person.engineer == engineer for person in who_is_on_call(rota, at))


def until_when(rota: Rota, engineer: str, at: datetime) -> datetime | None:
    """When an engineer who is on call at `at` stops being so (UTC), for whatever reasons; None: not in a year."""
    end, limit = at, at + LONGEST
    while end < limit:
        here = next((person for person in who_is_on_call(rota, end) if person.engineer == engineer), None)
        if here is None:
            return end
        end = here.until
    return None


def _parts(rota: Rota, engineer: str, starts_at: datetime, ends_at: datetime) -> Iterator[PersonalShift]:
    for part in final_schedule(rota, starts_at, ends_at):
        if engineer in part.on_call:
            reason = part.reasons[part.on_call.index(engineer)]
            yield PersonalShift(rota.key, engineer, part.starts_at, part.ends_at, reason)


def _joined(parts: Iterator[PersonalShift]) -> Iterator[PersonalShift]:
    """Parts that follow each other for the same reason are one shift, whoever else is on call beside."""
    held: PersonalShift | None = None
    for part in parts:
        if held is not None and (held.ends_at, held.reason) == (part.starts_at, part.reason):
            held = replace(held, ends_at=part.ends_at)
        else:
            if held is not None:
                yield held
            held = part
    if held is not None:
        yield held


def _without(people: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(person for person in people if person not in others)
