"""After a ticket was taken: bring the caller and the engineer who has it together."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from ivr.house import House
from ivr.paging.facts import Facts
from ivr.paging.messages import text_managers
from ivr.places import To
from ivr.store import attempts, calls, tickets
from ivr.store.attempts import AttemptRecord
from ivr.store.messages import first_sender
from routing.escalation import Candidate, Ring
from routing.tickets import TicketState

CALLER_COMES = timedelta(seconds=8)
"""How long an engineer waits in the room before being offered the call back."""

ENGINEER_COMES = timedelta(seconds=60)
"""How long somebody who took the ticket by text has to reach the line."""

REDIAL_AFTER = timedelta(seconds=10)
"""How long a phone that did not answer is left alone before whoever took the ticket by text is rung again."""

Do = dict[str, Any]


def look(house: House, connection: Connection, facts: Facts) -> Do:
    """What to do now for a ticket that somebody has: stop the other phones, then bring both together."""
    for attempt in facts.living():
        if attempt.person != facts.ticket.acknowledged_by and attempt.outcome is None:
            return {"do": "cancel", "attempt": attempt.id}
    if facts.call is not None and facts.call.joined_at is not None:
        return {"do": "end"}  # they have met; should a line drop, its report pages again
    mine = [attempt for attempt in facts.living() if attempt.person == facts.ticket.acknowledged_by]
    if any(attempt.paused_at for attempt in mine):
        return {"do": "end"}  # the engineer chooses what help is needed, and then goes on
    in_room = next((attempt for attempt in mine if attempt.joined_at), None)
    if in_room is not None:
        return fetch_caller(house, connection, facts, in_room)
    if any(attempt.offered_at for attempt in mine):
        return {"do": "end"}
    return fetch_engineer(house, connection, facts, mine)


def fetch_caller(house: House, connection: Connection, facts: Facts, engineer: AttemptRecord) -> Do:
    """The engineer waits in the room: send for the caller, and after a while offer the call back."""
    call = facts.call
    gone = facts.caller_is_gone
    if not gone and attempts.set_once(connection, engineer.id, fetched_at=facts.at):
        assert call is not None
        return _send(call.sid, To("join_room"))
    waited = facts.at - (engineer.fetched_at or facts.at)
    patience = house.settings.shortened(CALLER_COMES)
    if not gone and waited < patience:
        return _wait((patience - waited).total_seconds())
    if engineer.leg is not None and attempts.set_once(connection, engineer.id, offered_at=facts.at):
        # Should the caller come back after all: the engineer has left the room, and will call.
        tickets.update_ticket(connection, facts.ticket.number, missed_join=True)
        return _send(engineer.leg, To("ask_to_call_back", (("attempt", engineer.id),)))
    return {"do": "end"}


def fetch_engineer(house: House, connection: Connection, facts: Facts, mine: list[AttemptRecord]) -> Do:
    """Taken by text: wait for the acceptor's phone, ring it if it does not ring, and give up after a while."""
    ticket = facts.ticket
    assert ticket.acknowledged_at is not None
    assert ticket.acknowledged_by is not None
    left = house.settings.shortened(ENGINEER_COMES) - (facts.at - ticket.acknowledged_at)
    if left <= timedelta(0):
        return _missed(house, connection, facts)
    if facts.caller_is_gone and _was_there(facts):
        return {"do": "end"}  # they spoke, or were offered to call back: nobody waits for them
    if not mine and ticket.is_monitoring and facts.caller_is_gone:
        return {"do": "end"}  # nobody waits on a line: whoever took it by text is left in peace
    if not mine:
        return _ring_acceptor(house, connection, facts, left)
    leg = mine[0]
    if leg.placed_at is None and leg.refused_at is None:
        return {"do": "place", "attempt": leg.id}
    if leg.answered_at and leg.leg and attempts.send_for(connection, leg.id, facts.at):
        return _send(leg.leg, To("ask_to_take", (("attempt", leg.id),)))
    return _wait(left.total_seconds())


def left_alone(connection: Connection, attempt: str) -> Do:
    """Whether the caller of this ended engineer's leg still waits in the room, and where to send them."""
    ended = attempts.find_attempt(connection, attempt)
    ticket = tickets.find_ticket(connection, ended.ticket) if ended else None
    call = calls.find_call(connection, ticket.call) if ticket and ticket.call else None
    if ended is None or ticket is None or call is None or call.ended_at or not call.joined_at:
        return {"do": "end"}
    if ended.left_at or any(a.joined_at and not a.left_at for a in attempts.living_of(connection, ticket.number)):
        return {"do": "end"}  # the conversation had ended before, or goes on with another engineer
    over = f"conversation_over:{ticket.escalation}"
    if ticket.state is not TicketState.ACKNOWLEDGED or over in calls.answers_of(connection, call.sid):
        return {"do": "end"}
    return _send(call.sid, To("after_conversation", (("escalation", str(ticket.escalation)),)))


def _missed(house: House, connection: Connection, facts: Facts) -> Do:
    if facts.call is not None and facts.call.ended_at is None:
        tickets.update_ticket(connection, facts.ticket.number, missed_join=True)
        text_managers(house, connection, facts, "not-joined")
    return {"do": "end"}


def _ring_acceptor(house: House, connection: Connection, facts: Facts, left: timedelta) -> Do:
    acceptor = facts.candidate(facts.ticket.acknowledged_by or "")
    if acceptor is None:
        return _wait(left.total_seconds())
    rested = facts.at - _last_try(facts, acceptor.person)
    if rested < (pause := house.settings.shortened(REDIAL_AFTER)):
        return _wait((pause - rested).total_seconds())
    ring = Ring(acceptor, _phone_in_turn(connection, facts, acceptor), facts.policy.levels[0].ring_seconds)
    ticket = facts.ticket
    after = house.attempts_after(ticket.opened_at, facts.at)
    claimed = attempts.claim(connection, ticket.number, ticket.round, ring, facts.at, after=after)
    return {"do": "place", "attempt": claimed.id} if claimed else _wait(1)


def _phone_in_turn(connection: Connection, facts: Facts, acceptor: Candidate) -> str:
    """The phone with which they took the ticket, by text or by a link, then their others in turn."""
    since = facts.ticket.acknowledged_at or facts.at
    theirs = [tried for tried in facts.attempts if tried.person == acceptor.person]
    linked = (tried.phone for tried in reversed(theirs) if tried.link_used_at)
    used = first_sender(connection, acceptor.phones, since) or next(linked, None)
    phones = sorted(acceptor.phones, key=lambda phone: phone != used)
    return phones[sum(tried.decided_at >= since for tried in theirs) % len(phones)]


def _was_there(facts: Facts) -> bool:
    """Whether whoever has the ticket was on the line for it, and is not any more."""
    since = facts.ticket.acknowledged_at or facts.at
    ended = [a for a in facts.attempts if a.person == facts.ticket.acknowledged_by and a.ended_at]
    return any((a.joined_at or a.offered_at) and a.ended_at and a.ended_at >= since for a in ended)


def _last_try(facts: Facts, person: str) -> datetime:
    """When this person's phone last stopped to ring since they took the ticket; long ago when it did not."""
    since = facts.ticket.acknowledged_at or facts.at
    ended = (a.ended_at for a in facts.attempts if a.person == person and a.ended_at and a.decided_at >= since)
    return max(ended, default=facts.ticket.opened_at - REDIAL_AFTER)


def place_from(pairs: list[Any]) -> To:
    """A place of a script out of the durable log, which keeps it as plain lists."""
    step, params = pairs
    return To(str(step), tuple((str(name), str(value)) for name, value in params))


def _send(leg: str, place: To) -> Do:
    return {"do": "send", "leg": leg, "place": [place.step, [list(pair) for pair in place.params]]}


def _wait(seconds: float) -> Do:
    return {"do": "wait", "seconds": max(seconds, 0) + 0.05}
