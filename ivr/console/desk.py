"""The desk: Standard tickets that wait silently, goals at risk, and what is still to be resolved and closed."""

from dataclasses import dataclass
from datetime import timedelta

from flask.typing import ResponseReturnValue

from ivr.console.frame import page
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.desk.writing import missing_of
from ivr.store.desk import silent_tickets, tickets_in, unanswered_due
from ivr.store.details import details_of
from routing.tickets import Ticket, TicketState

NIGHTS = timedelta(days=4)
"""A Standard ticket is from the night, or from a long weekend, for so long."""

AHEAD = timedelta(hours=9)
SHOWN = 40


@dataclass(frozen=True)
class Row:
    """A ticket, and how many of article 17.7's fields it still lacks."""

    ticket: Ticket
    lacks: int


@page("/desk", Role.VIEWER, menu="Desk")
def desk(visit: Visit) -> ResponseReturnValue:
    """What waits for somebody, the most urgent first."""
    at, connection = visit.at, visit.connection
    silent = silent_tickets(connection, at - NIGHTS, SHOWN + 1)
    known = {ticket.number for ticket in silent}
    due = unanswered_due(connection, at - NIGHTS, at + AHEAD, SHOWN)
    return render(
        "desk.html",
        due=[ticket for ticket in due if ticket.number not in known],
        silent=[row_of(visit, ticket) for ticket in silent[:SHOWN]],
        more=len(silent) > SHOWN,
        working=[row_of(visit, ticket) for ticket in tickets_in(connection, TicketState.ACKNOWLEDGED, SHOWN)],
        resolved=tickets_in(connection, TicketState.RESOLVED, SHOWN),
    )


def row_of(visit: Visit, ticket: Ticket) -> Row:
    """A ticket as it is listed."""
    return Row(ticket, len(missing_of(visit.connection, ticket, details_of(visit.connection, ticket.number))))
