"""What the carrier reports of legs: late, doubled and reordered reports only move things forward."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from ivr.house import House
from ivr.paging.pager import Pager
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
    # Whoever spoke with an engineer was connected, whichever of the carrier's reports of the end comes first.
    calls.update_call_once(connection, record.sid, outcome="connected" if record.joined_at else "hung up")
    ticket = tickets.ticket_of_call(connection, record.sid)
    if ticket is not None:
        tickets.log(connection, ticket.number, "caller-left", at, "caller's line ended")


def attempt_status(connection: Connection, house: House, id_: str, carrier: Mapping[str, str]) -> None:
    """An engineer's leg moved on; the escalation looks at the facts when it rings or ends."""
    attempt = attempts.find_attempt(connection, id_)
    if attempt is None or not attempt.is_rung_by(carrier.get("CallSid", ""), carrier.get("To", "")):
        return
    at, status = house.clock(), carrier.get("CallStatus", "")
    if sid := carrier.get("CallSid"):
        attempts.note_leg(connection, id_, sid)
    if status in ENDED:
        end_leg(connection, house.pager, id_, status, at)
    elif status in REACHED and attempts.set_once(connection, id_, **{REACHED[status]: at}):
        ring_bell(connection, house.pager, attempt.ticket)


def end_leg(connection: Connection, pager: Pager, id_: str, status: str, at: datetime) -> None:
    """The leg of an attempt is over, with one of the carrier's final states; told twice, it is over once."""
    attempt = attempts.find_attempt(connection, id_)
    if attempt is None or not attempts.end_attempt(connection, id_, ENDED.get(status, Outcome.FAILED), at):
        return
    outcome = attempt.outcome or ENDED.get(status, Outcome.FAILED)
    tickets.log(connection, attempt.ticket, f"ended-{id_}", at, "phone", f"{attempt.name}: {outcome}")
    ring_bell(connection, pager, attempt.ticket)
    if attempt.joined_at is not None:
        pager.watch_the_line(connection, id_)


def ring_bell(connection: Connection, pager: Pager, number: int) -> None:
    """The escalation of a ticket looks at the facts."""
    ticket = tickets.find_ticket(connection, number)
    assert ticket is not None
    pager.ring_bell(connection, ticket)
