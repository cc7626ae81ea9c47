"""Cover: who is free for hours of a rota, as the console proposes them."""

from datetime import datetime

from ivr.console.visit import Visit
from ivr.store.absences import absences_from
from schedules.cover import Candidate, candidates
from schedules.rota import layers_at


def people_free(visit: Visit, starts_at: datetime, ends_at: datetime) -> tuple[Candidate, ...]:
    """Who can be rung and is neither on leave nor on call in the range (UTC), the one with the fewest hours first.

    Managers who take no turns then are no candidates: they are the last resort.
    """
    known = visit.configuration
    in_force = (layer for rota in known.rotas.values() for layer in layers_at(rota, starts_at))
    taking_turns = {key for layer in in_force for turn in layer.rotation.participants for key in turn}
    rung = (one for one in known.engineers.values() if one.active and one.phones)
    people = [one.key for one in rung if not one.manager or one.key in taking_turns]
    absences = absences_from(visit.connection, visit.at)
    return candidates(known.rotas, people, absences, starts_at, ends_at)
