"""The caller on hold, callers who leave, and calls back."""

from collections.abc import Callable

from ivr.rehearsal.handsets import answers, manual
from ivr.rehearsal.leg import Leg
from routing.tickets import TicketState
from tests.line import ADA, ITALY, JON, JON_TOO, ROSSI, SARA, Line

MakeLine = Callable[..., Line]


def taken(line: Line, number: str = JON) -> Leg:
    """The engineer's leg, right after it took the ticket."""
    ring = line.phone(number, manual).wait_for_ring()
    line.take(ring)
    return ring


def test_a_caller_on_hold_hears_what_is_true_and_may_ask_to_be_called_back(line: Line) -> None:
    line.phone(JON, manual)
    caller = line.critical_call()
    caller.wait_for("The engineer's phone is ringing")
    caller.press("1")
    caller.wait_for("will call you at 4 4 2 0 7 9 4 6 0 2 0 1")
    caller.wait_until("completed")
    ring = taken(line)
    ring.wait_for("caller has hung up")
    line.phone(ROSSI, answers)
    ring.press("1")
    back = line.phone(ROSSI).wait_for_ring()
    assert back.from_ == ITALY
    ring.wait_until_with(back)


def test_f7_a_caller_who_hangs_up_changes_nothing_and_the_engineer_is_offered_the_call_back(line: Line) -> None:
    line.phone(JON, manual)
    caller = line.dial()
    caller.wait_for("platform")
    caller.press("1")
    caller.wait_for("calling the engineer")
    caller.hang_up()
    ring = taken(line)
    ring.wait_for("caller has hung up")
    ring.wait_for("To call back")
    assert line.ticket().acknowledged_by == "jon"


def test_f7_a_caller_who_hangs_up_before_the_verdict_leaves_no_ticket(line: Line) -> None:
    caller = line.dial()
    caller.wait_for("platform")
    caller.hang_up()
    line.wait_until_ended(caller)
    assert not line.tickets()
    assert not line.phone(JON).legs


def withheld_caller_who_types_a_number(line: Line) -> Leg:
    """A verified caller without a number, asked at which one to be called back."""
    caller = line.dial("anonymous")
    for text, keys in (("partner number", "4001#"), ("PIN", "4821#"), ("platform", "1")):
        caller.wait_for(text)
        caller.press(keys)
    caller.wait_for("[beep]")
    caller.press("#")
    caller.wait_for("engineer")
    caller.press("1")
    caller.wait_for("enter the number")
    return caller


def test_a_withheld_caller_types_the_number_and_hears_it_back(line: Line) -> None:
    caller = withheld_caller_who_types_a_number(line)
    caller.press("00442079460250#")
    caller.wait_for("You entered 4 4 2 0 7 9 4 6 0 2 5 0")
    caller.press("1")
    caller.wait_for("will call you at 4 4 2 0 7 9 4 6 0 2 5 0")
    caller.wait_until("completed")
    ring = taken(line)
    ring.wait_for("caller has hung up")
    line.carrier.add_phone("+442079460250", answers)
    ring.press("1")
    ring.wait_until_with(line.phone("+442079460250").wait_for_ring())


def test_f33_a_premium_number_is_not_called_back(line: Line) -> None:
    caller = withheld_caller_who_types_a_number(line)
    caller.press("00449098790879#")
    caller.wait_for("cannot call that number")


def test_the_caller_who_leaves_a_conversation_first_can_be_called_back(line: Line) -> None:
    line.phone(JON, manual)
    caller = line.critical_call()
    ring = taken(line)
    caller.wait_until_with(ring)
    caller.hang_up()
    ring.wait_for("caller has hung up")
    line.phone(ROSSI, answers)
    ring.press("1")
    ring.wait_until_with(line.phone(ROSSI).wait_for_ring())


def test_a_reply_by_text_takes_the_ticket_and_the_ringing_phone_joins_on_answer(line: Line) -> None:
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    ring = jon.wait_for_ring()
    jon.wait_for_text("Reply")
    jon.text(ITALY, "1042 1")
    jon.wait_for_text("Ticket 1042 is yours")
    assert (line.ticket().acknowledged_by, line.ticket().acknowledged_via) == ("jon", "text")
    caller.wait_for("Jon Bell has your ticket")
    ring.answer()
    caller.wait_until_with(ring)


def test_an_engineer_who_listens_and_takes_it_by_text_meets_the_caller_who_still_speaks(line: Line) -> None:
    jon = line.phone(JON, manual)
    caller = line.platform_is_down()
    caller.wait_for("[beep]")
    caller.speak("It is a long story", 3000)
    ring = jon.wait_for_ring()
    ring.answer()
    ring.wait_for("Critical ticket")
    jon.text(ITALY, "1042 1")
    caller.wait_until_with(ring)
    assert not any("has hung up" in heard for heard in ring.heard)


def test_a_reply_by_text_from_somebody_who_is_not_rung_rings_their_phone(line: Line) -> None:
    jon, ada = line.phone(JON, manual), line.phone(ADA, manual)
    caller = line.critical_call()
    ring = jon.wait_for_ring()
    ada.text(ITALY, "1 1042")
    ada_leg = ada.wait_for_ring()
    ring.wait_until_over()
    ada_leg.answer()
    caller.wait_until_with(ada_leg)
    assert line.ticket().acknowledged_by == "ada"


def rung_on_both_phones(line: Line) -> Leg:
    """A caller on hold after Jon's two phones rang in vain, while Ada's rings."""
    caller = line.critical_call()
    for phone in (JON, JON_TOO):
        line.phone(phone, manual).wait_for_ring().decline()
    line.phone(ADA, manual).wait_for_ring()
    return caller


def test_whoever_takes_it_by_text_is_rung_on_the_phone_that_they_texted_from(line: Line) -> None:
    caller = rung_on_both_phones(line)
    line.phone(JON_TOO).text(ITALY, "1042 1")
    ring = line.phone(JON_TOO).wait_for_ring(after=1)
    ring.answer()
    caller.wait_until_with(ring)
    assert len(line.phone(JON).legs) == 1


def test_whoever_takes_it_by_link_is_rung_on_the_phone_that_got_it_and_then_on_the_other(make_line: MakeLine) -> None:
    line = make_line(pace=10)
    caller = rung_on_both_phones(line)
    body = line.phone(JON_TOO).wait_for_text("/take/").body
    line.app.test_client().post(f"/take/{body.split('/take/')[1]}")
    line.phone(JON_TOO).wait_for_ring(after=1).decline()
    ring = line.phone(JON).wait_for_ring(after=1)
    ring.answer()
    caller.wait_until_with(ring)


def test_an_acceptor_by_text_who_never_comes_is_reported_and_the_caller_is_told(impatient_line: Line) -> None:
    line = impatient_line
    caller = line.critical_call()
    line.phone(JON).wait_for_ring()
    line.phone(ADA).text(ITALY, "1042 ack")
    caller.wait_for("Ada Rossi has your ticket and will call you", 60)
    line.phone(SARA).wait_for_text("did not reach the line")


def test_a_pass_by_text_rings_the_next_person_and_stops_the_phone(line: Line) -> None:
    jon = line.phone(JON, manual)
    line.critical_call()
    ring = jon.wait_for_ring()
    jon.text(ITALY, "1042 2")
    line.phone(ADA).wait_for_ring()
    ring.wait_until_over()


def test_f32_texts_from_strangers_and_about_other_tickets_change_nothing(line: Line) -> None:
    jon = line.phone(JON, manual)
    line.critical_call()
    jon.wait_for_ring()
    line.carrier.add_phone("+442079460299").text(ITALY, "1042 1")
    jon.text(ITALY, "1041 1")
    jon.wait_for_text("There is no open ticket 1041")
    jon.text(ITALY, "what?")
    jon.wait_for_text("did not understand")
    assert line.ticket().state is TicketState.PAGING


def test_f3_whoever_is_too_late_hears_who_has_the_ticket(line: Line) -> None:
    jon, ada = line.phone(JON, manual), line.phone(ADA, manual)
    line.critical_call()
    ring = jon.wait_for_ring()
    ring.answer()
    ring.wait_for("Critical ticket")
    with line.frozen_worker():
        ada.text(ITALY, "1042 1")
        ada.wait_for_text("is yours")
        ring.press("1")
        ring.wait_for("was taken by Ada Rossi")
    assert line.ticket().acknowledged_by == "ada"
