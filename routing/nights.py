"""Nights: whom a page rings on the nights that an edit of a rota touches, before and after it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from routing.configuration import Configuration
from routing.escalation import Policy
from schedules.changes import Changed
from schedules.fairness import zone_of
from schedules.rota import Rota
from schedules.wallclock import local_day, to_utc

IN_THE_NIGHT = time(3)
"""At three in the morning, on the rota's wall clock, an answer stands for its night."""

AT_MOST = 200
"""So many nights are looked at: half a year."""

Levels = tuple[tuple[str, ...], ...]
"""Names by level, in the order in which they are rung; an empty one is a level with nobody."""


@dataclass(frozen=True)
class Nights:
    """One or several instants (UTC), a day apart, for which a policy rings the same people. Both ends count."""

    policy: str
    first_at: datetime
    last_at: datetime
    count: int
    before: Levels
    after: Levels


def nights_of(known: Configuration, before: Rota, after: Rota, stretches: tuple[Changed, ...]) -> tuple[Nights, ...]:
    """Whom the policies that use a rota ring at three in the morning of each night within the stretches.

    A stretch that holds no such instant is asked at its beginning. `policy` is the policy's name.
    """
    rotas = [{**known.rotas, before.key: rota} for rota in (before, after)]
    sides = [replace(known, rotas=each) for each in rotas]
    policies = [policy for policy in known.policies.values() if before.key in policy.rotas]
    instants = [at for stretch in stretches for at in _instants(stretch, zone_of(after))][:AT_MOST]
    return tuple(found for policy in policies for found in _joined(_asked(policy, sides, instants)))


def _instants(stretch: Changed, zone: str) -> list[datetime]:
    found: list[datetime] = []
    on, _, _ = local_day(stretch.starts_at, zone)
    while (at := to_utc(datetime.combine(on, IN_THE_NIGHT), zone)) < stretch.ends_at and len(found) < AT_MOST:
        if at >= stretch.starts_at:
            found.append(at)
        on += timedelta(days=1)
    return found or [stretch.starts_at]


def _asked(policy: Policy, sides: list[Configuration], instants: list[datetime]) -> Iterator[Nights]:
    for at in instants:
        before, after = (_levels(side, policy, at) for side in sides)
        if before != after:
            yield Nights(policy.name, at, at, 1, before, after)


def _levels(known: Configuration, policy: Policy, at: datetime) -> Levels:
    lines = known.people_at(policy, at)
    return tuple(tuple(candidate.name for candidate in line.candidates) for line in lines)


def _joined(nights: Iterator[Nights]) -> Iterator[Nights]:
    """Nights that follow each other with the same people, as one."""
    held: Nights | None = None
    for night in nights:
        if held is not None and (held.before, held.after) == (night.before, night.after):
            held = replace(held, last_at=night.last_at, count=held.count + 1)
            continue
        if held is not None:
            yield held
        held = night
    if held is not None:
        yield held
