"""What the monitoring says is over: closes the ticket that nobody touched, and ends its page; else it is a note."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ivr.house import House
from ivr.store import attempts, tickets
from ivr.store.alerts import count_alerts, was_touched
from ivr.store.messages import TextRecord, texts_of
from routing.people import Engineer
from routing.tickets import Ticket, TicketEvent, TicketState

TOLD_SINGLY = 20
"""So many alerts of one ticket have lines of their own in its timeline."""

TOLD_EVERY = timedelta(minutes=15)
"""So often at most whoever has a ticket reads of new alerts of it."""

ADDED, ALL_OVER = "added", "over"
"""What whoever has a ticket reads of its alerts, in the keys of these texts."""


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
    """Whoever has the ticket reads that none of its alerts fires any more, unless that is what they read last."""
    engineer = _engineer_of(house, connection, ticket)
    if engineer is None or [what for what, _ in _told(connection, ticket, engineer)][-1:] == [ALL_OVER]:
        return
    body = f"Nightline: no alert of ticket {ticket.number} ({ticket.what}) fires any more. The ticket stays yours."
    _text(house, connection, ticket, engineer, ALL_OVER, body, at)


def tell_of_another(house: House, connection: Connection, number: int, summary: str, at: datetime) -> None:
    """Whoever has the ticket reads that a Critical alert was added to it, since no phone rings for that alert."""
    ticket = tickets.find_ticket(connection, number)
    engineer = _engineer_of(house, connection, ticket) if ticket is not None else None
    if ticket is None or engineer is None:
        return
    if any(what == ADDED and at - told_at < TOLD_EVERY for what, told_at in _told(connection, ticket, engineer)):
        return
    body = f"Nightline: a Critical alert was added to your ticket {number}: {summary}. Nobody else is called for it."
    _text(house, connection, ticket, engineer, ADDED, body, at)


def _engineer_of(house: House, connection: Connection, ticket: Ticket) -> Engineer | None:
    """Whoever has the ticket and can be texted."""
    engineer = house.configuration.current(connection).engineers.get(ticket.acknowledged_by or "")
    has_it = ticket.state is TicketState.ACKNOWLEDGED and engineer is not None and bool(engineer.phones)
    return engineer if has_it else None


def _told(connection: Connection, ticket: Ticket, engineer: Engineer) -> Sequence[tuple[str, datetime]]:
    """What an engineer read of the alerts of a ticket, ADDED or ALL_OVER, and when; oldest first."""
    mine = [text for text in texts_of(connection, ticket.number) if text.to == engineer.phones[0]]
    kinds = (ADDED, ALL_OVER)
    return [(what, text.at) for text in mine for what in kinds if text.key.startswith(f"{ticket.number}-{what}-")]


def _text(
    house: House, connection: Connection, ticket: Ticket, to: Engineer, what: str, body: str, at: datetime
) -> None:
    key = f"{ticket.number}-{what}-{to.key}-{at:%Y%m%d%H%M%S}"
    house.pager.text(connection, TextRecord(key, ticket.number, to.phones[0], body, at))


def tell_the_woken(house: House, connection: Connection, ticket: Ticket, at: datetime) -> None:
    """Whoever was rung reads that there is nothing left to do."""
    woken = {one.person: one for one in attempts.attempts_of(connection, ticket.number) if one.tried_at}
    body = f"Nightline: ticket {ticket.number} ({ticket.what}) is over by itself and closed. Nothing is left to do."
    for person, attempt in woken.items():
        key = f"{ticket.number}-over-{person}"
        house.pager.text(connection, TextRecord(key, ticket.number, attempt.phone, body, at))
