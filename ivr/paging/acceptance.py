"""Taking a ticket, by key or by text: exactly one person gets it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ivr.paging.pager import Pager
from ivr.store import attempts, tickets
from ivr.store.events import NEVER_PAGED
from routing.escalation import Outcome
from routing.tickets import Ticket, TicketEvent, TicketState


@dataclass(frozen=True)
class Taken:
    """The ticket is this person's, now or since before."""

    ticket: Ticket


@dataclass(frozen=True)
class TakenBy:
    """Somebody else was first. `person` is their key; None when the ticket cannot be taken any more."""

    person: str | None


def accept(connection: Connection, pager: Pager, number: int, person: str, via: str, at: datetime) -> Taken | TakenBy:
    """Give the ticket to a person unless somebody has it. Of two at once, one wins; repeating changes nothing."""
    won = tickets.move_ticket(
        connection,
        number,
        TicketEvent.ACKNOWLEDGE,
        acknowledged_by=person,
        acknowledged_at=at,
        acknowledged_via=via,
    )
    ticket = tickets.find_ticket(connection, number)
    if ticket is None:
        return TakenBy(None)
    if won:
        ticket = _bring_together(connection, pager, ticket)
        tickets.log(connection, number, _key_of(ticket, at), at, "acknowledged", f"by {person}, {via}")
        pager.ring_bell(connection, ticket)
    if ticket.state is TicketState.ACKNOWLEDGED and ticket.acknowledged_by == person:
        return Taken(ticket)
    return TakenBy(ticket.acknowledged_by)


def _key_of(ticket: Ticket, at: datetime) -> str:
    """A Critical one is taken once in an escalation; a Standard one may be put back, and taken anew, in none."""
    return f"acknowledged-{ticket.escalation}" if ticket.is_critical else f"{NEVER_PAGED}-{at.isoformat()}"


def _bring_together(connection: Connection, pager: Pager, ticket: Ticket) -> Ticket:
    """A Critical ticket that an incident served was never paged for: its engineer is rung for its caller now."""
    if ticket.escalation or not ticket.is_critical:
        return ticket
    tickets.update_ticket(connection, ticket.number, escalation=1, incident=None)
    pager.escalate(connection, ticket.number, 1)
    return tickets.find_ticket(connection, ticket.number) or ticket


def decline(connection: Connection, pager: Pager, attempt: attempts.AttemptRecord, at: datetime) -> None:
    """The person passes: the next one is rung at once."""
    if attempts.set_once(connection, attempt.id, outcome=Outcome.DECLINED):
        tickets.log(connection, attempt.ticket, f"declined-{attempt.id}", at, "passed on", attempt.name)
        ticket = tickets.find_ticket(connection, attempt.ticket)
        assert ticket is not None
        pager.ring_bell(connection, ticket)
