"""Incidents: one page for a storm of tickets, and the few words that its engineer and managers get of the others."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from ivr.house import House
from ivr.paging.pager import Pager
from ivr.store import tables, tickets
from ivr.store.calls import find_call, update_call
from ivr.store.messages import TextRecord
from routing.configuration import Configuration
from routing.incidents import NAMED, SUMMARY_EVERY, is_shared
from routing.tickets import Ticket, TicketEvent, TicketState


class NotSplit(Exception):
    """A ticket cannot be taken out of an incident; the text says why."""


def begin_page(
    connection: Connection, pager: Pager, configuration: Configuration, ticket: Ticket, at: datetime
) -> Ticket:
    """Begin to page for a ticket that nobody is called for, outside any incident. Twice is once.

    One that paged before, and was put back, has a new round: nobody counts as rung.
    """
    policy = configuration.policy_of(ticket.region, ticket.policy)
    turn = tickets.take_turn(connection, policy.key) if policy.takes_turns else 0
    again, round_ = ticket.escalation + 1, ticket.round + (ticket.escalation > 0)
    anew: dict[str, Any] = {"escalation": again, "round": round_, "ring_first": None, "missed_join": False}
    if tickets.move_ticket(connection, ticket.number, TicketEvent.PAGE, turn=turn, incident=None, **anew):
        if ticket.escalation and ticket.call is not None:
            update_call(connection, ticket.call, joined_at=None)
        tickets.log(connection, ticket.number, f"paging-{again}", at, "paging began")
        pager.escalate(connection, ticket.number, again)
    return tickets.find_ticket(connection, ticket.number) or ticket


def join_incident(
    connection: Connection, pager: Pager, configuration: Configuration, ticket: Ticket, at: datetime
) -> Ticket | None:
    """Let a new ticket join the page of the same outage; None when there is none, and it must page itself.

    Whoever opens a ticket counts up the ticket number first, and so waits for the one before.
    """
    window = timedelta(minutes=configuration.rules.incident_minutes)
    lead = tickets.lead_ticket(connection, ticket.symptom, at - window) if is_shared(ticket.symptom, window) else None
    if lead is None:
        return None
    tickets.update_ticket(connection, ticket.number, incident=lead.number)
    tickets.log(connection, ticket.number, "incident", at, "joined incident", f"of ticket {lead.number}")
    if tickets.log(connection, lead.number, "incident", at, "incident", "others report the same outage"):
        _tell_managers(connection, pager, configuration, lead, at)
    return replace(ticket, incident=lead.number)


def split(
    connection: Connection, pager: Pager, configuration: Configuration, number: int, at: datetime, by: str
) -> Ticket:
    """Take a ticket out of its incident and page for it alone. Raises NotSplit."""
    ticket = tickets.hold_ticket(connection, number)
    if ticket is None:
        raise NotSplit(f"There is no ticket {number}. List them with: nightline tickets")
    if ticket.incident is None or ticket.state is not TicketState.OPEN:
        raise NotSplit(f"Ticket {number} is {ticket.state} and waits for no incident: there is nothing to split.")
    tickets.log(connection, number, "split", at, "left incident", f"of ticket {ticket.incident}, {by}")
    return begin_page(connection, pager, configuration, ticket, at)


def tell_engineers(house: House) -> int:
    """Tell the engineers of incidents who else reports them, at a bounded rate; returns how many were told."""
    at = house.clock()
    with house.engine.begin() as connection:
        return sum(_tell_engineer(house, connection, lead, at) for lead in tickets.untold_incidents(connection))


def _tell_engineer(house: House, connection: Connection, number: int, at: datetime) -> bool:
    lead = tickets.hold_ticket(connection, number)
    holder = lead.acknowledged_by or "" if lead and lead.state is TicketState.ACKNOWLEDGED else ""
    phones = house.configuration.current(connection).phones_of(holder)
    if not phones:
        return False
    told = _summaries(connection, number)
    if told[1] is not None and at - told[1] < house.settings.shortened(SUMMARY_EVERY):
        return False
    untold = [ticket for ticket in tickets.tickets_of_incident(connection, number) if ticket.told_at is None]
    if not untold:
        return False
    body = summary(number, untold, [_call_back(connection, ticket) for ticket in untold])
    key = f"{number}-incident-{told[0] + 1}"
    house.pager.text(connection, TextRecord(key, number, phones[0], body, at))
    numbers = [ticket.number for ticket in untold]
    connection.execute(update(tables.tickets).where(tables.tickets.c.number.in_(numbers)).values(told_at=at))
    return True


def summary(lead: int, others: Sequence[Ticket], call_backs: Sequence[str]) -> str:
    """What the engineer of an incident reads of the tickets that joined it."""
    pairs = list(zip(others, call_backs, strict=True))[:NAMED]
    named = "; ".join(
        f"{ticket.number} {ticket.partner_name or ticket.caller}{back and f' (call back {back})'}"
        for ticket, back in pairs
    )
    more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
    return (
        f"Nightline incident {lead}: {len(others)} more report it: {named}{more}. "
        f'They were told that you are on it. Reply "{others[0].number} 1" to take one of them.'
    )


def _summaries(connection: Connection, lead: int) -> tuple[int, datetime | None]:
    """How many summaries an incident's engineer got, and when the last."""
    texts = tables.messages
    mine = texts.c.key.like(f"{lead}-incident-%") & ~texts.c.key.like(f"{lead}-incident-manager-%")
    row = connection.execute(select(func.count(), func.max(texts.c.at)).where(texts.c.ticket == lead, mine)).one()
    return int(row[0]), row[1]


def _call_back(connection: Connection, ticket: Ticket) -> str:
    call = find_call(connection, ticket.call) if ticket.call else None
    return (call.call_back_number or "") if call else ""


def _tell_managers(
    connection: Connection, pager: Pager, configuration: Configuration, lead: Ticket, at: datetime
) -> None:
    body = (
        f"Nightline: several partners report the outage of ticket {lead.number}. One engineer is called for all of "
        'them. To have one called alone: "nightline split NUMBER".'
    )
    for manager in configuration.managers:
        key = f"{lead.number}-incident-manager-{manager.key}"
        pager.text(connection, TextRecord(key, lead.number, manager.phones[0], body, at))
