"""The sweeper: legs whose last report never came are closed, and a page that nobody works on begins anew."""

from collections.abc import Iterable
from datetime import timedelta

import structlog
from dbos import DBOS

from ivr.house import House
from ivr.paging.legs import LEG_IS_OVER, end_unwanted, find_leg
from ivr.paging.pager import ALIVE, BROKEN, escalation_id
from ivr.paging.phone import Phone, PhoneFailed
from ivr.paging.status import ENDED, end_leg
from ivr.store import attempts, tickets
from ivr.store.attempts import AttemptRecord

logger = structlog.get_logger()

NOT_PLACED_AFTER = timedelta(minutes=10)
"""Longer than an escalation keeps an attempt that the carrier's API would not place."""


def sweep(house: House, phone: Phone) -> int:
    """End the legs that nobody wants, ask about those that are older than they should be; returns how many are over."""
    closed = end_unwanted(house, phone)
    at = house.clock()
    with_leg, without = (at - limit / house.settings.pace for limit in (LEG_IS_OVER, NOT_PLACED_AFTER))
    with house.engine.begin() as connection:
        quiet = attempts.living_attempts(connection, attempts.begun_before(with_leg, without))
    for attempt in quiet:
        status = _what_became(house, phone, attempt)
        if status not in ENDED:
            continue
        with house.engine.begin() as connection:
            end_leg(connection, house.pager, attempt.id, status, house.clock())
        closed += 1
        logger.warning("orphaned leg closed", attempt=attempt.id, status=status)
    return closed


def _what_became(house: House, phone: Phone, attempt: AttemptRecord) -> str:
    """The carrier's status of a leg; empty when it does not say."""
    try:
        leg = attempt.leg or (find_leg(house, phone, attempt) if attempt.tried_at else None)
        return phone.state(leg).status if leg else "failed"
    except PhoneFailed as failure:
        return "failed" if failure.leg_is_over else ""


JUST_TAKEN = timedelta(minutes=2)
"""So long after a ticket was taken its engineer and caller may still have to meet."""


def revive(house: House) -> int:
    """Begin a new escalation for every ticket that pages while its workflow does not live; returns how many.

    For a ticket that was just taken, too, if its workflow broke: one that ended in good order has done its work.
    """
    with house.engine.begin() as connection:
        paging = {escalation_id(t.number, t.escalation): t for t in tickets.paging_tickets(connection)}
        recent = tickets.taken_tickets(connection, house.clock() - JUST_TAKEN)
        taken = {escalation_id(t.number, t.escalation): t for t in recent}
    if not paging and not taken:
        return 0
    dead = set(paging) - _in_state(paging, ALIVE) | _in_state(taken, BROKEN)
    for ticket in ((paging | taken)[workflow] for workflow in sorted(dead)):
        logger.error("a page had no living escalation", ticket=ticket.number, escalation=ticket.escalation)
        with house.engine.begin() as connection:
            if tickets.next_escalation(connection, ticket.number, ticket.escalation):
                key, again = f"revived-{ticket.escalation}", ticket.escalation + 1
                tickets.log(connection, ticket.number, key, house.clock(), "paging began anew")
                house.pager.escalate(connection, ticket.number, again)
    return len(dead)


def _in_state(workflows: Iterable[str], states: list[str]) -> set[str]:
    if not (ids := list(workflows)):
        return set()  # the durable engine takes no ids for all ids
    found = DBOS.list_workflows(workflow_ids=ids, status=states, load_input=False, load_output=False)
    return {workflow.workflow_id for workflow in found}
