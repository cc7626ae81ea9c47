"""The sweeper: legs whose last report never came are looked up and closed, so that nobody stays claimed."""

from datetime import timedelta

import structlog

from ivr.house import House
from ivr.paging.phone import Phone, PhoneFailed
from ivr.paging.status import ENDED
from ivr.store import attempts, tickets
from routing.escalation import Outcome

logger = structlog.get_logger()

QUIET_AFTER = timedelta(seconds=150)
"""Longer than any attempt may ring and be listened to."""


def sweep(house: House, phone: Phone) -> int:
    """Ask the carrier about every living leg that is older than it should be; returns how many were closed."""
    before = house.clock() - QUIET_AFTER / house.settings.pace
    with house.engine.begin() as connection:
        quiet = [attempt for attempt in attempts.living_attempts(connection) if attempt.decided_at < before]
    closed = 0
    for attempt in quiet:
        outcome = _what_became(phone, attempt.leg)
        if outcome is None:
            continue
        with house.engine.begin() as connection:
            closed += attempts.end_attempt(connection, attempt.id, outcome, house.clock())
            if ticket := tickets.find_ticket(connection, attempt.ticket):
                house.pager.ring_bell(connection, ticket)
        logger.warning("orphaned leg closed", attempt=attempt.id, outcome=outcome)
    return closed


def _what_became(phone: Phone, leg: str | None) -> Outcome | None:
    """How a leg ended; None while it lives or the carrier does not say."""
    if leg is None:
        return Outcome.FAILED
    try:
        return ENDED.get(phone.state(leg).status)
    except PhoneFailed as failure:
        return Outcome.FAILED if failure.permanent else None
