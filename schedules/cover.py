"""Cover: who could take hours of a rota: those who are free, the one with the fewest hours on call first."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.fairness import loads, together
from schedules.leave import Absence
from schedules.rota import Rota, final_schedule

WEEKS_LOOKED_AT = timedelta(weeks=6)
"""So far before and after the hours to cover, the hours that somebody has are counted."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who could take the hours, and the time on call they have around them anyway."""

    engineer: str
    hours: timedelta


def candidates(
    rotas: Mapping[str, Rota],
    people: Collection[str],
    absences: Iterable[Absence],
    starts_at: datetime,
    ends_at: datetime,
) -> tuple[Candidate, ...]:
    """Who of `people` (keys, those that can be rung) is neither on leave nor on call in the range (UTC).

    The one with the fewest hours on call in all rotas, six weeks before and after, comes first.
    """
    away = {gone.engineer for gone in absences if gone.starts_at < ends_at and starts_at < gone.ends_at}
    busy = {key for rota in rotas.values() for part in final_schedule(rota, starts_at, ends_at) for key in part.on_call}
    since, until = starts_at - WEEKS_LOOKED_AT, ends_at + WEEKS_LOOKED_AT
    found = together(loads(rota, since, until) for rota in rotas.values())
    hours = {load.engineer: load.total for load in found}
    free = (Candidate(key, hours.get(key, timedelta(0))) for key in people if key not in away | busy)
    return tuple(sorted(free, key=lambda one: (one.hours, one.engineer)))
