"""A ticket as a Critical call at night leaves it."""

from typing import Any

from routing.screening import Symptom
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState
from tests.line import ITALY, NIGHT, ROSSI


def paging_ticket(**changes: Any) -> Ticket:
    """Rossi Telecom's platform is not available, and engineers are being called."""
    facts: dict[str, Any] = {
        "number": 1042,
        "call": "CA1",
        "region": "it",
        "partner": "4001",
        "partner_name": "Rossi Telecom",
        "class_of_service": ClassOfService.CRITICAL,
        "symptom": Symptom.PLATFORM,
        "article": "16.4",
        "answers": {},
        "caller": ROSSI,
        "called": ITALY,
        "pbx": "",
        "verified": True,
        "state": TicketState.PAGING,
        "opened_at": NIGHT,
    }
    return Ticket(**(facts | changes))
