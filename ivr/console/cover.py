"""Cover: who is free for hours of a rota, as the console proposes them."""

from datetime import datetime

from ivr.console.visit import Visit
from ivr.store.absences import absences_from
from schedules.cover import Candidate, candidates


def people_free(visit: Visit, starts_at: datetime, ends_at: datetime) -> tuple[Candidate, ...]:
    """Who can be rung and is neither on leave nor on call in the range (UTC), the one with the fewest hours first.

    Managers who stand in no rota are no candidates: they are the last resort.
    """
    known = visit.configuration
    people = [one.key for one in known.engineers.values() if one.active and one.phones and not one.manager]
    absences = absences_from(visit.connection, visit.at)
    return candidates(known.rotas, people, absences, starts_at, ends_at)
