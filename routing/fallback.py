"""Whom to ring when the service itself is down: phones in a fixed order, from one change to the next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from routing.configuration import Configuration
from routing.escalation import TargetKind, last_resort, managers_line
from routing.regions import Region
from schedules.rota import final_schedule

NOBODY_BUSY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Ringing:
    """A phone (E.164), and how long it is rung."""

    phone: str
    ring_seconds: int


@dataclass(frozen=True)
class Period:
    """From `starts_at` (UTC) until the next period these are rung, one after the other."""

    starts_at: datetime
    rings: tuple[Ringing, ...]


def rings_at(known: Configuration, region: Region, at: datetime) -> tuple[Ringing, ...]:
    """Whom a document for this region would ring at an instant (UTC): each phone once, managers at the end.

    The policy's levels in their order, one phone after the other also where a level rings together. Managers
    end every round, because a document cannot count rounds. Empty when there is nobody at all.
    """
    policy = known.policy_of(region.key)
    lines, fallback = known.people_at(policy, at), known.people_at(known.fallback_policy, at)
    managers = managers_line(known.engineers.values())
    everybody = last_resort(lines, fallback, managers, policy.repeat + 1, policy, NOBODY_BUSY)
    seconds: dict[str, int] = {}
    for line in everybody:
        for phone in (phone for person in line.candidates for phone in person.phones):
            seconds.setdefault(phone, line.ring_seconds)
    return tuple(Ringing(phone, ring_seconds) for phone, ring_seconds in seconds.items())


def periods(known: Configuration, region: Region, starts_at: datetime, ends_at: datetime) -> tuple[Period, ...]:
    """The range (UTC, half-open) cut where the phones change: at handoffs, and where overrides begin or end.

    The first period begins at `starts_at`; two that follow each other never ring the same.
    """
    return tuple(_changes(known, region, starts_at, ends_at))


def _changes(known: Configuration, region: Region, starts_at: datetime, ends_at: datetime) -> Iterator[Period]:
    before: tuple[Ringing, ...] | None = None
    for at in sorted({starts_at, *_borders(known, region, starts_at, ends_at)}):
        rings = rings_at(known, region, at)
        if rings != before:
            yield Period(at, rings)
        before = rings


def _borders(known: Configuration, region: Region, starts_at: datetime, ends_at: datetime) -> Iterator[datetime]:
    """Where a stretch of any rota that the region's policy or the fallback policy names begins."""
    for level in (*known.policy_of(region.key).levels, *known.fallback_policy.levels):
        for target in level.targets:
            if target.kind is TargetKind.ROTA:
                schedule = final_schedule(known.rotas[target.key], starts_at, ends_at)
                yield from (part.starts_at for part in schedule)
