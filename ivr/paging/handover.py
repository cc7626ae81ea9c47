"""Handing over: whoever has a Critical ticket gives it up, and it pages again without them."""

from datetime import datetime

from sqlalchemy import Connection

from ivr.paging.pager import Pager
from ivr.store import attempts, calls, tickets
from ivr.store.attempts import AttemptRecord
from routing.escalation import Candidate, Outcome, Ring
from routing.tickets import Ticket, TicketEvent


def page_again_without(connection: Connection, pager: Pager, ticket: Ticket, attempt: str | None) -> bool:
    """Begin the next round for a ticket that somebody has; whoever this attempt rang counts as having passed in it.

    False when it came late: the ticket is in another escalation, or nobody has it.
    """
    again, round_ = ticket.escalation + 1, ticket.round + 1
    if not tickets.move_ticket(
        connection,
        ticket.number,
        TicketEvent.DROP,
        only={"escalation": ticket.escalation},
        escalation=again,
        round=round_,
        ring_first=None,
        acknowledged_at=None,
        acknowledged_by=None,
        acknowledged_via=None,
        missed_join=False,
    ):
        return False
    if attempt is not None:
        attempts.pass_to_next(connection, attempt, round_)
    if ticket.call is not None:
        calls.update_call(connection, ticket.call, joined_at=None)
    pager.escalate(connection, ticket.number, again)
    return True


def hand_over(connection: Connection, pager: Pager, ticket: Ticket, person: str, name: str, at: datetime) -> None:
    """Hand over without being on the line. Somebody who was never rung for it is noted as having passed."""
    mine = [tried for tried in attempts.attempts_of(connection, ticket.number) if tried.person == person]
    attempt = mine[-1].id if mine else _passed(connection, ticket, person, name, at)
    if page_again_without(connection, pager, ticket, attempt):
        key = f"handed-{ticket.escalation + 1}"
        tickets.log(connection, ticket.number, key, at, "handed over", f"by {name}")


def ringing(connection: Connection, number: int, person: str) -> AttemptRecord | None:
    """The attempt that rings a person for a ticket now, or that they listen to; None without."""
    mine = (tried for tried in attempts.living_of(connection, number) if tried.person == person)
    return next((tried for tried in mine if tried.outcome is None and tried.helps is None), None)


def is_on_the_line(connection: Connection, number: int, person: str) -> bool:
    """Whether a person is in the ticket's room, or left it for a moment only."""
    mine = (tried for tried in attempts.living_of(connection, number) if tried.person == person)
    return any(tried.joined_at and (tried.paused_at or not tried.left_at) for tried in mine)


def _passed(connection: Connection, ticket: Ticket, person: str, name: str, at: datetime) -> str | None:
    """An attempt that never rang; None when the person is on another call of ours, and so is passed over anyway."""
    nobody = Ring(Candidate(person, name, ("",), "handed over at the console"), "", 0)
    claimed = attempts.claim(connection, ticket.number, ticket.round, nobody, at)
    if claimed is not None:
        attempts.end_attempt(connection, claimed.id, Outcome.DECLINED, at)
    return claimed.id if claimed else None
