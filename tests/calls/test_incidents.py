"""Storms: one page for an outage that many report, the truth for all others, and a way to page all the same."""

from collections.abc import Callable
from pathlib import Path

from ivr.rehearsal.handsets import manual
from ivr.rehearsal.leg import Leg
from routing.tickets import TicketState
from tests.faults.test_api_down import down
from tests.faults.test_faults import variant
from tests.line import ADA, ITALY, JON, LEO, ROSSI, SARA, STRANGER, Line

MakeLine = Callable[..., Line]
HARBOR, SILBER, LOIRE = "+12125550202", "+493023125203", "+33199000207"


def test_the_first_report_of_an_outage_pages_and_the_others_are_told_the_truth(storm_line: Line) -> None:
    line = storm_line
    jon, ada, leo = (line.phone(number, manual) for number in (JON, ADA, LEO))
    first = line.critical_call()
    ring = jon.wait_for_ring()
    second = line.platform_is_down(HARBOR)
    second.wait_for("outage is known. An engineer is being called")
    second.wait_for("[beep]")
    second.speak("Our portal is gone as well", 4)
    second.press("#")
    second.wait_for("An engineer is being called for this outage")
    line.take(ring, first)
    second.wait_for("Jon Bell is working on this outage")
    jon.wait_for_text("incident 1042: 1 more report it: 1043 Harbor Voice")
    line.phone(SARA).wait_for_text("several partners report the outage of ticket 1042")
    assert (line.ticket(1043).incident, line.ticket(1043).state) == (1042, TicketState.OPEN)
    assert line.attempts(1043) == []
    assert (len(jon.legs), ada.legs, leo.legs) == (1, [], [])


def test_one_key_calls_an_engineer_for_a_caller_in_a_storm_all_the_same(storm_line: Line) -> None:
    line = storm_line
    jon, ada = line.phone(JON, manual), line.phone(ADA, manual)
    first = line.critical_call()
    line.take(jon.wait_for_ring(), first)
    second = line.critical_call(HARBOR)
    second.wait_for("have an engineer called for you alone, press 2")
    second.press("2")
    line.take(ada.wait_for_ring(), second)
    assert (line.ticket(1043).incident, line.ticket(1043).acknowledged_by) == (None, "ada")
    assert line.events(1043).count("left incident") == 1


def test_a_caller_in_a_storm_may_hang_up_and_the_engineer_reads_the_number(make_line: MakeLine) -> None:
    line = make_line(storms=True, mode="twice")
    jon = line.phone(JON, manual)
    first = line.critical_call()
    ring = jon.wait_for_ring()
    second = line.critical_call(HARBOR)
    second.wait_for("To be called back, press 1")
    second.press("1")
    second.wait_for("calls when there is news")
    second.wait_until("completed")
    line.take(ring, first)
    jon.wait_for_text("1043 Harbor Voice (call back +12125550202)")


def test_another_symptom_pages_in_the_middle_of_a_storm(make_line: MakeLine) -> None:
    line = make_line(storms=True)
    line.phone(JON, manual)
    line.critical_call()
    line.phone(JON).wait_for_ring()
    other = line.dial(HARBOR)
    other.wait_for("platform")
    other.press("3")
    other.wait_for("workaround")
    other.press("1")
    other.wait_for("We are calling the engineer")
    assert line.ticket(1043).incident is None
    line.phone(ADA, manual).wait_for_ring()


def test_the_engineers_phone_tells_how_many_report_the_outage_and_summaries_have_a_bounded_rate(
    make_line: MakeLine,
) -> None:
    line = make_line(storms=True)
    jon = line.phone(JON, manual)
    first = line.critical_call()
    ring = jon.wait_for_ring()
    for caller in (HARBOR, SILBER):
        line.critical_call(caller).wait_for("An engineer is being called for this outage")
    ring.answer()
    assert "reported by 2 more" in ring.wait_for("Critical ticket 1 0 4 2")
    ring.press("1")
    first.wait_until_with(ring)
    jon.wait_for_text("2 more report it: 1043 Harbor Voice; 1044 Silberline")
    line.critical_call(LOIRE).wait_for("Jon Bell is working on this outage")
    jon.wait_for_text("1 more report it: 1045 Loire Telephonie", 40)
    assert len([text for text in jon.texts if "more report it" in text.body]) == 2


def test_an_engineer_takes_one_ticket_of_a_storm_by_text_and_is_rung_for_its_caller(make_line: MakeLine) -> None:
    line = make_line(storms=True)
    line.phone(JON, manual)
    ada = line.phone(ADA, manual)
    line.critical_call()
    line.phone(JON).wait_for_ring()
    second = line.critical_call(HARBOR)
    second.wait_for("An engineer is being called for this outage")
    ada.text(ITALY, "1043 1")
    ring = ada.wait_for_ring()
    ring.answer()
    second.wait_until_with(ring)
    assert line.ticket(1042).state is TicketState.PAGING


def test_incidents_can_be_turned_off(make_line: MakeLine, tmp_path: Path) -> None:
    line = make_line(storms=True, config=variant(tmp_path, ("incident_minutes = 60", "incident_minutes = 0")))
    line.phone(JON, manual)
    line.critical_call()
    line.phone(JON).wait_for_ring()
    line.platform_is_down(HARBOR).wait_for("We are calling the engineer")
    line.phone(ADA, manual).wait_for_ring()


def test_a_partner_who_calls_again_is_joined_to_the_engineer_of_the_open_ticket(storm_line: Line) -> None:
    line = storm_line
    jon = line.phone(JON, manual)
    first = line.critical_call()
    ring = jon.wait_for_ring()
    line.take(ring, first)
    first.hang_up()
    ring.hang_up()
    again = line.dial(ROSSI)
    again.wait_for("Your ticket 1 0 4 2 is open")
    again.press("1")
    again.wait_for("engineer")
    line.take(jon.wait_for_ring(60, after=1), again)
    assert len(line.tickets()) == 1
    assert line.events().count("called again") == 1


def test_an_engineer_who_calls_back_is_not_cut_off_by_a_colleague_who_calls_and_waits(
    make_line: MakeLine,
) -> None:
    line = make_line(storms=True)
    jon, ada = line.phone(JON, manual), line.phone(ADA, manual)
    first = line.critical_call()
    ring = line.take(jon.wait_for_ring(), first)
    first.hang_up()
    ring.wait_for("caller has hung up")
    line.phone(ROSSI, manual)
    ring.press("1")
    back = line.phone(ROSSI).wait_for_ring()
    back.answer()
    ring.wait_until_with(back)
    again = calls_as_rossi(line)
    again.press("1")
    again.wait_for("has your ticket")
    again.wait_for("has your ticket")
    assert ring.talks_with == {back}
    back.hang_up()
    ring.wait_until("completed")
    line.take(jon.wait_for_ring(60, after=1), again)
    assert not ada.legs


def test_a_colleague_who_calls_while_the_engineer_is_at_the_menu_joins_when_they_are_back(make_line: MakeLine) -> None:
    line = make_line(storms=True)
    jon, ada = line.phone(JON, manual), line.phone(ADA, manual)
    first = line.critical_call()
    ring = line.take(jon.wait_for_ring(), first)
    ring.press("*")
    ring.wait_for("To return to the caller")
    again = calls_as_rossi(line)
    again.press("1")
    again.wait_for("has your ticket")
    ring.press("1")
    first.wait_until_with(ring)
    again.wait_until_with(ring)
    assert (len(jon.legs), len(ada.legs)) == (1, 0)


def calls_as_rossi(line: Line) -> Leg:
    """Somebody else of the same partner, asked whether it is about the open ticket."""
    caller = line.dial(STRANGER)
    for text, keys in (("partner number", "4001#"), ("PIN", "4821#")):
        caller.wait_for(text)
        caller.press(keys)
    caller.wait_for("is open")
    return caller


def test_a_colleague_of_the_caller_who_calls_again_joins_the_conversation_and_may_leave_it(
    make_line: MakeLine,
) -> None:
    line = make_line(storms=True, mode="twice")
    jon = line.phone(JON, manual)
    first = line.critical_call()
    ring = line.take(jon.wait_for_ring(), first)
    again = line.dial(ROSSI)
    again.wait_for("is open")
    again.press("1")
    again.wait_until_with(ring)
    again.hang_up()
    again.wait_until("completed")
    assert first.talks_with == {ring}
    assert line.ticket().call == first.sid


def test_a_partner_with_another_problem_is_screened(make_line: MakeLine) -> None:
    line = make_line(storms=True)
    line.phone(JON, manual)
    line.critical_call()
    line.phone(JON).wait_for_ring()
    again = line.dial(ROSSI)
    again.wait_for("For another problem, press 2")
    again.press("2")
    again.wait_for("If the cloud platform")
    silent = line.dial(ROSSI)
    silent.wait_for("is open")
    silent.wait_for("If the cloud platform", 60)


def test_of_two_callers_of_one_ticket_one_dials_while_the_api_is_down_and_the_last_who_waits_meets_the_engineer(
    make_line: MakeLine,
) -> None:
    line = make_line()
    line.carrier.fail_rest = down
    jon = line.phone(JON, manual)
    first = line.critical_call()
    ring = jon.wait_for_ring()
    again = line.dial(ROSSI)
    again.wait_for("is open")
    again.press("1")
    again.wait_for("The engineer's phone is ringing")
    again.wait_for("[music]", 30)
    assert len(jon.legs) == 1
    again.hang_up()
    again.wait_until("completed")
    ring.decline()
    line.take(line.phone(ADA, manual).wait_for_ring(60), first)
