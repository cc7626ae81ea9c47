"""Attempts that were decided long ago and never placed: nobody is rung for a reason that no longer holds."""

from datetime import timedelta

from sqlalchemy import Connection

from ivr.house import House
from ivr.paging.facts import Facts, at_pace
from ivr.store import attempts, tickets
from ivr.store.attempts import AttemptRecord
from routing.escalation import Outcome, Ring, next_move

OUTDATED_AFTER = timedelta(minutes=10)


def close_outdated(house: House, connection: Connection, facts: Facts) -> bool:
    """Call off the attempts that were left unplaced and would not be decided again; True when there was one."""
    old = [attempt for attempt in facts.living() if is_outdated(house, facts, attempt)]
    for attempt in old:
        attempts.end_attempt(connection, attempt.id, Outcome.CANCELED, facts.at)
        detail = f"{attempt.name}: not rung, since somebody else comes first by now"
        tickets.log(connection, attempt.ticket, f"ended-{attempt.id}", facts.at, "phone", detail)
    return bool(old)


def is_outdated(house: House, facts: Facts, attempt: AttemptRecord) -> bool:
    """Whether a decision is old, nothing came of it, and it would be another one now."""
    if attempt.placed_at or attempt.leg or attempt.refused_at or attempt.outcome:
        return False
    if (facts.at - attempt.decided_at) * house.settings.pace <= OUTDATED_AFTER:
        return False
    others = at_pace((one for one in facts.attempts if one.id != attempt.id), facts.at, house.settings.pace)
    again = next_move(facts.lines, others, facts.ticket.round, facts.busy, facts.at)
    return not (isinstance(again, Ring) and (again.candidate.person, again.phone) == (attempt.person, attempt.phone))
