"""What goes into a new ticket."""

from collections.abc import Mapping
from datetime import datetime

from ivr.store.calls import CallRecord
from routing.partners import Partner
from routing.screening import QUESTIONS, Verdict
from routing.tickets import Ticket, TicketState


def ticket_for(
    record: CallRecord,
    partner: Partner | None,
    answers: Mapping[str, str],
    verdict: Verdict,
    number: int,
    opened_at: datetime,
    due_at: datetime | None,
) -> Ticket:
    """The ticket of a call: who, where, what, and the answers that led to the verdict. Instants are UTC."""
    return Ticket(
        number=number,
        call=record.sid,
        region=record.region,
        partner=partner.number if partner else None,
        partner_name=partner.name if partner else "",
        class_of_service=verdict.class_of_service,
        symptom=verdict.symptom,
        article=verdict.article,
        answers={name: key for name, key in answers.items() if name in QUESTIONS},
        caller=record.caller,
        called=record.called,
        pbx=partner.pbx if partner else "",
        verified=partner is not None,
        state=TicketState.OPEN,
        opened_at=opened_at,
        response_due_at=due_at,
    )
