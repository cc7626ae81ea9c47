"""The screening as a caller goes through it, and its ways out."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from ivr.rehearsal.handsets import manual
from ivr.voice import words
from routing.screening import QUESTIONS, Question, Symptom
from routing.service import ClassOfService
from routing.tickets import TicketState
from tests.line import JON, US, Line


def test_drops_reproduced_with_another_operator_are_critical(line: Line) -> None:
    caller = line.dial()
    caller.wait_for("platform")
    caller.press("2")
    caller.wait_for("another operator")
    caller.press("1")
    caller.wait_for("calling the engineer")
    assert line.ticket().answers == {"symptom": "2", "reproduced": "1"}
    line.phone(JON, manual).wait_for_ring()


def test_a_standard_issue_gets_a_due_time_in_the_regions_words_and_wakes_nobody(line: Line) -> None:
    caller = line.dial()
    caller.wait_for("platform")
    caller.press("2")
    caller.wait_for("another operator")
    caller.press("2")
    caller.wait_for("It is answered by six p.m. on Monday, Central European Time")
    caller.wait_for("[beep]")
    caller.speak("One extension drops", 4)
    caller.press("#")
    caller.wait_until("completed")
    ticket = line.ticket()
    assert (ticket.class_of_service, ticket.symptom, ticket.article) == (ClassOfService.STANDARD, Symptom.DROPS, "16.5")
    assert ticket.response_due_at == datetime(2026, 11, 30, 17, tzinfo=UTC)
    assert not line.attempts()


def test_the_american_number_speaks_of_eastern_time(line: Line) -> None:
    caller = line.dial(to=US)
    caller.wait_for("platform")
    caller.press("3")
    caller.wait_for("workaround")
    caller.press("2")
    caller.wait_for("by six p.m. on Monday, Eastern Time")


def test_customer_care_is_referred_to_the_ticketing_system(line: Line) -> None:
    caller = line.dial()
    caller.wait_for("platform")
    caller.press("4")
    caller.wait_for("billing")
    caller.press("4")
    caller.wait_for("ticketing system")
    caller.wait_until("completed")
    assert not line.tickets()


def test_a_choice_may_be_spoken(line: Line) -> None:
    caller = line.dial()
    caller.wait_for("platform")
    caller.speak("the portal", 1)
    caller.wait_for("calling the engineer")
    assert line.ticket().answers == {"symptom": "1"}


def test_f2_wrong_keys_and_star_ask_again(line: Line) -> None:
    caller = line.dial()
    caller.wait_for("platform")
    caller.press("9")
    caller.wait_for("no meaning")
    caller.wait_for("platform")
    caller.press("*")
    caller.wait_for("platform")
    caller.press("1")
    caller.wait_for("calling the engineer")


def test_f35_an_eligible_caller_whose_keys_are_not_heard_speaks_and_pages(line: Line) -> None:
    caller = line.dial()
    caller.wait_for("cannot hear your keys", 30)
    caller.wait_for("[beep]")
    caller.speak("Rossi Telecom, nothing works", 6)
    caller.wait_for("calling the engineer", 30)
    ticket = line.ticket()
    assert (ticket.class_of_service, ticket.symptom) == (ClassOfService.CRITICAL, Symptom.UNSCREENED)
    line.phone(JON, manual).wait_for_ring()


def test_f31_a_pocket_call_is_silence_to_the_end_and_wakes_nobody(line: Line) -> None:
    caller = line.dial()
    caller.wait_until("completed", 60)
    assert caller.heard[-1].startswith("We heard nothing")
    assert not line.tickets()


def test_f7_a_caller_who_hangs_up_while_speaking_without_keys_still_pages(line: Line) -> None:
    caller = line.dial()
    caller.wait_for("cannot hear your keys", 30)
    caller.wait_for("[beep]")
    caller.speak("Nothing works", 4)
    assert line.eventually(lambda: not caller.has_speech())
    caller.hang_up()
    line.phone(JON).wait_for_ring(40)
    assert line.ticket().state is TicketState.PAGING


def test_f35_speech_that_is_misheard_every_time_leads_to_a_person(make_line: Callable[..., Line]) -> None:
    line = make_line()
    caller = line.dial()
    for _ in range(3):
        caller.wait_for("platform")
        caller.speak("the moon is made of cheese", 1)
    caller.wait_for("cannot hear your keys")
    caller.wait_for("[beep]")
    caller.speak("Rossi Telecom, nothing works", 6)
    line.phone(JON, manual).wait_for_ring()
    assert line.ticket().symptom is Symptom.UNSCREENED


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_f35_whatever_may_be_spoken_is_offered_with_its_key(question: Question) -> None:
    said = words.question(question).text
    for option in question.options:
        assert f"{option.goal}, press {option.key}." in said
        assert question.option(option.key) is option
