"""What the carrier reports of legs: late, doubled and reordered reports only move things forward."""

from collections.abc import Mapping

from sqlalchemy import Connection

from ivr.house import House
from ivr.store import attempts, calls, tickets
from routing.escalation import Outcome

ENDED = {
    "completed": Outcome.NOT_ACCEPTED,
    "busy": Outcome.BUSY,
    "no-answer": Outcome.NO_ANSWER,
    "failed": Outcome.FAILED,
    "canceled": Outcome.CANCELED,
}
"""The carrier's final states in our words. `completed` without a stored key press accepted nothing."""

REACHED = {"ringing": "ringing_at", "in-progress": "answered_at"}


def call_status(connection: Connection, house: House, carrier: Mapping[str, str]) -> None:
    """A caller's leg is over. Reports for calls we never saw are ignored."""
    if carrier.get("CallStatus") not in ENDED:
        return
    at = house.clock()
    record = calls.find_call(connection, carrier.get("CallSid", ""))
    if record is None or not calls.update_call_once(connection, record.sid, ended_at=at):
        return
    calls.update_call_once(connection, record.sid, outcome="hung up")
    ticket = tickets.ticket_of_call(connection, record.sid)
    if ticket is not None:
        tickets.log(connection, ticket.number, "caller-left", at, "caller's line ended")


def attempt_status(connection: Connection, house: House, id_: str, carrier: Mapping[str, str]) -> None:
    """An engineer's leg moved on; the escalation looks at the facts when it rings or ends."""
    attempt = attempts.find_attempt(connection, id_)
    if attempt is None:
        return
    at, status = house.clock(), carrier.get("CallStatus", "")
    if sid := carrier.get("CallSid"):
        attempts.set_once(connection, id_, leg=sid)
    ended = ENDED.get(status)
    if ended is None:
        changed = status in REACHED and attempts.set_once(connection, id_, **{REACHED[status]: at})
    else:
        changed = attempts.end_attempt(connection, id_, ended, at)
    if not changed:
        return
    ticket = tickets.find_ticket(connection, attempt.ticket)
    assert ticket is not None
    house.pager.ring_bell(connection, ticket)
    if ended is not None:
        outcome = attempt.outcome or ended
        tickets.log(connection, ticket.number, f"ended-{id_}", at, "phone", f"{attempt.name}: {outcome}")
        if attempt.joined_at is not None:
            house.pager.watch_the_line(connection, id_)
