"""The logs: every line says what it is about, and no line holds a whole telephone number."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from ivr.paging.phone import Phone, PhoneFailed
from ivr.rehearsal.handsets import answers_and_presses, manual
from ivr.rehearsal.stage import Stage
from ivr.watch.logs import configure_logs, log_crash, mask
from tests.hosts import wait_until
from tests.line import ADA, EXAMPLE, ITALIAN_DESK, ITALY, JON, NIGHT, PEOPLE, ROSSI, Line

MakeLine = Callable[..., Line]

EVERYBODY = (*PEOPLE, *ITALIAN_DESK, ITALY, ROSSI)
UNSPOKEN = {"caller_left_alone", "send_text", "status"}
"""Steps about a text, or before it is known whose line it is."""


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the service logs from here on, libraries included, as JSON lines."""
    structlog.contextvars.clear_contextvars()  # what another test's request was about
    written, loggers = io.StringIO(), [logging.getLogger(name) for name in ("", "dbos")]
    before = [(logger, logger.level, list(logger.handlers), logger.propagate) for logger in loggers]
    usual = structlog.get_config()
    configure_logs(written, as_json=True, level=logging.DEBUG)
    yield written
    for logger, level, handlers, propagate in before:
        logger.setLevel(level)
        logger.handlers, logger.propagate = handlers, propagate
    structlog.configure(**usual)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def numbers_in(text: str) -> list[str]:
    """The numbers of the story that stand in a text, however they are written."""
    digits = re.sub(r"[ .+-]|%2B|%20", "", text)
    return [number for number in EVERYBODY if number[1:] in digits]


def test_a_whole_story_is_logged_with_call_ticket_and_attempt_and_without_a_number(
    make_line: MakeLine, log: io.StringIO
) -> None:
    line = make_line()
    refused: list[str] = []

    def refuse_once(method: str, path: str) -> tuple[int, int] | None:
        """The phone is looked for before it is rung again: the carrier's library logs that with the number."""
        if (method, path[-10:], refused) == ("POST", "Calls.json", []):
            refused.append(path)
            return (500, 20500)
        return None

    line.carrier.fail_rest = refuse_once
    line.phone(JON, answers_and_presses("2"))
    ring = line.phone(ADA, manual)
    caller = line.dial()
    caller.wait_for("platform")
    caller.press("1")
    caller.wait_for("[beep]")
    caller.speak("It is a long story", 3000)
    rings = ring.wait_for_ring()
    ring.wait_for_text("Reply")
    line.take(rings, caller)
    assert numbers_in(log.getvalue()) == []
    assert "Calls.json?To=+44…20&From=+39…12" in log.getvalue()
    steps = [entry for entry in lines(log) if "step" in entry]
    of_call = [entry for entry in steps if entry["step"] not in UNSPOKEN]
    assert {entry.get("call") for entry in of_call} == {caller.sid}
    asked, paged = ([e for e in of_call if e["event"] == event] for event in ("answered", "paging step"))
    assert {"answer", "heard_answer", "join_room", "ask_to_take", "attempt_status"} <= {e["step"] for e in asked}
    assert {"look", "place"} <= {entry["step"] for entry in paged}
    assert {entry["ticket"] for entry in paged} == {1042}
    assert {e["attempt"] for e in paged if e["step"] == "place"} == {attempt.id for attempt in line.attempts()}
    rung = [entry for entry in asked if entry["step"] in {"ask_to_take", "heard_take", "attempt_status"}]
    assert all((entry["ticket"], entry["attempt"][:5]) == (1042, "1042-") for entry in rung)


def test_a_failure_of_the_carrier_is_logged_without_the_number_it_was_about(
    make_line: MakeLine, log: io.StringIO
) -> None:
    line = make_line()
    line.carrier.close()
    with pytest.raises(PhoneFailed) as failed:
        Phone(line.settings).living_legs(JON, ITALY)
    assert numbers_in(str(failed.value)) == [JON, ITALY]
    structlog.get_logger().error("no leg", why=str(failed.value), exc_info=failed.value)
    (entry,) = [entry for entry in lines(log) if entry["event"] == "no leg"]
    assert "living_legs" in entry["exception"]
    assert numbers_in(log.getvalue()) == []
    line.carrier.serve()


def test_numbers_are_masked_wherever_they_stand(log: io.StringIO) -> None:
    logger = structlog.get_logger()
    logger.info(f"rang {JON}", to=JON, among=[{ADA: (ROSSI,)}], exact={"number": ITALY})
    logging.getLogger("anything").warning("the other library rang %s", "+44 7700 900120")
    try:
        raise ValueError(f"{ADA} cannot be rung")
    except ValueError as error:
        log_crash(ValueError, error, error.__traceback__)
    assert numbers_in(log.getvalue()) == []
    first, second, crash = lines(log)
    assert (first["event"], first["to"], first["among"]) == ("rang +44…20", "+44…20", [{"+33…30": ["+44…01"]}])
    assert second["event"] == "the other library rang +44…20"
    assert "ValueError: +33…30 cannot be rung" in crash["exception"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("To=%2B447700900120&From=x", "To=+44…20&From=x"),
        ("at 2026-11-28T03:00:00+01:00", "at 2026-11-28T03:00:00+01:00"),
        ("ticket 1042, 1042-1", "ticket 1042, 1042-1"),
        ("+1 614-484-1546.", "+16…46."),
        ("CA7f66a2cdca40", "CA7f66a2cdca40"),
        ("1+2 = 3", "1+2 = 3"),
    ],
)
def test_only_telephone_numbers_are_masked(written: str, shown: str) -> None:
    assert mask(written) == shown


def test_a_stranger_cannot_write_long_lines(make_line: MakeLine, log: io.StringIO) -> None:
    client, long = make_line().app.test_client(), "9" * 100_000
    form = {"CallSid": long, "MessageSid": long}
    assert client.post(f"/voice/{long[:3000]}", data=form).status_code == 403
    assert client.post(f"/sms/incoming?attempt={long[:5000]}-1", data=form).status_code == 403
    answered = [line for line in log.getvalue().splitlines() if json.loads(line)["event"] == "answered"]
    assert len(answered) == 2
    assert max(map(len, answered)) < 500


def test_a_person_reads_lines_and_a_machine_json(log: io.StringIO) -> None:
    readable = io.StringIO()
    handler = configure_logs(readable, as_json=False)
    structlog.get_logger().warning("rang", to=JON, ticket=None)
    logging.getLogger("anything").warning("the other library rang %s", ADA)
    logging.getLogger().removeHandler(handler)
    ours, theirs = readable.getvalue().splitlines()
    assert "rang" in ours
    assert "+44…20" in ours
    assert "ticket" not in ours
    assert "the other library rang +33…30" in theirs
    assert lines(log)[-1]["event"] == "the other library rang +33…30"


@pytest.mark.parametrize("failure", [BrokenPipeError("gone"), OSError(28, "No space left"), ValueError("closed")])
def test_a_log_that_takes_nothing_hurts_nobody(
    log: io.StringIO, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(*_: str) -> int:
        raise failure

    structlog.get_logger().info("before")
    for name in ("write", "flush"):
        monkeypatch.setattr(log, name, fail)
    structlog.get_logger().info("lost")
    monkeypatch.undo()
    structlog.get_logger().info("after")
    assert [entry["event"] for entry in lines(log)] == ["before", "after"]


def test_the_real_processes_write_nothing_but_json_lines_without_numbers() -> None:
    with Stage(EXAMPLE, at=NIGHT, pace=30) as running:
        running.start()
        caller = running.carrier.dial(ROSSI, ITALY)
        caller.wait_for("platform")
        caller.press("1")
        caller.wait_for("Your ticket is")
        running.carrier.phones[JON].wait_for_ring()
        # The phone rings before the worker has read the carrier's answer, and then writes its line.
        wait_until(lambda: '"place"' in running.log.read_text())
        running.stop_service()
        written = running.log.read_text()
    first, *rest = written.splitlines()
    assert first.startswith("Nightline answers")
    steps = {json.loads(line).get("step") for line in rest}
    assert {"answer", "heard_answer", "place"} <= steps
    assert numbers_in(written) == []
