"""What the monitoring says is over: closes the ticket that nobody touched, and ends its page; else it is a note."""

from datetime import datetime

from sqlalchemy import Connection

from ivr.house import House
from ivr.store import attempts, tickets
from ivr.store.alerts import count_alerts, was_touched
from ivr.store.messages import TextRecord
from routing.tickets import Ticket, TicketEvent, TicketState

TOLD_SINGLY = 20
"""So many alerts of one ticket have lines of their own in its timeline."""

TOLD_EVERY_SECONDS = 15 * 60
"""So often at most whoever has a ticket reads of new alerts of it."""


def recover(house: House, connection: Connection, number: int, alert: int, summary: str, at: datetime) -> bool:
    """An alert (its id) of a ticket is over; True when the ticket was closed for it."""
    ticket = tickets.hold_ticket(connection, number)
    if ticket is None:
        return False
    note(connection, number, f"over-{alert}", at, "alert over", summary)
    if not ticket.is_monitoring or count_alerts(connection, number, firing=True):
        return False
    if was_touched(connection, number) or not tickets.move_ticket(connection, number, TicketEvent.RECOVER):
        tell_its_engineer(house, connection, ticket, at)
        return False
    told = "by the monitoring: all its alerts are over, and nobody had it"
    tickets.log(connection, number, "recovered", at, "closed by itself", told)
    house.pager.ring_bell(connection, ticket)
    tell_the_woken(house, connection, ticket, at)
    return True


def note(connection: Connection, number: int, key: str, at: datetime, event: str, detail: str) -> None:
    """A line of the timeline for an alert; of a storm's many alerts the list on the ticket's page tells."""
    if count_alerts(connection, number) <= TOLD_SINGLY:
        tickets.log(connection, number, key, at, event, detail)
    else:
        tickets.log(
            connection, number, "alerts-many", at, "many alerts", "all of them are in the ticket's list of alerts"
        )


def tell_its_engineer(house: House, connection: Connection, ticket: Ticket, at: datetime) -> None:
    """Whoever has the ticket reads, once, that none of its alerts fires any more."""
    body = f"Nightline: no alert of ticket {ticket.number} ({ticket.what}) fires any more. The ticket stays yours."
    _text_owner(house, connection, ticket, "over", body, at)


def tell_of_another(house: House, connection: Connection, number: int, summary: str, at: datetime) -> None:
    """Whoever has the ticket reads that a Critical alert was added to it, since no phone rings for that alert."""
    ticket = tickets.find_ticket(connection, number)
    if ticket is not None:
        body = (
            f"Nightline: a Critical alert was added to your ticket {number}: {summary}. Nobody else is called for it."
        )
        _text_owner(house, connection, ticket, f"added-{int(at.timestamp()) // TOLD_EVERY_SECONDS}", body, at)


def _text_owner(house: House, connection: Connection, ticket: Ticket, what: str, body: str, at: datetime) -> None:
    engineer = house.configuration.current(connection).engineers.get(ticket.acknowledged_by or "")
    if ticket.state is TicketState.ACKNOWLEDGED and engineer is not None and engineer.phones:
        key = f"{ticket.number}-{what}-{engineer.key}"
        house.pager.text(connection, TextRecord(key, ticket.number, engineer.phones[0], body, at))


def tell_the_woken(house: House, connection: Connection, ticket: Ticket, at: datetime) -> None:
    """Whoever was rung reads that there is nothing left to do."""
    woken = {one.person: one for one in attempts.attempts_of(connection, ticket.number) if one.tried_at}
    body = f"Nightline: ticket {ticket.number} ({ticket.what}) is over by itself and closed. Nothing is left to do."
    for person, attempt in woken.items():
        key = f"{ticket.number}-over-{person}"
        house.pager.text(connection, TextRecord(key, ticket.number, attempt.phone, body, at))
