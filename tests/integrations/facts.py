"""A call and its ticket, as tests of integrations know them."""

from ivr.store.calls import CallRecord
from tests.line import ITALY, NIGHT, ROSSI
from tests.scenes import paging_ticket

CALL = CallRecord("CA1", "it", ITALY, ROSSI, ROSSI, NIGHT, False, "4001", "caller")

TICKET = paging_ticket(pbx="rossi-pbx-01", answers={"symptom": "1"}, escalation=1)
