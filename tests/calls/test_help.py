"""An engineer who has the caller on the line: hand over, a colleague, and back to the caller."""

from collections.abc import Callable

from ivr.rehearsal.handsets import manual, voicemail
from ivr.rehearsal.leg import Leg
from routing.tickets import TicketState
from tests.faults.test_api_down import down
from tests.line import ADA, JON, LEO, Line

MakeLine = Callable[..., Line]


def together(line: Line) -> tuple[Leg, Leg]:
    """A caller and Jon, in conversation."""
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    return caller, line.take(jon.wait_for_ring(), caller)


def test_f37_an_engineer_hands_over_and_the_caller_is_kept_for_the_next_one(brief_line: Line) -> None:
    line = brief_line
    ada = line.phone(ADA, manual)
    caller, jon = together(line)
    jon.press("*")
    jon.wait_for("To hand over to the next engineer, press 2")
    jon.press("2")
    jon.wait_for("Handed over")
    line.take(ada.wait_for_ring(), caller)
    assert caller.status == "in-progress"
    assert (line.ticket().state, line.ticket().acknowledged_by) == (TicketState.ACKNOWLEDGED, "ada")
    assert [attempt.person for attempt in line.attempts()] == ["jon", "ada"]
    assert line.events().count("handed over") == 1


def test_a_colleague_joins_the_conversation_and_may_leave_it(brief_line: Line) -> None:
    line = brief_line
    leo = line.phone(LEO, manual)
    caller, jon = together(line)
    jon.press("*")
    jon.wait_for("To add a colleague, press 3")
    jon.press("3")
    names = jon.wait_for("For Ada Rossi")
    jon.press(names.split("For Leo Marin, press ")[1][0])
    jon.wait_for("Leo Marin is being called")
    caller.wait_until_with(jon)
    help_ = leo.wait_for_ring()
    help_.answer()
    help_.wait_for("Jon Bell asks you to join: critical ticket 1 0 4 2")
    help_.press("1")
    help_.wait_until_with(caller)
    help_.wait_until_with(jon)
    help_.hang_up()
    help_.wait_until("completed")
    assert line.eventually(lambda: caller.with_ == {jon})
    assert (line.ticket().acknowledged_by, line.ticket().state) == ("jon", TicketState.ACKNOWLEDGED)
    leo.wait_for_text("Jon Bell asks you to join")


def test_an_engineer_who_looks_at_the_menu_comes_back_to_the_caller(brief_line: Line) -> None:
    line = brief_line
    caller, jon = together(line)
    jon.press("*")
    jon.wait_for("To return to the caller, press 1")
    jon.press("1")
    caller.wait_until_with(jon)
    assert len(line.attempts()) == 1


def test_silence_at_the_menu_leads_back_and_a_caller_who_left_meanwhile_is_called_back(make_line: MakeLine) -> None:
    line = make_line()
    caller, jon = together(line)
    jon.press("*")
    jon.wait_for("To return to the caller")
    caller.wait_for("engineer will be back")
    caller.hang_up()
    jon.wait_for("The caller has hung up", 60)
    jon.wait_for("To call back, press 1")


def test_an_engineer_who_was_offered_to_call_back_and_hangs_up_is_not_rung_for_a_caller_who_is_gone(
    make_line: MakeLine,
) -> None:
    line = make_line()
    caller, jon = together(line)
    jon.press("*")
    jon.wait_for("To return to the caller")
    jon.press("1")
    caller.wait_until_with(jon)
    caller.hang_up()
    jon.wait_for("To call back, press 1", 60)
    jon.hang_up()
    assert not line.eventually(lambda: len(line.attempts()) > 1, 3)


def test_a_voicemail_never_joins_a_conversation(make_line: MakeLine) -> None:
    line = make_line()
    leo = line.phone(LEO, voicemail)
    caller, jon = together(line)
    jon.press("*")
    jon.wait_for("To add a colleague, press 3")
    jon.press("3")
    jon.press(jon.wait_for("For Leo Marin").split("For Leo Marin, press ")[1][0])
    ring = leo.wait_for_ring()
    ring.wait_until_over(60)
    assert "Joining." not in ring.heard
    assert ("speaks with", LEO) not in {(event.what, event.text) for event in line.carrier.log}
    assert caller.with_ == {jon}


def test_an_engineer_at_the_menu_whose_line_drops_is_rung_again_with_the_caller_kept(make_line: MakeLine) -> None:
    line = make_line()
    caller, jon = together(line)
    jon.press("*")
    jon.wait_for("To return to the caller")
    caller.wait_for("Jon Bell has your ticket")
    jon.hang_up()
    line.take(line.phone(JON).wait_for_ring(60, after=1), caller)


def test_f37_the_hand_over_needs_no_rest_api_to_keep_the_caller(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(ADA, manual)
    caller, jon = together(line)
    line.carrier.fail_rest = down
    jon.press("*")
    jon.wait_for("To hand over")
    jon.press("2")
    ada = line.phone(ADA).wait_for_ring(60)
    assert ada.direction == "outbound-dial"
    line.take(ada, caller)
