"""What goes into a new ticket."""

from datetime import datetime
from typing import TYPE_CHECKING

from routing.screening import QUESTIONS, Verdict
from routing.tickets import Ticket, TicketState

if TYPE_CHECKING:
    from ivr.voice.call import Call


def ticket_for(call: "Call", verdict: Verdict, number: int, due_at: datetime | None) -> Ticket:
    """The ticket of a call: who, where, what, and the answers that led to the verdict."""
    partner = call.partner
    return Ticket(
        number=number,
        call=call.sid,
        region=call.region.key,
        partner=partner.number if partner else None,
        partner_name=partner.name if partner else "",
        class_of_service=verdict.class_of_service,
        symptom=verdict.symptom,
        article=verdict.article,
        answers={name: key for name, key in call.answers.items() if name in QUESTIONS},
        caller=call.record.caller,
        called=call.record.called,
        pbx=partner.pbx if partner else "",
        verified=partner is not None,
        state=TicketState.OPEN,
        opened_at=call.at,
        response_due_at=due_at,
    )
