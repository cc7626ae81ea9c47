"""Relating tickets: by hand, and a new ticket that follows one that is closed (art. 17.7)."""

from dataclasses import replace

from ivr.paging.handling import NO_TICKET, Hand, Told, goal_of
from ivr.store import tickets
from ivr.store.details import details_of, write_essentials
from ivr.store.related import FOLLOWS, RELATED, link_tickets, unlink_tickets
from routing.essentials import FROM_PBX, Essentials
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState

ARTICLE = "17.7"
BOTH_CLOSED = Told("Both tickets are closed: nothing of them is changed any more.", done=False)


def relate(hand: Hand, number: int, other: int) -> Told:
    """Say that two tickets belong together; seen from both. A closed one may be named, and stays closed."""
    pair = sorted((number, other))
    found = [tickets.hold_ticket(hand.connection, one) for one in pair]  # in one order, whoever begins
    if number == other:
        return Told("That is this ticket itself.", done=False)
    if found[0] is None or found[1] is None:
        return Told(f"There is no ticket {pair[0] if found[0] is None else pair[1]}.", done=False)
    if all(one is not None and one.state is TicketState.CLOSED for one in found):
        return BOTH_CLOSED
    if not link_tickets(hand.connection, pair[1], pair[0], RELATED, hand.name, hand.at):
        return Told(f"Ticket {other} is linked already.")
    for here, there in ((number, other), (other, number)):
        hand.log(here, f"related-{there}-{hand.at.isoformat()}", "related", f"ticket {there}")
    return Told(f"Ticket {other} is linked.")


def unrelate(hand: Hand, number: int, other: int) -> Told:
    """Take back a link that was made by hand."""
    ticket = tickets.hold_ticket(hand.connection, number)
    if ticket is None:
        return NO_TICKET
    if not unlink_tickets(hand.connection, number, other):
        return Told(f"Ticket {other} is not linked by hand.", done=False)
    for here, there in ((number, other), (other, number)):
        hand.log(here, f"unrelated-{there}-{hand.at.isoformat()}", "no longer related", f"ticket {there}")
    return Told(f"Ticket {other} is not linked any more.")


def follow_up(hand: Hand, number: int, message: str) -> tuple[Told, int | None]:
    """Open a new Standard ticket that references a closed one; returns its number. Nobody is rung: it can be upgraded.

    It has the same caller and PBX. `message` says what is wrong now.
    """
    closed = tickets.hold_ticket(hand.connection, number)
    if closed is None:
        return NO_TICKET, None
    if closed.state is not TicketState.CLOSED:
        return Told("The ticket is not closed: go on with it.", done=False), None
    if not message:
        return Told("Say what is wrong now.", done=False), None
    fresh = _opened_after(hand, closed)
    tickets.insert_ticket(hand.connection, fresh)
    told = f"{fresh.class_of_service}, {fresh.symptom}, art. {ARTICLE}"
    tickets.log(hand.connection, fresh.number, "opened", hand.at, "opened", told)
    hand.log(fresh.number, "follows", "follows", f"ticket {number}")
    hand.log(number, f"followed-{fresh.number}", "followed", f"by ticket {fresh.number}")
    link_tickets(hand.connection, fresh.number, number, FOLLOWS, hand.name, hand.at)
    write_essentials(hand.connection, fresh.number, _of_the_same_pbx(hand, number, message), 0)
    return Told(f"Ticket {fresh.number} is open, and refers to ticket {number}."), fresh.number


def _opened_after(hand: Hand, closed: Ticket) -> Ticket:
    standard = ClassOfService.STANDARD
    now = replace(closed, opened_at=hand.at)
    return Ticket(
        number=hand.house.take_ticket_number(hand.connection),
        call=None,
        region=closed.region,
        partner=closed.partner,
        partner_name=closed.partner_name,
        class_of_service=standard,
        symptom=closed.symptom,
        article=ARTICLE,
        answers={},
        caller=closed.caller,
        called=closed.called,
        pbx=closed.pbx,
        verified=closed.verified,
        state=TicketState.OPEN,
        opened_at=hand.at,
        response_due_at=goal_of(hand, now, standard),
    )


def _of_the_same_pbx(hand: Hand, number: int, message: str) -> Essentials:
    before = details_of(hand.connection, number).essentials
    kept = {name: getattr(before, name) for name in FROM_PBX}
    return Essentials(subject=before.subject, message=message[:4000], **kept)
