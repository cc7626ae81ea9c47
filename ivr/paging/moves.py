"""The moves of an escalation: look at the facts, ring, give up, tell managers. Each can be done twice."""

from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from ivr.house import House
from ivr.paging import joining
from ivr.paging.check_outbox import give_up_check, send_check
from ivr.paging.facts import Facts, at_pace, read_facts
from ivr.paging.late import close_outdated
from ivr.paging.legs import end_leg, find_leg
from ivr.paging.messages import text_beside_ring, text_managers, text_person
from ivr.paging.outbox import deliver
from ivr.paging.phone import Phone, PhoneFailed
from ivr.paging.status import ENDED
from ivr.store import attempts, calls, tickets
from ivr.store.attempts import AttemptRecord
from routing.escalation import GiveUp, Outcome, Place, Ring, RoundOver, Wait, next_move
from routing.tickets import TicketState

logger = structlog.get_logger()

BETWEEN_ROUNDS_SECONDS = 5
CALLER_DIALS = timedelta(seconds=15)
"""How long the caller's own leg has to dial a phone that the API refused: more than one turn on hold."""

CALLER_SPEAKS = timedelta(minutes=5)
"""Longer than a caller may speak before the hold begins."""

API_RETRIED = timedelta(seconds=3)

MARGIN_SECONDS = 0.05

Do = dict[str, Any]
"""A move as the durable log keeps it: `do` names it, the rest are plain values."""


class Moves:
    """What the workflow does, step by step; the database decides, the workflow only repeats."""

    def __init__(self, house: House, phone: Phone) -> None:
        """`phone` reaches the carrier; nothing else here does."""
        self.house = house
        self.phone = phone

    def look(self, number: int, escalation: int) -> Do:
        """Read the facts and decide what to do now. Whoever is to be rung is claimed in the same transaction."""
        with self.house.engine.begin() as connection:
            facts = read_facts(self.house, connection, number)
            if facts is None or facts.ticket.escalation != escalation:
                return {"do": "end"}
            if facts.ticket.state is TicketState.ACKNOWLEDGED:
                return joining.look(self.house, connection, facts)
            if facts.ticket.state is not TicketState.PAGING:
                return self._stop_ringing(facts)
            return self._next(connection, facts)

    def _stop_ringing(self, facts: Facts) -> Do:
        """The ticket is over by itself: phones that still ring are stopped, one after the other."""
        ringing = (one.id for one in facts.living() if one.outcome is None and not one.is_unwanted)
        return next(({"do": "cancel", "attempt": id_} for id_ in ringing), {"do": "end"})

    def _next(self, connection: Connection, facts: Facts) -> Do:
        if close_outdated(self.house, connection, facts):
            return self._wait(0)
        for living in facts.living():
            if (first := self._of_living(facts, living)) is not None:
                return first
        self._report_vacant_levels(connection, facts)
        pace = self.house.settings.pace
        tried = at_pace(facts.attempts, facts.at, pace)
        move = next_move(facts.lines, tried, facts.ticket.round, facts.busy, facts.at)
        match move:
            case Place(attempt=attempt):
                return {"do": "place", "attempt": attempt.id}
            case GiveUp(attempt=attempt):
                return {"do": "give_up", "attempt": attempt.id}
            case Wait(until=until):
                return self._wait((until - facts.at).total_seconds())
            case Ring():
                return self._claim(connection, facts, move)
            case RoundOver(all_busy=all_busy):
                return self._end_round(connection, facts, all_busy)

    def _of_living(self, facts: Facts, living: AttemptRecord) -> Do | None:
        """What an attempt that has not ended needs before anybody else is rung; None when it only takes its time."""
        if living.outcome is Outcome.DECLINED and living.answered_at is None and not living.is_unwanted:
            return {"do": "cancel", "attempt": living.id}  # passed on by text while it still rings
        if living.joined_at is not None and living.outcome is not Outcome.DECLINED:
            return {"do": "free", "attempt": living.id}  # their line dropped: they are rung first
        if living.dialled_at is not None and facts.caller_is_gone:
            return {"do": "free", "attempt": living.id}  # it hung on the caller's own leg
        if living.refused_at is not None and living.placed_at is None and not living.is_unwanted:
            return self._leave_to_caller(facts, living)
        return None

    def _leave_to_caller(self, facts: Facts, attempt: AttemptRecord) -> Do:
        """The API is down: the caller's own leg dials at its next turn on hold; without a caller, the next phone.

        While the caller still speaks, the API is asked again.
        """
        call, shortened = facts.call, self.house.settings.shortened
        assert attempt.tried_at is not None
        if call is None or facts.caller_is_gone or facts.at - attempt.tried_at > shortened(CALLER_SPEAKS):
            return {"do": "fail", "attempt": attempt.id}
        if call.on_hold_at is None:
            return {"do": "retry", "attempt": attempt.id, "seconds": shortened(API_RETRIED).total_seconds()}
        left = shortened(CALLER_DIALS) - (facts.at - max(attempt.tried_at, call.on_hold_at))
        if left <= timedelta(0):
            return {"do": "fail", "attempt": attempt.id}
        return {"do": "wait", "seconds": left.total_seconds() + MARGIN_SECONDS}

    def _claim(self, connection: Connection, facts: Facts, ring: Ring) -> Do:
        ticket = facts.ticket
        after = self.house.attempts_after(ticket.opened_at, facts.at)
        claimed = attempts.claim(connection, ticket.number, ticket.round, ring, facts.at, after=after)
        return {"do": "place", "attempt": claimed.id} if claimed else self._wait(1)

    def _end_round(self, connection: Connection, facts: Facts, all_busy: bool) -> Do:
        ticket, policy = facts.ticket, facts.policy
        for person in facts.busy:
            if candidate := facts.candidate(person):
                text_person(self.house, connection, facts, candidate, "busy")
        if all_busy or ticket.round >= policy.repeat:
            text_managers(self.house, connection, facts, "unanswered")
        tickets.log(connection, ticket.number, f"round-{ticket.round}", facts.at, "round over")
        tickets.next_round(connection, ticket.number, ticket.round)
        return self._wait(BETWEEN_ROUNDS_SECONDS if ticket.round < policy.repeat else policy.pause_seconds)

    def _report_vacant_levels(self, connection: Connection, facts: Facts) -> None:
        for position, line in enumerate(facts.levels, start=1):
            key = f"vacant-{position}"
            if line.candidates or not tickets.log(
                connection, facts.ticket.number, key, facts.at, "level skipped", f"nobody on level {position}"
            ):
                continue
            text_managers(self.house, connection, facts, key)

    def _wait(self, seconds: float) -> Do:
        return {"do": "wait", "seconds": seconds / self.house.settings.pace + MARGIN_SECONDS}

    def place(self, id_: str) -> None:
        """Ring the phone of an attempt, and text beside it. Raises PhoneFailed when the carrier refuses.

        A leg that a crash left ringing is found and adopted instead of ringing twice.
        """
        with self.house.engine.begin() as connection:
            attempt = attempts.find_attempt(connection, id_)
            assert attempt is not None
            facts = read_facts(self.house, connection, attempt.ticket)
            assert facts is not None
            ticket = facts.ticket
            helps = attempt.helps is not None
            wanted = helps or ticket.state is TicketState.PAGING or ticket.acknowledged_by == attempt.person
            if wanted:
                tried_before = not attempts.set_once(connection, id_, tried_at=facts.at)
                if not attempts.claim_for_api(connection, id_):
                    return  # the caller's own leg dials it
        if not wanted:
            self.cancel(id_)
            return
        try:
            leg = self._ring(attempt, facts.caller_id, tried_before)
        except PhoneFailed as failure:
            self._refused(id_, failure)
            raise
        with self.house.engine.begin() as connection:
            attempts.set_once(connection, id_, leg=leg)
            if attempts.set_once(connection, id_, placed_at=self.house.clock()):
                detail = f"{attempt.name} at {attempt.phone} ({attempt.because})"
                tickets.log(connection, ticket.number, f"ring-{id_}", self.house.clock(), "ringing", detail)
                text_beside_ring(self.house, connection, facts, attempt)

    def _ring(self, attempt: AttemptRecord, caller_id: str, tried_before: bool) -> str:
        # A standby does not know what a worker rang a moment before the database went away.
        look_first = tried_before or self.house.is_standby or attempt.leg is not None
        found = find_leg(self.house, self.phone, attempt) if look_first else None
        return found or self.phone.ring(attempt.id, attempt.phone, caller_id, attempt.ring_seconds)

    def _refused(self, id_: str, failure: PhoneFailed) -> None:
        if not failure.permanent:
            with self.house.engine.begin() as connection:
                attempts.refuse(connection, id_, self.house.clock())

    def fail(self, id_: str, why: str) -> None:
        """The carrier would not ring this phone: on to the next."""
        with self.house.engine.begin() as connection:
            attempt = attempts.find_attempt(connection, id_)
            if attempt is not None and attempts.end_attempt(connection, id_, Outcome.FAILED, self.house.clock()):
                detail = f"{attempt.name}: failed, {why}"
                tickets.log(connection, attempt.ticket, f"ended-{id_}", self.house.clock(), "phone", detail)

    def give_up(self, id_: str) -> None:
        """An attempt has had its time: hang up its leg, unless its person just took the ticket.

        While the carrier cannot be asked the leg may live: its owner is not rung again, and key 1 on it still counts.
        The next person is rung, and the sweeper goes on asking.
        """
        attempt = self._attempt(id_)
        if attempt.ended_at is not None:  # by a replay, which found its owner on another call
            self.free(id_)
            return
        outcome = self._how_it_ended(attempt)
        with self.house.engine.begin() as connection:
            attempts.let_go(connection, id_, outcome, self.house.clock())
        attempt = self._attempt(id_)
        if attempt.unwanted_at is not None:
            try:
                end_leg(self.house, self.phone, attempt)
            except PhoneFailed as failure:
                logger.warning("could not end a leg", attempt=id_, why=str(failure))

    def free(self, id_: str) -> None:
        """The other side of an attempt's leg is gone, and it with it: its owner can be rung at once."""
        attempt = self._attempt(id_)
        outcome = self._how_it_ended(attempt)
        if attempt.leg is not None:
            try:
                self.phone.end(attempt.leg)
            except PhoneFailed as failure:
                logger.warning("could not end a leg", attempt=id_, why=str(failure))
        with self.house.engine.begin() as connection:
            if attempts.end_attempt(connection, id_, outcome, self.house.clock()):
                detail = f"{attempt.name}: {outcome}"
                tickets.log(connection, attempt.ticket, f"ended-{id_}", self.house.clock(), "phone", detail)

    def _attempt(self, id_: str) -> AttemptRecord:
        with self.house.engine.begin() as connection:
            attempt = attempts.find_attempt(connection, id_)
        assert attempt is not None
        return attempt

    def _how_it_ended(self, attempt: AttemptRecord) -> Outcome:
        """The carrier's word, if it has one; else what we saw."""
        seen = Outcome.NOT_ACCEPTED if attempt.answered_at else Outcome.NO_ANSWER
        if attempt.leg is None:
            return seen
        try:
            return ENDED.get(self.phone.state(attempt.leg).status, seen)
        except PhoneFailed as failure:
            logger.warning("could not ask about a leg", attempt=attempt.id, why=str(failure))
            return seen

    def cancel(self, id_: str) -> None:
        """Somebody else took the ticket: stop this phone. Raises PhoneFailed; then the sweeper goes on asking."""
        with self.house.engine.begin() as connection:
            attempts.let_go(connection, id_, Outcome.CANCELED, self.house.clock())
        attempt = self._attempt(id_)
        if attempt.unwanted_at is not None and attempt.ended_at is None:
            end_leg(self.house, self.phone, attempt)

    def send(self, leg: str, place: list[Any]) -> bool:
        """Interrupt a leg and continue it at another place of a script; False when it is gone."""
        if self.phone.send_to(leg, joining.place_from(place)):
            return True
        with self.house.engine.begin() as connection:
            calls.update_call_once(connection, leg, ended_at=self.house.clock())
        return False

    def send_text(self, key: str) -> None:
        """Send one text of the outbox. Raises PhoneFailed for a failure that may pass."""
        deliver(self.house, self.phone, key)

    def send_check(self, id_: int) -> None:
        """Send the code or the test of a check. Raises PhoneFailed for a failure that may pass."""
        send_check(self.house, self.phone, id_)

    def give_up_check(self, id_: int, why: str) -> None:
        """A check that could not be sent."""
        give_up_check(self.house, id_, why)

    def caller_left_alone(self, id_: str) -> Do:
        """After an engineer's leg ended: whether its caller still waits in the room."""
        with self.house.engine.begin() as connection:
            return joining.left_alone(connection, id_)
