"""A call and its ticket, as tests of integrations know them."""

from ivr.store.calls import CallRecord
from routing.screening import Symptom
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState
from tests.line import ITALY, NIGHT, ROSSI

CALL = CallRecord("CA1", "it", ITALY, ROSSI, ROSSI, NIGHT, False, "4001", "caller")

TICKET = Ticket(
    number=1042,
    call="CA1",
    region="it",
    partner="4001",
    partner_name="Rossi Telecom",
    class_of_service=ClassOfService.CRITICAL,
    symptom=Symptom.PLATFORM,
    article="16.4",
    answers={"symptom": "1"},
    caller=ROSSI,
    called=ITALY,
    pbx="rossi-pbx-01",
    verified=True,
    state=TicketState.PAGING,
    opened_at=NIGHT,
    escalation=1,
)
