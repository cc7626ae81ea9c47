"""The whole service is down: the carrier goes on from the fallback documents on a static host."""

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import nightline
from ivr.rehearsal.carrier import Carrier
from ivr.rehearsal.handsets import Phone, answers_and_presses, busy, manual, rings_out, silent, voicemail
from ivr.rehearsal.leg import Leg
from ivr.rehearsal.stage import Stage, free_port
from tests.hosts import serving, wait_until
from tests.line import ADA, EXAMPLE, ITALY, JON, JON_TOO, LEO, MIA, NIGHT, PEOPLE, ROSSI, SARA, TOKEN, ringing_for

ROOT = Path(__file__).parent.parent.parent


class Shows(SimpleHTTPRequestHandler):
    """A folder by GET alone, as any static host shows it."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Broken(BaseHTTPRequestHandler):
    """A service that answers nothing but 500."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def started(stack: ExitStack, handler: Callable[..., BaseHTTPRequestHandler]) -> str:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    stack.enter_context(serving(server))
    return f"http://127.0.0.1:{server.server_port}"


class Outage:
    """A number whose service is gone, the documents that were written before, and everybody's phones."""

    def __init__(self, folder: Path, voice_url: str, fallback_url: str) -> None:
        self.folder = folder
        self.carrier = Carrier(account_sid="AC" + "2" * 32, auth_token=TOKEN, pace=30)
        self.carrier.patient_handsets = True
        self.carrier.add_number(
            ITALY, voice_url=voice_url, fallback_url=f"{fallback_url}/it.xml", fallback_method="GET"
        )
        for number in (ROSSI, *PEOPLE):
            self.carrier.add_phone(number, rings_out)

    def phone(self, number: str, behaviour: object = None) -> Phone:
        return self.carrier.add_phone(number, behaviour or manual)  # type: ignore[arg-type]

    def call(self) -> Leg:
        """A caller who hears what happened, and presses."""
        caller = self.carrier.dial(ROSSI, ITALY)
        caller.wait_for("press 1 to reach the on-call engineer")
        caller.press("1")
        caller.wait_for("calling the on-call engineer")
        return caller

    def rung(self) -> list[str]:
        """Whose phones rang, in order."""
        return [leg.to for leg in self.carrier.legs.values() if leg.direction == "outbound-dial"]


@pytest.fixture
def make_outage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Outage]]:
    monkeypatch.setenv("NIGHTLINE_DATABASE_URL", f"sqlite:///{tmp_path}/nightline.db")
    with ExitStack() as stack:

        def make(kind: str = "500", ring_seconds: int = 20) -> Outage:
            folder = tmp_path / "static"
            for words in (
                ["apply", str(ringing_for(EXAMPLE, ring_seconds, tmp_path))],
                ["fallback", str(folder), "--at", NIGHT.isoformat()],
            ):
                assert CliRunner().invoke(nightline, words).exit_code == 0
            service = started(stack, Broken) if kind == "500" else f"http://127.0.0.1:{free_port()}"
            outage = Outage(folder, f"{service}/voice/answer", started(stack, partial(Shows, directory=str(folder))))
            stack.callback(outage.carrier.close)
            return outage

        yield make


Make = Callable[..., Outage]


@pytest.mark.parametrize(("kind", "error"), [("500", "HTTP 500"), ("refused", "refused")])
def test_a_caller_reaches_the_engineer_while_nightline_answers_errors_or_nothing(
    make_outage: Make, kind: str, error: str
) -> None:
    outage = make_outage(kind, 120)
    jon = outage.phone(JON)
    caller = outage.call()
    ring = jon.wait_for_ring()
    ring.answer()
    ring.wait_for("To speak with the caller, press 1")
    ring.press("1")
    caller.wait_until_with(ring)
    ring.wait_for("There is no ticket")
    assert (ring.from_, outage.rung()) == (ITALY, [JON])
    caller.hang_up()
    ring.wait_until_over()
    (surprise,) = outage.carrier.surprises
    assert error in surprise


def test_f1_without_the_service_a_voicemail_accepts_nothing_and_the_next_phone_is_rung(make_outage: Make) -> None:
    outage = make_outage()
    outage.phone(JON, voicemail)
    outage.phone(JON_TOO, busy)
    ada = outage.phone(ADA, answers_and_presses("1"))
    caller = outage.call()
    caller.wait_until_with(ada.wait_for_ring(), 30)
    assert outage.rung() == [JON, JON_TOO, ADA]


def test_f31_without_the_service_a_silent_caller_hears_the_question_three_times_and_wakes_nobody(
    make_outage: Make,
) -> None:
    outage = make_outage()
    caller = outage.carrier.dial(ROSSI, ITALY)
    caller.wait_for("We heard nothing", 30)
    caller.wait_until_over()
    assert len([heard for heard in caller.heard if "press 1" in heard]) == 3
    assert outage.rung() == []


def test_without_the_service_any_key_leads_on_because_a_file_cannot_tell_them_apart(make_outage: Make) -> None:
    outage = make_outage()
    jon = outage.phone(JON)
    caller = outage.carrier.dial(ROSSI, ITALY)
    caller.wait_for("press 1")
    caller.press("#")
    jon.wait_for_ring()


def test_without_the_service_rounds_go_on_while_the_caller_stays(make_outage: Make) -> None:
    outage = make_outage(ring_seconds=5)
    outage.phone(SARA, silent)
    jon = outage.phone(JON, rings_out)
    caller = outage.call()
    jon.wait_for_ring(60, after=1)
    assert outage.rung() == [JON, JON_TOO, ADA, LEO, SARA, JON]
    caller.hang_up()
    caller.wait_until_over()


def talked(outage: Outage) -> Leg:
    """A caller whose engineer has hung up first."""
    jon = outage.phone(JON, answers_and_presses("1"))
    caller = outage.call()
    ring = jon.wait_for_ring()
    caller.wait_until_with(ring)
    ring.hang_up()
    caller.wait_for("If you have spoken with an engineer, please hang up now")
    return caller


def test_without_the_service_a_caller_who_has_spoken_and_hangs_up_wakes_nobody_else(make_outage: Make) -> None:
    outage = make_outage()
    caller = talked(outage)
    caller.hang_up()
    caller.wait_until_over()
    assert outage.rung() == [JON]


def test_without_the_service_a_caller_whose_line_dropped_stays_and_reaches_the_next_phone(make_outage: Make) -> None:
    outage = make_outage()
    again = outage.phone(JON_TOO, answers_and_presses("1"))
    caller = talked(outage)
    caller.wait_until_with(again.wait_for_ring())


def switch(folder: Path, now: str) -> None:
    """The script of docs/fallback.md, as cron runs it in the folder."""
    (script,) = re.findall(r"```sh\n(#!/bin/sh\n.*?)```", (ROOT / "docs" / "fallback.md").read_text(), re.DOTALL)
    subprocess.run(["sh", "-c", script, "switch", now], cwd=folder, check=True)


def test_the_script_of_the_manual_puts_the_next_engineer_in_place_at_the_handoff_and_not_before(
    make_outage: Make,
) -> None:
    outage = make_outage()
    before = (outage.folder / "it.xml").read_text()
    switch(outage.folder, "2026-11-30T07:59:59Z")
    assert (outage.folder / "it.xml").read_text() == before
    switch(outage.folder, "2026-11-30T08:00:00Z")
    ada, mia = outage.phone(ADA), outage.phone(MIA)
    outage.call()
    ada.wait_for_ring().decline()
    mia.wait_for_ring()
    assert outage.rung() == [ADA, MIA]


class PublishingStage(Stage):
    """The real processes, whose worker keeps the fallback documents current in a folder."""

    def __init__(self, config: Path, folder: Path) -> None:
        super().__init__(config, at=NIGHT, pace=5)
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "NIGHTLINE_FALLBACK": str(self.folder)}


def test_every_process_is_killed_in_the_middle_of_a_call_which_goes_on_from_what_the_worker_published(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "static"
    stage = PublishingStage(ringing_for(EXAMPLE, 120, tmp_path), folder)
    with ExitStack() as stack:
        running = stack.enter_context(stage)
        running.start()
        wait_until((folder / "schedule.txt").exists)
        static = started(stack, partial(Shows, directory=str(folder)))
        running.carrier.add_number(
            ITALY,
            voice_url=f"{running.public_url}/voice/answer",
            fallback_url=f"{static}/it.xml",
            fallback_method="GET",
        )
        jon = running.carrier.add_phone(JON, manual)
        caller = running.carrier.dial(ROSSI, ITALY)
        caller.wait_for("If the cloud platform")
        running.stop_service(kill=True)
        caller.press("1")
        caller.wait_for("technical problem")
        caller.press("1")
        ring = jon.wait_for_ring()
        ring.answer()
        ring.wait_for("press 1")
        ring.press("1")
        caller.wait_until_with(ring)
