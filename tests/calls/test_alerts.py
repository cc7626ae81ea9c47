"""Alerts of the monitoring: the engineer is woken, takes it with one key, and calls the partner with another."""

from typing import Any

from ivr.rehearsal.handsets import answers, manual
from ivr.rehearsal.leg import Leg
from ivr.store import tickets
from ivr.store.api_tokens import make_token
from routing.tickets import TicketEvent, TicketState
from tests.line import ADA, ITALY, JON, ROSSI, STRANGER, Line

ALERT = {"fingerprint": "f1", "summary": "SIP trunks down", "partner": "4001", "pbx_serial": "1100-7", "country": "IT"}


def tell(line: Line, status: str = "firing", **more: Any) -> dict[str, Any]:
    """The monitoring posts an alert that a rule of the sample calls Critical."""
    with line.engine.begin() as connection:
        secret = make_token(connection, "monitoring", ["alerts"], "tests", line.house.clock())
    headers = {"Authorization": f"Bearer {secret}"}
    body = {**ALERT, "status": status, "labels": {"severity": "critical"}, **more}
    answer = line.app.test_client().post("/api/v1/alerts", json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_the_engineer_takes_an_alert_with_one_key_and_calls_the_partner_with_another(brief_line: Line) -> None:
    line = brief_line
    jon, rossi = line.phone(JON, manual), line.carrier.add_phone(ROSSI, answers)
    assert tell(line)["ticket"] == 1042
    ring = jon.wait_for_ring()
    tell(line)
    ring.answer()
    said = ring.wait_for("Monitoring alert, ticket 1 0 4 2")
    assert "Rossi Telecom, Italy: SIP trunks down. To take it, press 1" in said
    assert "hear the caller" not in said
    ring.press("1")
    ring.wait_for("It is yours.")
    ring.wait_for("To call the partner, press 1")
    assert line.ticket().state is TicketState.ACKNOWLEDGED
    ring.press("1")
    back = rossi.wait_for_ring()
    assert back.from_ == ITALY
    ring.wait_until_with(back)
    assert len(jon.legs) == 1
    assert len(line.tickets()) == 1


def test_an_alert_that_is_over_stops_the_phones_and_whoever_was_woken_reads_so(make_line: Any) -> None:
    line: Line = make_line("postgresql")
    jon = line.phone(JON, manual)
    tell(line)
    ring = jon.wait_for_ring()
    assert tell(line, "resolved")["closed"]
    ring.wait_until_over()
    jon.wait_for_text("is over by itself and closed")
    assert line.ticket().state is TicketState.CLOSED
    assert not line.phone(ADA).legs


def test_who_takes_an_alert_by_text_is_left_in_peace(make_line: Any) -> None:
    line: Line = make_line("sqlite")
    ada = line.phone(ADA, manual)
    tell(line, partner="")
    line.phone(JON, manual).wait_for_ring()
    ada.text(ITALY, "1042 1")
    ada.wait_for_text("Ticket 1042 is yours: SIP trunks down")
    assert line.eventually(lambda: all(one.ended_at for one in line.attempts()))
    assert not ada.legs


def its_partner_waits(line: Line, from_: str = ROSSI) -> Leg:
    """The partner of the alert's ticket calls about it, and is on hold."""
    caller = line.dial(from_)
    if from_ != ROSSI:
        caller.wait_for("partner number", 40)
        caller.press("4001#")
        caller.wait_for("PIN")
        caller.press("4821#")
    caller.wait_for("Your ticket 1 0 4 2 is open")
    caller.press("1")
    caller.wait_for("[music]")
    return caller


def test_a_partner_who_waits_is_paged_for_though_the_alert_is_over(make_line: Any) -> None:
    line: Line = make_line("sqlite")
    jon = line.phone(JON, manual)
    tell(line)
    ring = jon.wait_for_ring()
    caller = its_partner_waits(line)
    assert not tell(line, "resolved")["closed"]
    assert line.ticket().state is TicketState.PAGING
    ring.answer()
    ring.wait_for("Monitoring alert")
    ring.press("1")
    caller.wait_until_with(ring)


def test_who_takes_an_alert_by_text_while_its_partner_waits_is_rung_and_joined(make_line: Any) -> None:
    line: Line = make_line("sqlite")
    ada = line.phone(ADA, manual)
    tell(line)
    line.phone(JON, manual).wait_for_ring()
    caller = its_partner_waits(line)
    ada.text(ITALY, "1042 1")
    ring = ada.wait_for_ring()
    ring.answer()
    caller.wait_until_with(ring)


def test_the_number_that_the_partner_of_an_alert_left_is_the_one_that_is_called(make_line: Any) -> None:
    line: Line = make_line("sqlite")
    jon, mobile = line.phone(JON, manual), line.carrier.add_phone(STRANGER, answers)
    tell(line)
    ring = jon.wait_for_ring()
    caller = its_partner_waits(line, STRANGER)
    caller.press("1")
    caller.wait_for("Goodbye")
    caller.wait_until("completed")
    ring.answer()
    ring.wait_for("Monitoring alert")
    ring.press("1")
    ring.wait_for("To call the partner, press 1")
    ring.press("1")
    ring.wait_until_with(mobile.wait_for_ring())


def test_a_caller_on_hold_whose_ticket_is_over_hears_so(make_line: Any) -> None:
    line: Line = make_line("sqlite")
    line.phone(JON, manual)
    tell(line)
    caller = its_partner_waits(line)
    with line.engine.begin() as connection:
        assert tickets.move_ticket(connection, 1042, TicketEvent.RECOVER)
    caller.wait_for("reported as solved")
    caller.wait_until("completed")
    assert line.outcome_of(caller) == "ticket over"
