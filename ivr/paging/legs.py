"""Legs at the carrier: found again after a crash, and ended for sure once nobody wants them."""

from datetime import timedelta

import structlog

from ivr.house import House
from ivr.paging.phone import Phone, PhoneFailed
from ivr.store import attempts, tickets
from ivr.store.attempts import AttemptRecord
from routing.escalation import Outcome
from routing.tickets import Ticket

logger = structlog.get_logger()

LEG_IS_OVER = timedelta(seconds=150)
"""Longer than any leg of ours may ring and be listened to: after it nobody stays claimed for want of an answer."""


def find_leg(house: House, phone: Phone, attempt: AttemptRecord) -> str | None:
    """The leg that rings for an attempt, also when a crash came before it was noted. Raises PhoneFailed.

    The attempt's id travels in the leg's own requests and reports, which note it; the carrier's list knows numbers
    only, so that a leg which is known to ring another attempt is left out.
    """
    if attempt.leg is not None:
        return attempt.leg
    with house.engine.begin() as connection:
        ticket = tickets.find_ticket(connection, attempt.ticket)
        configuration = house.configuration.current(connection)
    region = configuration.regions.get(ticket.region if ticket else "", configuration.default_region)
    found = [leg.sid for leg in phone.living_legs(attempt.phone, region.number)]
    with house.engine.begin() as connection:
        others = attempts.legs_of_others(connection, attempt.id, found)
    return next((sid for sid in found if sid not in others), None)


def end_leg(house: House, phone: Phone, attempt: AttemptRecord) -> None:
    """Hang up an attempt's leg and free its owner. Raises PhoneFailed: then the leg may live, and they stay claimed."""
    asked = attempt.tried_at is not None and attempt.dialled_at is None
    leg = find_leg(house, phone, attempt) if asked else attempt.leg
    if leg is not None:
        phone.end(leg)
    _free(house, attempt)


def _free(house: House, attempt: AttemptRecord) -> None:
    at = house.clock()
    with house.engine.begin() as connection:
        if attempts.end_attempt(connection, attempt.id, Outcome.CANCELED, at):
            ended = attempts.find_attempt(connection, attempt.id)
            detail = f"{attempt.name}: {ended.outcome if ended else Outcome.CANCELED}"
            tickets.log(connection, attempt.ticket, f"ended-{attempt.id}", at, "phone", detail)


def end_unwanted(house: House, phone: Phone) -> int:
    """End the legs that nobody wants and that could not be ended so far; returns how many were."""
    with house.engine.begin() as connection:
        unwanted = [one for one in attempts.living_attempts(connection, attempts.UNWANTED) if one.is_unwanted]
        owners = {one.ticket: tickets.find_ticket(connection, one.ticket) for one in unwanted}
    return sum(_try_to_end(house, phone, one) for one in unwanted if not _has_it(owners[one.ticket], one))


def _has_it(ticket: Ticket | None, attempt: AttemptRecord) -> bool:
    """Whether the attempt's person took the ticket, by text: their phone is wanted again."""
    return ticket is not None and ticket.acknowledged_by == attempt.person


def _try_to_end(house: House, phone: Phone, attempt: AttemptRecord) -> bool:
    try:
        end_leg(house, phone, attempt)
    except PhoneFailed as failure:
        logger.warning("could not end a leg", attempt=attempt.id, why=str(failure))
        begun = attempt.tried_at or attempt.decided_at
        if failure.permanent is False and (house.clock() - begun) * house.settings.pace < LEG_IS_OVER:
            return False
        _free(house, attempt)
    with house.engine.begin() as connection:
        if ticket := tickets.find_ticket(connection, attempt.ticket):
            house.pager.ring_bell(connection, ticket)
    return True
