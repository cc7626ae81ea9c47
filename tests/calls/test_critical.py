"""Critical issues at night: from the greeting to the engineer."""

import pytest

from ivr.rehearsal.handsets import answers_and_presses, busy, declines, manual, unreachable, voicemail
from routing.escalation import Outcome
from routing.service import ClassOfService
from routing.tickets import TicketState
from tests.line import ADA, ITALY, JON, JON_TOO, LEO, ROSSI, SARA, Line


def test_a_text_that_can_be_answered_goes_out_beside_the_ring(line: Line) -> None:
    jon = line.phone(JON, manual)
    line.critical_call()
    jon.wait_for_ring()
    jon.wait_for_text('Reply "1042 1"')


def test_a_recognised_partner_with_a_dead_platform_speaks_with_the_engineer(line: Line) -> None:
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    ring = jon.wait_for_ring()
    ring.answer()
    assert "Rossi Telecom, Italy: cloud platform" in ring.wait_for("Critical ticket 1 0 4 2")
    ring.press("1")
    caller.wait_until_with(ring)
    ticket = line.ticket()
    assert (ticket.class_of_service, ticket.state) == (ClassOfService.CRITICAL, TicketState.ACKNOWLEDGED)
    assert (ticket.region, ticket.partner, ticket.caller, ticket.called) == ("it", "4001", ROSSI, ITALY)
    assert (ticket.answers, ticket.article, ticket.pbx) == ({"symptom": "1"}, "16.4", "rossi-pbx-01")
    assert (ticket.acknowledged_by, ticket.acknowledged_via, ticket.response_due_at) == ("jon", "key", None)
    assert [attempt.phone for attempt in line.attempts()] == [JON]
    assert len(line.tickets()) == 1


def test_f30_the_first_ring_starts_while_the_caller_still_speaks(line: Line) -> None:
    caller = line.dial()
    caller.wait_for("platform")
    caller.press("1")
    caller.wait_for("[beep]")
    caller.speak("It is a long story", 3000)
    line.phone(JON, manual).wait_for_ring()
    assert caller.heard[-1] == "[beep]"


def test_an_engineer_interrupts_the_recording_and_the_message_is_kept(line: Line) -> None:
    jon = line.phone(JON, manual)
    caller = line.dial()
    caller.wait_for("platform")
    caller.press("1")
    caller.wait_for("[beep]")
    caller.speak("It is a long story", 3000)
    ring = jon.wait_for_ring()
    line.take(ring, caller)
    assert line.eventually(lambda: "caller's message" in line.events())


@pytest.mark.long
def test_nobody_answers_and_every_phone_is_rung_in_order_once_a_round(impatient_line: Line) -> None:
    line = impatient_line
    caller = line.critical_call()
    line.phone(SARA).wait_for_ring(60)
    rung = [attempt.phone for attempt in line.attempts()]
    assert rung[:8] == [JON, JON_TOO, ADA, LEO] * 2
    assert {attempt.outcome for attempt in line.attempts()[:8]} == {Outcome.NO_ANSWER}
    line.phone(SARA).wait_for_text("nobody has taken it yet")
    line.phone(ADA, answers_and_presses("1"))
    caller.wait_for("Ada Rossi", 60)


def test_an_engineer_who_passes_is_followed_by_the_next_person_at_once(line: Line) -> None:
    line.phone(JON, answers_and_presses("2"))
    line.phone(ADA, answers_and_presses("1"))
    line.critical_call().wait_for("connected with Ada Rossi")
    assert [attempt.phone for attempt in line.attempts()] == [JON, ADA]
    assert line.attempts()[0].outcome is Outcome.DECLINED


def test_f1_a_voicemail_accepts_nothing_and_the_next_phone_is_rung(line: Line) -> None:
    line.phone(JON, voicemail)
    caller = line.critical_call()
    line.phone(JON_TOO, manual).wait_for_ring(60)
    assert line.ticket().state is TicketState.PAGING
    assert line.attempts()[0].outcome is Outcome.NOT_ACCEPTED
    assert not caller.with_


def test_f2_wrong_early_and_repeated_keys_never_drop_the_page(line: Line) -> None:
    ring = line.phone(JON, manual)
    caller = line.critical_call()
    leg = ring.wait_for_ring()
    leg.answer()
    leg.wait_for("Critical ticket")
    leg.press("7")
    leg.wait_for("no meaning")
    leg.press("*")
    leg.wait_for("Critical ticket")
    leg.press("#")
    leg.wait_for("no meaning")
    leg.press("1")
    leg.wait_for("It is yours")
    caller.wait_until_with(leg)


def test_f4_bad_numbers_at_each_level_lead_to_the_next_one(line: Line) -> None:
    line.phone(JON, unreachable)
    line.phone(JON_TOO, busy)
    line.phone(ADA, declines)
    line.phone(LEO, answers_and_presses("1"))
    line.critical_call().wait_for("connected with Leo Marin", 40)
    assert [attempt.outcome for attempt in line.attempts()] == [
        Outcome.FAILED,
        Outcome.BUSY,
        Outcome.BUSY,
        Outcome.ACCEPTED,
    ]


def test_the_engineer_hears_the_callers_own_message_on_key_three(line: Line) -> None:
    jon = line.phone(JON, manual)
    line.critical_call()
    ring = jon.wait_for_ring()
    ring.answer()
    assert line.eventually(lambda: "caller's message" in line.events())
    ring.wait_for("Critical ticket")
    ring.press("3")
    ring.wait_for("[music]")
    ring.wait_for("Critical ticket")


def test_a_line_that_drops_pages_again_and_rings_the_same_engineer_first(line: Line) -> None:
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    first = jon.wait_for_ring()
    line.take(first, caller)
    responded = line.ticket().responded_at
    first.hang_up()
    caller.wait_for("engineer's line has ended")
    second = jon.wait_for_ring(60, after=1)
    line.take(second, caller)
    ticket = line.ticket()
    assert ticket.acknowledged_at is not None
    assert ticket.responded_at == responded != ticket.acknowledged_at
    assert [attempt.phone for attempt in line.attempts()] == [JON, JON]
    assert len(line.tickets()) == 1


def test_a_caller_who_hangs_up_after_the_conversation_pages_nobody(line: Line) -> None:
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    ring = jon.wait_for_ring()
    line.take(ring, caller)
    ring.hang_up()
    caller.wait_for("engineer's line has ended")
    caller.hang_up()
    line.wait_until_ended(caller)
    assert not line.eventually(lambda: len(line.attempts()) > 1, 3)
    assert line.ticket().state is TicketState.ACKNOWLEDGED
    assert len(jon.legs) == 1
