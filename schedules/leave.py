"""Leave: who is away and when, and the override that covers it. By itself it never changes who is called."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from schedules.overrides import Override, OverrideKind


@dataclass(frozen=True)
class Absence:
    """An engineer's leave, half-open, in UTC. `by` is who entered it."""

    engineer: str
    starts_at: datetime
    ends_at: datetime
    note: str = ""
    by: str = ""


def absent_at(absences: Iterable[Absence], at: datetime) -> frozenset[str]:
    """Who is on leave at an instant (UTC)."""
    return frozenset(absence.engineer for absence in absences if absence.starts_at <= at < absence.ends_at)


def covered_by(absence: Absence, engineer: str, by: str) -> Override:
    """The override by which somebody takes an absent engineer's place, wherever that is on call in that time."""
    return Override(engineer, absence.starts_at, absence.ends_at, by, OverrideKind.REPLACE, absence.engineer)


def taken_off(absence: Absence, by: str) -> Override:
    """The override that takes an absent engineer off: when nobody is left, the next lower layer decides."""
    return Override(absence.engineer, absence.starts_at, absence.ends_at, by, OverrideKind.REMOVE)
