"""Recognition and eligibility: who passes to the screening, and who is sent where."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.rehearsal.handsets import Behaviour, busy, manual, rings_out
from ivr.rehearsal.leg import Leg
from routing.service import ClassOfService
from routing.tickets import TicketState
from tests.faults.test_faults import variant
from tests.line import BRONZE, DAY, END_USER, ITALIAN_DESK, JON, SARA, STRANGER, Line


def key_in(caller: Leg, text: str, keys: str) -> None:
    caller.wait_for(text)
    caller.press(keys)


def test_an_unknown_number_identifies_itself_by_partner_number_and_pin(line: Line) -> None:
    jon = line.phone(JON, manual)
    caller = line.dial(STRANGER)
    key_in(caller, "partner number", "4001#")
    key_in(caller, "PIN", "4821#")
    key_in(caller, "platform", "1")
    caller.wait_for("Your ticket is 1 0 4 2")
    jon.wait_for_ring()
    assert (line.ticket().partner, line.ticket().verified) == ("4001", True)


def try_three_wrong_pins(caller: Leg) -> None:
    for _ in range(3):
        key_in(caller, "partner number", "4001#")
        key_in(caller, "PIN", "0000#")


def test_after_three_wrong_pins_a_message_makes_a_standard_ticket_and_pages_nobody(line: Line) -> None:
    line.phone(SARA)
    caller = line.dial(STRANGER)
    try_three_wrong_pins(caller)
    caller.wait_for("could not recognise you")
    caller.wait_for("[beep]")
    caller.speak("This is Rossi, the platform is down", 6)
    caller.press("#")
    caller.wait_for("Goodbye")
    caller.wait_until("completed")
    ticket = line.ticket()
    assert (ticket.class_of_service, ticket.verified, ticket.state) == (
        ClassOfService.STANDARD,
        False,
        TicketState.OPEN,
    )
    line.phone(SARA).wait_for_text("unverified caller")
    assert not line.attempts()


def test_where_managers_said_so_a_caller_nobody_recognised_is_screened_and_pages(
    make_line: Callable[..., Line], tmp_path: Path
) -> None:
    config = variant(tmp_path, ("page_unverified = false", "page_unverified = true"))
    line = make_line(mode="twice", config=config)
    jon = line.phone(JON, manual)
    caller = line.dial(STRANGER)
    try_three_wrong_pins(caller)
    key_in(caller, "platform", "1")
    caller.wait_for("Your ticket is 1 0 4 2")
    ring = jon.wait_for_ring()
    ring.answer()
    ring.wait_for("a caller nobody recognised")
    ticket = line.ticket()
    assert (ticket.class_of_service, ticket.partner, ticket.verified) == (ClassOfService.CRITICAL, None, False)


def test_f34_a_withheld_caller_who_says_nothing_at_all_leaves_no_ticket(line: Line) -> None:
    caller = line.dial("anonymous")
    caller.wait_until("completed", 40)
    assert caller.heard[-1].startswith("We heard nothing")
    assert not line.tickets()


@pytest.mark.parametrize("written", ["anonymous", "+266696687", "sip:alice@example.com", "", "12345", "unknown"])
def test_f34_withheld_malformed_sip_and_short_caller_ids_are_asked_who_they_are(make_line, written: str) -> None:  # type: ignore[no-untyped-def]
    line = make_line()
    caller = line.dial(written)
    key_in(caller, "partner number", "4002#")
    key_in(caller, "PIN", "7345#")
    caller.wait_for("platform")


def test_a_bronze_partner_is_referred_to_its_assigned_partner_by_name(line: Line) -> None:
    caller = line.dial(BRONZE)
    assert "your assigned partner: Rossi Telecom, at 4 4 2 0" in caller.wait_for("Rossi Telecom")
    caller.wait_until("completed")
    assert not line.tickets()


def test_an_end_user_is_referred_to_the_integrator(line: Line) -> None:
    caller = line.dial(END_USER)
    caller.wait_for("the integrator who installed your system: Rossi Telecom")
    caller.wait_until("completed")
    assert not line.tickets()


@pytest.mark.parametrize(
    ("number", "pin", "assigned"),
    [("4004", "6607", "Rossi Telecom, at 4 4 2 0"), ("4005", "3312", "Harbor Voice, at 1 2 1 2")],
    ids=["bronze", "reseller"],
)
def test_a_partner_without_direct_support_is_referred_after_its_pin_too(
    brief_line: Line, number: str, pin: str, assigned: str
) -> None:
    caller = brief_line.dial(STRANGER)
    key_in(caller, "partner number", f"{number}#")
    key_in(caller, "PIN", f"{pin}#")
    caller.wait_for(f"your assigned partner: {assigned}")
    caller.wait_until("completed")
    assert brief_line.outcome_of(caller) == "referred"
    assert not brief_line.tickets()


@pytest.mark.parametrize(
    ("behaviour", "from_", "role"),
    [(busy, BRONZE, "your assigned partner"), (rings_out, END_USER, "the integrator who installed your system")],
    ids=["busy", "silent"],
)
def test_where_the_desk_is_not_there_by_day_whoever_has_no_direct_support_is_referred(
    make_line: Callable[..., Line], behaviour: Behaviour, from_: str, role: str
) -> None:
    line = make_line(now=DAY)
    for desk in ITALIAN_DESK:
        line.carrier.add_phone(desk, behaviour)
    caller = line.dial(from_)
    caller.wait_for("Nobody at the desk", 30)
    caller.wait_for(f"{role}: Rossi Telecom")
    caller.wait_until("completed")
    assert line.outcome_of(caller) == "referred"
    assert not line.tickets()


def test_an_unknown_called_number_is_served_as_the_default_region(make_line) -> None:  # type: ignore[no-untyped-def]
    line = make_line()
    line.carrier.add_number("+12125550199", voice_url="https://nightline.example.com/voice/answer")
    caller = line.dial(to="+12125550199")
    key_in(caller, "platform", "1")
    caller.wait_for("Your ticket is")
    assert line.ticket().region == "us"
