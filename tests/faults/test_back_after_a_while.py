"""Half an hour without a worker: whoever comes back reads how things stand, and floods nobody."""

from collections.abc import Callable
from datetime import datetime, timedelta

from dbos import DBOSClient

from ivr.paging.outbox import RAISES_ALARM, summary_text
from ivr.rehearsal.handsets import manual
from ivr.store import attempts
from ivr.store.configuration import load_configuration
from ivr.store.messages import STALE, SUMMARISED, TextRecord, texts_of
from routing.escalation import Candidate, Outcome, Ring
from routing.tickets import TicketState
from tests.line import ADA, ITALY, JON, LEO, NIGHT, PEOPLE, SARA, STRANGER, Line

MakeLine = Callable[..., Line]

HALF_AN_HOUR = timedelta(minutes=30)
HANDOFF = datetime.fromisoformat("2026-11-30T09:00:00+01:00")
"""A Monday: until then Jon is on call, from then on Ada is."""

TELECOM_TOO = "+12125550202"


def messages_fail(_method: str, path: str) -> tuple[int, int] | None:
    """The API takes no texts."""
    return (503, 20503) if "Messages" in path else None


def leave_a_message(line: Line, caller: str = STRANGER) -> None:
    """A caller whom nobody recognises speaks, and the managers are to be told."""
    leg = line.dial(caller)
    for _ in range(3):
        leg.wait_for("partner number")
        leg.press("#")
    leg.wait_for("[beep]")
    leg.speak("Please call me back", 5)
    leg.press("#")
    leg.wait_until_over()


def bodies(line: Line, number: str) -> list[str]:
    """What a phone was texted, without the guard's alarms."""
    return [text.body for text in line.phone(number).texts if "ALARM" not in text.body]


def statuses(line: Line, number: int = 1042) -> list[str]:
    """The statuses of a ticket's texts, without the guard's alarms."""
    with line.engine.begin() as connection:
        return [text.status for text in texts_of(connection, number) if not RAISES_ALARM.search(text.key)]


def claimed_for_jon(brief_line: Line) -> None:
    line = brief_line
    """A worker decides to ring Jon, and dies before it asks the carrier to."""
    ring = Ring(Candidate("jon", "Jon Bell", line.phones_of("jon"), "weekly"), JON, 120)
    with line.engine.begin() as connection:
        assert attempts.claim(connection, 1042, 1, ring, line.house.clock())


def test_f19_after_half_an_hour_each_ticket_rings_one_phone_in_the_right_order(brief_line: Line) -> None:
    line = brief_line
    for number in PEOPLE:
        line.phone(number, manual)
    with line.frozen_worker():
        callers = [line.critical_call(), line.critical_call(TELECOM_TOO)]
        line.let_pass(HALF_AN_HOUR)
    rings = [line.phone(JON).wait_for_ring(40), line.phone(ADA).wait_for_ring(40)]
    for ring in rings:
        line.take(ring)
    for caller in callers:
        caller.wait_for("connected with", 40)
    assert sorted(one.phone for number in (1042, 1043) for one in line.attempts(number)) == sorted([JON, ADA])
    assert [len(line.phone(number).legs) for number in (JON, ADA, LEO, SARA)] == [1, 1, 0, 0]
    assert all(len(bodies(line, number)) <= 1 for number in PEOPLE)


def test_f18_a_ticket_taken_by_text_meanwhile_rings_nobody(brief_line: Line) -> None:
    line = brief_line
    with line.frozen_worker():
        line.critical_call()
        line.phone(LEO).text(ITALY, "1042 1")
        line.let_pass(HALF_AN_HOUR)
        assert line.ticket().acknowledged_by == "leo"
    assert line.eventually(lambda: not line.house.pager.living([line.ticket()]))
    assert not line.attempts()
    assert not [leg for number in PEOPLE for leg in line.phone(number).legs]


def test_f19_managers_get_one_text_for_all_that_waited_for_half_an_hour(brief_line: Line) -> None:
    line = brief_line
    with line.frozen_worker():
        for caller in ("+442079460297", "+442079460298", STRANGER):
            leave_a_message(line, caller)
        line.let_pass(HALF_AN_HOUR)
    text = line.phone(SARA).wait_for_text("While Nightline was away: 3 messages", 40)
    assert all(f"{number} unverified caller" in text.body for number in (1042, 1043, 1044))
    assert [statuses(line, number) for number in (1042, 1043, 1044)] == [[SUMMARISED]] * 3
    leave_a_message(line)
    line.phone(SARA).wait_for_text("ticket 1045", 40)
    assert len(bodies(line, SARA)) == 2


def test_f18_a_text_that_asks_to_take_a_ticket_is_not_sent_once_somebody_has_it(brief_line: Line) -> None:
    line = brief_line
    line.carrier.fail_rest = messages_fail
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    line.take(jon.wait_for_ring(), caller)
    assert line.eventually(lambda: statuses(line) == [STALE])
    line.carrier.fail_rest = lambda _method, _path: None
    assert bodies(line, JON) == []


def test_a_text_that_asked_half_an_hour_ago_becomes_a_summary_while_the_ticket_still_pages(brief_line: Line) -> None:
    line = brief_line
    jon = line.phone(JON, manual)
    with line.frozen_worker():
        caller = line.critical_call()
        with line.engine.begin() as connection:
            asks = TextRecord("1042-9-ring", 1042, LEO, 'Reply "1042 1" to take it.', line.house.clock())
            line.house.pager.text(connection, asks)
        line.let_pass(HALF_AN_HOUR)
    text = line.phone(LEO).wait_for_text("While Nightline was away: 1 message", 40)
    assert "1042 Rossi Telecom, Italy" in text.body
    assert "nobody has it yet" in text.body
    assert 'such as "1042 1"' in text.body
    assert 'Reply "1042 1" to take it.' not in bodies(line, LEO)
    line.take(jon.wait_for_ring(), caller)


def test_texts_whose_sending_was_given_up_are_summarised_too(make_line: MakeLine) -> None:
    line = make_line()
    with line.frozen_worker():
        leave_a_message(line)
        leave_a_message(line)
        client = DBOSClient(system_database_engine=line.engine)
        client.cancel_workflows(["text-1042-unverified-sara", "text-1043-unverified-sara"])
        client.destroy()
        line.let_pass(HALF_AN_HOUR)
    line.phone(SARA).wait_for_text("While Nightline was away: 2 messages", 40)
    assert len(bodies(line, SARA)) == 1


def test_a_summary_that_grows_old_itself_tells_of_the_same_tickets_in_the_next_one(make_line: MakeLine) -> None:
    line = make_line()
    line.carrier.fail_rest = messages_fail
    with line.frozen_worker():
        leave_a_message(line)
        line.let_pass(HALF_AN_HOUR)
    assert line.eventually(lambda: statuses(line) == [SUMMARISED])
    with line.frozen_worker():
        leave_a_message(line)
        line.let_pass(HALF_AN_HOUR)
        line.carrier.fail_rest = lambda _method, _path: None
    text = line.phone(SARA).wait_for_text("While Nightline was away: 2 messages", 40)
    assert "1042 unverified" in text.body
    assert "1043 unverified" in text.body
    assert len(bodies(line, SARA)) == 1


def test_f18_an_attempt_from_before_a_handoff_is_called_off_and_the_one_on_call_now_is_rung(brief_line: Line) -> None:
    line = brief_line
    line.phone(ADA, manual)
    with line.frozen_worker():
        line.let_pass(HANDOFF - NIGHT - timedelta(minutes=15))
        caller = line.critical_call()
        claimed_for_jon(line)
        line.let_pass(HALF_AN_HOUR)
    ring = line.phone(ADA).wait_for_ring(40)
    assert [attempt.outcome for attempt in line.attempts()] == [Outcome.CANCELED, None]
    line.take(ring, caller)
    assert not line.phone(JON).legs


def test_an_attempt_that_would_be_decided_again_is_placed_after_half_an_hour(brief_line: Line) -> None:
    line = brief_line
    line.phone(JON, manual)
    with line.frozen_worker():
        caller = line.critical_call()
        claimed_for_jon(line)
        line.let_pass(HALF_AN_HOUR)
    line.take(line.phone(JON).wait_for_ring(40), caller)
    assert [(attempt.id, attempt.outcome) for attempt in line.attempts()] == [("1042-1", Outcome.ACCEPTED)]


def test_a_summary_names_the_tickets_that_page_first_and_fits_into_one_text(make_line: MakeLine) -> None:
    line = make_line()
    with line.frozen_worker():
        line.critical_call()
        with line.engine.begin() as connection:
            known = load_configuration(connection)
        assert line.ticket().state is TicketState.PAGING
        text = summary_text(known, 40, [line.ticket()] * 40)
    assert "And 32 more" in text
    assert len(text) <= 1600
