"""Legs that stayed behind: an engineer or a colleague alone in a room, callers whose last report never came."""

import time
from datetime import timedelta

import structlog

from ivr.house import House
from ivr.paging.phone import Phone, PhoneFailed
from ivr.paging.status import call_status
from ivr.places import To
from ivr.store import attempts, calls
from ivr.store.attempts import AttemptRecord
from routing.escalation import Outcome

logger = structlog.get_logger()

ALONE_AFTER = timedelta(seconds=30)
"""How long after answering a colleague may be on the way into the room, or the engineer on the way back."""

SOON = timedelta(seconds=10)
"""How long after the caller's line ended the engineer's own request may be under way."""

CALLER_QUIET_AFTER = timedelta(minutes=5)
ASKED_AT_ONCE = 5
"""How many callers' legs are asked about in one sweep: a storm of callers must not use up the carrier's patience."""


def release_colleagues(house: House, phone: Phone) -> int:
    """Thank every colleague who is alone in a room, whose last report or the engineer's was lost; returns how many.

    Should the conversation go on after all, the step that they are sent to leads back into it.
    """
    at = house.clock()
    with house.engine.begin() as connection:
        living = attempts.living_attempts(connection, attempts.IN_ROOM)
    with_caller = {a.ticket for a in living if a.helps is None and a.joined_at and (a.paused_at or not a.left_at)}
    helping = [one for one in living if one.helps and one.outcome is Outcome.ACCEPTED and one.ticket not in with_caller]
    long_ago = [one for one in helping if (at - (one.answered_at or at)) * house.settings.pace > ALONE_AFTER]
    return sum(_release(house, phone, one) for one in long_ago)


def _release(house: House, phone: Phone, colleague: AttemptRecord) -> bool:
    place = To("after_helping", (("attempt", colleague.id),))
    try:
        there = colleague.leg is not None and phone.send_to(colleague.leg, place)
    except PhoneFailed as failure:
        logger.warning("a colleague could not be sent on", attempt=colleague.id, why=str(failure))
        return False
    if not there:
        with house.engine.begin() as connection:
            attempts.end_attempt(connection, colleague.id, Outcome.ACCEPTED, house.clock())
    return True


def release_engineers(house: House, phone: Phone) -> int:
    """Offer the call back to every engineer who waits in a room for a caller that is gone; returns to how many.

    A caller who hangs up on the way into the room never ends it; one whose last request came before the engineer did
    has ended the conversation, and the engineer waits for it all the same.
    """
    at = house.clock()
    with house.engine.begin() as connection:
        living = attempts.living_attempts(connection, attempts.IN_ROOM)
        in_room = [one for one in living if one.joined_at and not (one.helps or one.paused_at or one.offered_at)]
        waiting = [one for one in in_room if one.outcome is Outcome.ACCEPTED]
        alone = [one for one in waiting if calls.last_end(connection, one.ticket) < at - house.settings.shortened(SOON)]
    return sum(_offer(phone, one) for one in alone)


def _offer(phone: Phone, engineer: AttemptRecord) -> bool:
    place = To("ask_to_call_back", (("attempt", engineer.id),))
    try:
        return engineer.leg is not None and phone.send_to(engineer.leg, place)
    except PhoneFailed as failure:
        logger.warning("an engineer could not be sent on", attempt=engineer.id, why=str(failure))
        return False


class QuietCallers:
    """Asks the carrier about callers' legs that have not ended after a while, the longest unasked first."""

    def __init__(self, house: House, phone: Phone) -> None:
        """Nobody was asked about yet."""
        self._house, self._phone = house, phone
        self._asked: dict[str, float] = {}

    def close(self) -> int:
        """Note the end of those that have ended; returns how many."""
        before = self._house.clock() - self._house.settings.shortened(CALLER_QUIET_AFTER)
        with self._house.engine.begin() as connection:
            sids = calls.unended_calls(connection, before)
        self._asked = {sid: self._asked.get(sid, 0.0) for sid in sids}
        return sum(self._close(sid) for sid in sorted(sids, key=self._asked.__getitem__)[:ASKED_AT_ONCE])

    def _close(self, sid: str) -> bool:
        self._asked[sid] = time.monotonic()
        try:
            state = self._phone.state(sid)
            status = "" if state.is_live else state.status
        except PhoneFailed as failure:
            status = "completed" if failure.leg_is_over else ""
        if not status:
            return False
        with self._house.engine.begin() as connection:
            call_status(connection, self._house, {"CallSid": sid, "CallStatus": status})
        logger.warning("a caller's leg had ended without a report", call=sid)
        return True
