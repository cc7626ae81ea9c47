"""Response goals: whether one is kept, missed, or about to be missed (art. 16.3)."""

from datetime import datetime, timedelta
from enum import StrEnum

from routing.tickets import Ticket, TicketState

UNANSWERED = frozenset({TicketState.OPEN, TicketState.PAGING})


class Goal(StrEnum):
    """How a ticket's response goal stands."""

    WAITING = "waiting"
    SOON = "soon"
    OVERDUE = "overdue"
    KEPT = "kept"
    MISSED = "missed"


def goal_of(ticket: Ticket, at: datetime, warning: timedelta) -> Goal | None:
    """How the goal stands at `at` (UTC); None without one, and for a ticket that ended before anybody took it.

    The response is the first acknowledgement: a line that drops later takes nothing of it back. The instant that is due
    still counts as kept. `warning` is how long before it an unanswered one is `SOON`; nothing is, without any.
    """
    due_at = ticket.response_due_at
    if due_at is None:
        return None
    if ticket.responded_at is not None:
        return Goal.KEPT if ticket.responded_at <= due_at else Goal.MISSED
    return _unanswered(due_at, at, warning) if ticket.state in UNANSWERED else None


def _unanswered(due_at: datetime, at: datetime, warning: timedelta) -> Goal:
    if at > due_at:
        return Goal.OVERDUE
    return Goal.SOON if warning and at >= due_at - warning else Goal.WAITING
