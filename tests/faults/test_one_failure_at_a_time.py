"""One person, phone or text that fails stops nobody else; and nobody is called or texted twice."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from ivr.rehearsal.handsets import answers_and_presses, manual
from ivr.store.messages import WAITING, texts_of
from tests.faults.test_faults import variant
from tests.line import ADA, JON, JON_TOO, LEO, MIA, SARA, Line, WorkerProcess

MakeLine = Callable[..., Line]


def test_f17_two_workers_doubled_requests_and_doubled_reports_ring_and_text_once(make_line: MakeLine) -> None:
    line = make_line("postgresql", "twice")
    line.carrier.callbacks.duplicate = True
    second = WorkerProcess(line.settings)
    second.start()
    try:
        for number in (JON, JON_TOO):
            line.phone(number, answers_and_presses("7"))  # listens, and never decides
        line.phone(ADA, answers_and_presses("2"))
        line.phone(LEO, answers_and_presses("1"))
        line.critical_call().wait_for("connected with Leo Marin", 60)
        with line.engine.begin() as connection:
            asked = [text for text in texts_of(connection, 1042) if text.key.endswith("-ring")]
        rung = [attempt.phone for attempt in line.attempts()]
        assert rung == [JON, JON_TOO, ADA, LEO]
        assert [text.to for text in asked] == rung
        for number in rung:
            assert len(line.phone(number).legs) == 1, number
            assert len(line.phone(number).texts) <= 1, number
        assert max(Counter(line.events()).values()) <= len(rung)
        assert line.events().count("ringing") == len(rung)
    finally:
        second.stop()


def test_f38_while_no_text_can_be_sent_everybody_is_rung_all_the_same(make_line: MakeLine) -> None:
    line = make_line()
    line.carrier.fail_rest = lambda _method, path: (503, 20503) if "Messages" in path else None
    line.phone(JON, answers_and_presses("2"))
    line.phone(ADA, answers_and_presses("1"))
    line.critical_call().wait_for("connected with Ada Rossi", 40)
    assert line.phone(JON).texts == []


def test_f38_a_text_that_is_refused_to_one_engineer_or_manager_reaches_the_others(
    make_line: MakeLine, tmp_path: Path
) -> None:
    two_managers = ('email = "mia@example.com"', 'email = "mia@example.com"\nmanager = true')
    vacant = ('participants = ["mia", "jon", "ada"]', "participants = []")
    line = make_line(config=variant(tmp_path, two_managers, vacant))
    refused: list[str] = []

    def refuse_the_first(method: str, path: str) -> tuple[int, int] | None:
        if method == "POST" and path.endswith("Messages.json") and not refused:
            refused.append(path)
            return (400, 21614)
        return None

    line.carrier.fail_rest = refuse_the_first
    caller = line.critical_call()
    ring = line.phone(ADA, manual).wait_for_ring()

    def statuses() -> list[str]:
        with line.engine.begin() as connection:
            return [text.status for text in texts_of(connection, 1042)]

    assert line.eventually(lambda: len(statuses()) == 3 and WAITING not in statuses())
    assert statuses().count("failed") == 1
    got = [number for number in (MIA, SARA, ADA) if line.phone(number).texts]
    assert len(got) == 2
    line.take(ring, caller)


def test_f30_without_any_report_of_the_recording_the_engineer_is_called_and_meets_the_caller(
    make_line: MakeLine,
) -> None:
    line = make_line()
    line.carrier.callbacks.drop = lambda params: "RecordingSid" in params
    jon = line.phone(JON, manual)
    caller = line.platform_is_down()
    caller.wait_for("[beep]")
    caller.speak("It is a long story", 3000)
    ring = jon.wait_for_ring()
    ring.answer()
    ring.wait_for("Critical ticket")
    ring.press("3")
    ring.wait_for("no message yet")
    ring.press("1")
    caller.wait_until_with(ring)
    assert "caller's message" not in line.events()
