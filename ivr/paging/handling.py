"""What people do with a ticket at the console: take, pass on, judge, resolve; each once, and the late are told so."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from ivr.desk.feedback import ask_for_feedback
from ivr.house import House
from ivr.paging import incidents
from ivr.paging.acceptance import Taken, accept, decline
from ivr.paging.handover import hand_over, is_on_the_line, ringing
from ivr.store import tickets
from ivr.store.audit import Author, record
from ivr.store.calls import callers_waiting
from ivr.store.details import RESOLUTION, WORKAROUND, write_solution
from routing.configuration import Configuration
from routing.service import ClassOfService, response_due_at
from routing.tickets import Ticket, TicketEvent, TicketState
from schedules.hours import SupportState, support_at

logger = structlog.get_logger()

VIA = "console"

REPORT_MAY_BE_LOST = timedelta(hours=4)
"""A call that began longer ago is over, though nobody told us."""


@dataclass(frozen=True)
class Told:
    """What somebody is told who did something. `done`: it counted; otherwise nothing changed, and the text says why."""

    text: str
    done: bool = True


@dataclass(frozen=True)
class Hand:
    """Whose hand it is, in one transaction at `at` (UTC). `person`: the engineer's key, empty for nobody's."""

    house: House
    connection: Connection
    name: str
    person: str
    at: datetime
    via: str = VIA

    @property
    def configuration(self) -> Configuration:
        """The configuration as of now."""
        return self.house.configuration.current(self.connection)

    def log(self, number: int, key: str, event: str, text: str = "") -> bool:
        """A line of the timeline with this person's name; False when it is there already."""
        detail = f"by {self.name}" + (f": {text}" if text else "")
        return tickets.log(self.connection, number, key[:120], self.at, event, detail)


NO_TICKET = Told("There is no such ticket.", done=False)
NO_ENGINEER = Told("Your account is no engineer's. An operator can say whose it is, under Users.", done=False)
CLOSED = Told("The ticket is closed. A new one can refer to it (art. 17.7).", done=False)
CALLER_IS_THERE = Told("The caller is still on the line. Do this when the call is over.", done=False)
TAKE_FIRST = Told("Somebody is still being called for it. Take it first.", done=False)
SAY_WHY = Told("Say why in a few words: the engineer's judgement is part of the ticket (art. 16.8).", done=False)


def take(hand: Hand, number: int) -> Told:
    """Take a ticket, unless somebody has it; the taker's phone is rung for a caller of a Critical one."""
    before = tickets.hold_ticket(hand.connection, number)
    if before is None:
        return NO_TICKET
    engineer = hand.configuration.engineers.get(hand.person)
    if engineer is None or not engineer.active:
        return NO_ENGINEER
    if before.acknowledged_by == hand.person and before.state is TicketState.ACKNOWLEDGED:
        return Told("It is yours already.")
    found = accept(hand.connection, hand.house.pager, number, hand.person, hand.via, hand.at)
    if not isinstance(found, Taken):
        return Told(late(hand, before), done=False)
    if not found.ticket.is_critical or found.ticket.is_monitoring:
        return Told("It is yours.")
    return Told("It is yours. Your phone rings now: answer it to speak to the caller, or to call them back.")


def pass_on(hand: Hand, number: int) -> Told:
    """Pass on a ticket that rings, or hand over one that this person has; a Standard one is put back."""
    ticket = tickets.hold_ticket(hand.connection, number)
    if ticket is None:
        return NO_TICKET
    mine = ringing(hand.connection, number, hand.person)
    if mine is not None and ticket.state is TicketState.PAGING:
        decline(hand.connection, hand.house.pager, mine, hand.at)
        return Told("You passed it on: the next person is called.")
    if ticket.state is not TicketState.ACKNOWLEDGED or ticket.acknowledged_by != hand.person:
        return Told(f"It is not yours to pass on. {late(hand, ticket)}", done=False)
    if not ticket.is_critical:
        return put_back(hand, ticket)
    if is_on_the_line(hand.connection, number, hand.person):
        return Told("You are on the line with the caller. Press star there, then 2, to hand over.", done=False)
    hand_over(hand.connection, hand.house.pager, ticket, hand.person, hand.name, hand.at)
    return Told("You handed it over: the next person is called.")


def put_back(hand: Hand, ticket: Ticket) -> Told:
    """A Standard ticket is nobody's again."""
    nobody = {"acknowledged_by": None, "acknowledged_at": None, "acknowledged_via": None, "responded_at": None}
    mine = {"acknowledged_by": hand.person}
    if tickets.move_ticket(hand.connection, ticket.number, TicketEvent.RELEASE, only=mine, **nobody):
        hand.log(ticket.number, f"released-{hand.at.isoformat()}", "put back")
    return Told("You put it back: it is nobody's now.")


def note(hand: Hand, number: int, text: str, key: str) -> Told:
    """Write a note into the timeline, once for each key of a form."""
    ticket = tickets.hold_ticket(hand.connection, number)
    if ticket is None:
        return NO_TICKET
    if not text:
        return Told("Write the note first.", done=False)
    if ticket.state is TicketState.CLOSED:
        return CLOSED
    hand.log(number, f"note-{key}", "note", text)
    return Told("The note is in the timeline.")


def judge(hand: Hand, number: int, wanted: ClassOfService, reason: str) -> Told:
    """Confirm the class of service or change it (art. 16.8); a Standard ticket that becomes Critical pages."""
    ticket = tickets.hold_ticket(hand.connection, number)
    if ticket is None:
        return NO_TICKET
    if ticket.state is TicketState.PAGING:
        return TAKE_FIRST
    if ticket.state is TicketState.CLOSED:
        return CLOSED
    if wanted is ticket.class_of_service:
        return confirm(hand, ticket, reason)
    return regrade(hand, ticket, wanted, reason) if reason else SAY_WHY


def confirm(hand: Hand, ticket: Ticket, reason: str) -> Told:
    """The class stands, as an engineer found."""
    same = {"class_of_service": ticket.class_of_service}
    if not tickets.move_ticket(hand.connection, ticket.number, TicketEvent.CONFIRM, only=same):
        return Told(late(hand, ticket), done=False)
    if not hand.log(ticket.number, f"confirmed-{ticket.class_of_service}", "class confirmed", reason):
        return Told(f"It was confirmed as {ticket.class_of_service.title()} before.")
    return Told(f"Confirmed: {ticket.class_of_service.title()}.")


def regrade(hand: Hand, ticket: Ticket, wanted: ClassOfService, reason: str) -> Told:
    """The other class, with the goal that goes with it. Upgraded while nobody has it, it pages."""
    event = TicketEvent.UPGRADE if wanted is ClassOfService.CRITICAL else TicketEvent.DOWNGRADE
    due_at = goal_of(hand, ticket, wanted)
    was = {"class_of_service": ticket.class_of_service}
    change = {"class_of_service": wanted, "response_due_at": due_at}
    if not tickets.move_ticket(hand.connection, ticket.number, event, only=was, **change):
        return Told("Take it first: only whoever has a Critical ticket downgrades it.", done=False)
    hand.log(ticket.number, f"class-{hand.at.isoformat()}", f"{event}d", reason)
    author = Author(hand.name, hand.at, hand.via)
    before, after = ({"class_of_service": str(value)} for value in (ticket.class_of_service, wanted))
    record(hand.connection, author, "ticket", str(ticket.number), before, after, action=str(event), why=reason)
    return Told(what_follows(hand, ticket, wanted))


def what_follows(hand: Hand, ticket: Ticket, wanted: ClassOfService) -> str:
    """Page for a ticket that became Critical while nobody had it; what its engineer is told."""
    if wanted is ClassOfService.STANDARD:
        return "It is Standard now."
    if ticket.state is not TicketState.OPEN:
        return "It is Critical now. It stays with whoever has it, and nobody else is called."
    now = tickets.find_ticket(hand.connection, ticket.number)
    assert now is not None
    incidents.begin_page(hand.connection, hand.house.pager, hand.configuration, now, hand.at)
    return "It is Critical now, and the on-call engineer is called."


def goal_of(hand: Hand, ticket: Ticket, wanted: ClassOfService) -> datetime | None:
    """When the response falls due (UTC): a Critical one's clock begins now, a Standard one's when it was opened."""
    since = hand.at if wanted is ClassOfService.CRITICAL else ticket.opened_at
    region = hand.configuration.regions.get(ticket.region, hand.configuration.default_region)
    try:
        return response_due_at(wanted, support_at(region.hours, since), since)
    except Exception:
        logger.exception("support hours cannot be worked out", region=region.key)
        return response_due_at(wanted, SupportState(False, None, None, None), since)


def resolve(hand: Hand, number: int, text: str, solved_by: str = RESOLUTION) -> Told:
    """The work is done, by a resolution or a workaround (art. 16.8), which needs words.

    Not while the caller is on the line: a line that drops then must page again.
    """
    if solved_by not in {RESOLUTION, WORKAROUND}:
        return Told("Choose resolution or workaround.", done=False)
    if solved_by == WORKAROUND and not text:
        return Told("Write down the workaround: the partner is to find it.", done=False)
    told = end(
        hand, number, TicketEvent.RESOLVE, "resolved", f"workaround: {text}" if solved_by == WORKAROUND else text
    )
    if told.done:
        write_solution(hand.connection, number, solved_by, text, hand.at)
    return told


def close(hand: Hand, number: int, text: str) -> Told:
    """Nothing follows any more: a closed ticket is not reopened (art. 17.7)."""
    return end(hand, number, TicketEvent.CLOSE, "closed", text)


def end(hand: Hand, number: int, event: TicketEvent, became: str, text: str) -> Told:
    """Resolve or close."""
    ticket = tickets.hold_ticket(hand.connection, number)
    if ticket is None:
        return NO_TICKET
    if ticket.state is TicketState.PAGING:
        return TAKE_FIRST
    if callers_waiting(hand.connection, number, hand.at - REPORT_MAY_BE_LOST):
        return CALLER_IS_THERE
    if not tickets.move_ticket(hand.connection, number, event):
        return Told(late(hand, ticket), done=False)
    hand.log(number, became, became, text)
    over = tickets.find_ticket(hand.connection, number) or ticket
    ask_for_feedback(hand.house, hand.connection, hand.configuration, over, hand.at)
    return Told(f"The ticket is {became}.")


def split(hand: Hand, number: int) -> Told:
    """Take a ticket out of its incident: an engineer is called for it alone."""
    try:
        incidents.split(
            hand.connection, hand.house.pager, hand.configuration, number, hand.at, f"asked for by {hand.name}"
        )
    except incidents.NotSplit as refusal:
        return Told(str(refusal), done=False)
    return Told("An engineer is called for this ticket alone.")


def late(hand: Hand, ticket: Ticket) -> str:
    """Where a ticket stands, for somebody who came too late."""
    if ticket.state is TicketState.ACKNOWLEDGED:
        return f"{hand.configuration.name_of(ticket.acknowledged_by or '')} has it."
    words = {
        TicketState.OPEN: "Nobody has it yet.",
        TicketState.PAGING: "Somebody is being called for it.",
        TicketState.RESOLVED: "It was resolved before.",
        TicketState.CLOSED: "It was closed before.",
    }
    return words[ticket.state]
