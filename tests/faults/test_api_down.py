"""The carrier's REST API is down or slow: the caller's own leg rings the engineers, and no phone rings twice."""

from collections.abc import Callable
from pathlib import Path

from ivr.rehearsal.handsets import answers_and_presses, busy, manual, voicemail
from ivr.store import calls
from routing.escalation import Outcome
from routing.tickets import TicketState
from tests.faults.test_faults import variant
from tests.line import ADA, ITALY, JON, JON_TOO, LEO, Line

MakeLine = Callable[..., Line]


def down(_method: str, path: str) -> tuple[int, int] | None:
    """The API answers nothing that has to do with calls."""
    return (503, 20503) if "Calls" in path else None


def refused(_method: str, _path: str) -> tuple[int, int]:
    """The token was changed: the API refuses us, whatever we ask for."""
    return (401, 20003)


def test_with_a_token_that_the_api_refuses_the_callers_own_leg_dials(make_line: MakeLine) -> None:
    line = make_line()
    line.carrier.fail_rest = refused
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    ring = jon.wait_for_ring()
    assert ring.direction == "outbound-dial"
    line.take(ring, caller)
    assert [attempt.phone for attempt in line.attempts()] == [JON]


def test_a_caller_whom_a_refused_token_cannot_send_on_counts_as_waiting(make_line: MakeLine) -> None:
    line = make_line()
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    ring = jon.wait_for_ring()
    asked: list[str] = []

    def refuse(_method: str, path: str) -> tuple[int, int]:
        asked.append(path)
        return (401, 20003)

    line.carrier.fail_rest = refuse
    line.take(ring, caller)
    assert line.eventually(lambda: any(caller.sid in path for path in asked))
    with line.engine.begin() as connection:
        found = calls.find_call(connection, caller.sid)
    assert found is not None
    assert found.ended_at is None


def test_the_callers_own_leg_dials_the_engineer_who_takes_the_ticket_with_a_key(line: Line) -> None:
    line.carrier.fail_rest = down
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    ring = jon.wait_for_ring()
    assert ring.direction == "outbound-dial"
    ring.answer()
    ring.wait_for("Critical ticket 1 0 4 2")
    ring.press("1")
    caller.wait_until_with(ring)
    assert (line.ticket().state, line.ticket().acknowledged_by) == (TicketState.ACKNOWLEDGED, "jon")
    assert [attempt.phone for attempt in line.attempts()] == [JON]
    ring.hang_up()
    caller.wait_for("engineer's line has ended")
    caller.hang_up()
    line.wait_until_ended(caller)
    assert not line.eventually(lambda: len(line.attempts()) > 1, 3)
    assert line.ticket().state is TicketState.ACKNOWLEDGED


def test_a_whisper_that_nobody_answers_with_a_key_leads_to_the_next_person(make_line: MakeLine) -> None:
    line = make_line()
    line.carrier.fail_rest = down
    line.phone(JON, voicemail)
    line.phone(JON_TOO, busy)
    line.phone(ADA, answers_and_presses("1"))
    caller = line.critical_call()
    ada = line.phone(ADA).wait_for_ring(60)
    caller.wait_until_with(ada)
    assert [attempt.phone for attempt in line.attempts()] == [JON, JON_TOO, ADA]
    assert [attempt.outcome for attempt in line.attempts()] == [Outcome.NOT_ACCEPTED, Outcome.BUSY, Outcome.ACCEPTED]
    assert all(leg.direction == "outbound-dial" for leg in line.phone(ADA).legs)


def test_an_engineer_who_passes_on_by_key_in_a_whisper_hears_the_callers_message_first(make_line: MakeLine) -> None:
    line = make_line()
    line.carrier.fail_rest = down
    jon = line.phone(JON, manual)
    line.critical_call()
    ring = jon.wait_for_ring()
    ring.answer()
    ring.wait_for("Critical ticket")
    ring.press("3")
    ring.wait_for("[music]")
    ring.press("2")
    ring.wait_for("Passed on")
    line.phone(ADA, manual).wait_for_ring(60)


def test_a_line_that_drops_after_a_whisper_pages_again(make_line: MakeLine) -> None:
    line = make_line()
    line.carrier.fail_rest = down
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    first = jon.wait_for_ring()
    line.take(first, caller)
    first.hang_up()
    caller.wait_for("engineer's line has ended")
    second = jon.wait_for_ring(60, after=1)
    line.take(second, caller)


def test_after_a_whisper_an_engineer_hands_over_by_hanging_up_and_passing_on(make_line: MakeLine) -> None:
    line = make_line()
    line.carrier.fail_rest = down
    jon, ada = line.phone(JON, manual), line.phone(ADA, manual)
    caller = line.critical_call()
    line.take(jon.wait_for_ring(), caller).hang_up()
    caller.wait_for("engineer's line has ended")
    again = jon.wait_for_ring(60, after=1)
    again.answer()
    again.wait_for("Critical ticket")
    again.press("2")
    line.take(ada.wait_for_ring(60), caller)
    assert line.ticket().acknowledged_by == "ada"


def test_without_a_caller_the_rounds_go_on_until_the_api_is_back(make_line: MakeLine) -> None:
    line = make_line()
    line.carrier.fail_rest = down
    caller = line.critical_call()
    caller.hang_up()
    assert line.eventually(lambda: len([a for a in line.attempts() if a.ended_at]) >= 2)
    line.phone(ADA, manual)
    line.phone(LEO, manual)
    jon = line.phone(JON, manual)
    line.carrier.fail_rest = lambda _method, _path: None
    phones = (jon, line.phone(ADA), line.phone(LEO))

    def rung_by_api() -> bool:
        return any(leg.direction == "outbound-api" for phone in phones for leg in phone.legs)

    assert line.eventually(rung_by_api, 60)


def test_an_accept_by_text_while_the_api_is_down_is_dialled_by_the_callers_leg(make_line: MakeLine) -> None:
    line = make_line()
    line.carrier.fail_rest = down
    ada = line.phone(ADA, manual)
    caller = line.critical_call()
    line.phone(JON, manual).wait_for_ring()
    ada.text(ITALY, "1042 1")
    assert line.eventually(lambda: line.ticket().acknowledged_by == "ada")
    line.phone(JON).legs[0].decline()
    ring = ada.wait_for_ring(60)
    ring.answer()
    caller.wait_until_with(ring)


def test_calls_that_the_carrier_still_queues_are_canceled_when_somebody_takes_the_ticket(
    make_line: MakeLine, tmp_path: Path
) -> None:
    together = (
        'targets = ["rota:noc"]',
        'targets = ["rota:noc", "rota:noc-backup", "engineer:leo"]\n  together = true',
    )
    once = ("  together = false                             # true: everybody of this level at once\n", "")
    line = make_line(config=variant(tmp_path, together, once))
    line.carrier.calls_per_second = 0.02
    for number in (JON, ADA, LEO):
        line.phone(number, manual)
    caller = line.critical_call()
    ring = line.phone(JON).wait_for_ring()
    line.take(ring, caller)
    assert line.eventually(lambda: {a.outcome for a in line.attempts()} == {Outcome.ACCEPTED, Outcome.CANCELED})
    assert not [leg for phone in (ADA, LEO) for leg in line.phone(phone).legs if leg.status == "ringing"]


def test_whoever_takes_a_ticket_by_text_and_is_busy_is_not_redialled_without_pause(make_line: MakeLine) -> None:
    line = make_line()
    ada = line.phone(ADA, busy)
    line.phone(JON, manual)
    line.critical_call()
    line.phone(JON).wait_for_ring()
    ada.text(ITALY, "1042 1")
    assert line.eventually(lambda: line.ticket().missed_join, 60)
    tried = [attempt for attempt in line.attempts() if attempt.person == "ada"]
    assert 1 <= len(tried) <= 2
