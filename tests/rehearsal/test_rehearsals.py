"""Rehearsals as the console starts them: a process each, few, short-lived, and walled in."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import Engine

from ivr.configuration.apply import apply_file
from ivr.rehearsal.plan import Plan, read, written
from ivr.rehearsal.rehearsals import AllTaken, DidNotStart, Rehearsal, RehearsalOver, Rehearsals, environment
from ivr.store.configuration import load_configuration, load_partners
from ivr.store.engine import connect
from ivr.store.migrate import migrate
from routing.announcements import Announcement, Kind
from tests.hosts import serving
from tests.line import ADA, EXAMPLE, ITALY, JON, JON_TOO, NIGHT, ROSSI, STRANGER


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The database of the service that is rehearsed."""
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('real')}/nightline.db")
    migrate(engine)
    with engine.begin() as connection:
        apply_file(connection, EXAMPLE)
    yield engine
    engine.dispose()


@pytest.fixture
def plan(engine: Engine, tmp_path: Path) -> Plan:
    with engine.begin() as connection:
        known, partners = load_configuration(connection), load_partners(connection)
    told = Announcement(Kind.MAINTENANCE, NIGHT, None, {"en": "Maintenance is under way."})
    return Plan(
        known, partners, NIGHT, region="it", by="mia", folder=tmp_path, token="", pace=10, announcements=(told,)
    )


@pytest.fixture
def rehearsals(tmp_path: Path) -> Iterator[Rehearsals]:
    found = Rehearsals(tmp_path / "rehearsals")
    yield found
    for by in ("mia", "jon", "ada"):
        found.stop(by)


class Page:
    """Reads along as the page does, from event to event."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.rehearsal = rehearsal
        self.events: list[dict[str, Any]] = []
        self.legs: list[dict[str, Any]] = []

    def until(self, condition: Callable[[], Any]) -> Any:
        for _ in range(300):
            found = self.rehearsal.get("feed", after=len(self.events))
            self.events, self.legs = self.events + found["events"], found["legs"]
            assert found["next"] == len(self.events)
            if seen := condition():
                return seen
            threading.Event().wait(0.1)
        raise AssertionError(self.events)

    def hears(self, number: str, words: str) -> Any:
        return self.until(lambda: [e for e in self.events if e["who"] == number and words in e["text"]])

    def leg_at(self, number: str, **wanted: Any) -> str:
        def found() -> list[dict[str, Any]]:
            return [leg for leg in self.legs if leg["number"] == number and wanted.items() <= leg.items()]

        return str(self.until(found)[0]["sid"])

    def dial(self, caller: str = ROSSI) -> str:
        return str(self.rehearsal.post("calls", **{"from": caller, "to": ITALY})["sid"])

    def press(self, number: str, keys: str) -> None:
        self.rehearsal.post(f"legs/{self.leg_at(number, listening=True)}/press", keys=keys)

    def platform_is_down(self) -> None:
        self.dial()
        self.hears(ROSSI, "platform")
        self.press(ROSSI, "1")

    def critical_call(self) -> None:
        """A caller who says that the platform is down, and what is wrong with it."""
        self.platform_is_down()
        self.hears(ROSSI, "[beep]")
        self.rehearsal.post(f"legs/{self.leg_at(ROSSI)}/speak", text="everything is down")
        self.press(ROSSI, "#")


def test_what_is_copied_is_the_configuration_itself(plan: Plan) -> None:
    assert read(written(plan)) == plan


def test_a_call_is_played_from_the_first_word_to_the_conversation(rehearsals: Rehearsals, plan: Plan) -> None:
    rehearsal = rehearsals.start(plan)
    page = Page(rehearsal)
    page.critical_call()
    page.hears(ROSSI, "Maintenance is under way.")
    rehearsal.post(f"legs/{page.leg_at(JON, status='ringing')}/answer")
    page.hears(JON, "Critical ticket")
    page.press(JON, "1")
    page.until(lambda: [leg for leg in page.legs if leg["number"] == JON and leg["with"] == [ROSSI]])
    assert page.leg_at(ROSSI, **{"with": [JON]})
    (ticket,) = rehearsal.get("tickets")["tickets"]
    assert (ticket["state"], ticket["article"], ticket["acknowledged_by"]) == ("acknowledged", "16.4", "jon")
    assert {"opened", "ringing", "acknowledged"} <= {item["event"] for item in ticket["timeline"]}
    assert not [event for event in page.events if event["what"] == "surprise"]


def test_phones_behave_as_was_chosen_and_may_change_their_minds(rehearsals: Rehearsals, plan: Plan) -> None:
    rehearsal = rehearsals.start(replace(plan, pace=30, behaviours={JON: "busy", JON_TOO: "voicemail"}))
    page = Page(rehearsal)
    page.critical_call()
    page.hears(JON, "busy")
    page.hears(JON_TOO, "You have reached the voicemail")
    rehearsal.post("phones", number=ADA, behaviour="takes it")
    page.until(lambda: [leg for leg in page.legs if leg["number"] == ADA and leg["with"] == [ROSSI]])


def test_an_engineer_takes_a_ticket_by_text(rehearsals: Rehearsals, plan: Plan) -> None:
    rehearsal = rehearsals.start(plan)
    page = Page(rehearsal)
    with pytest.raises(LookupError):
        rehearsal.post("texts", number=JON, body="1042 1")
    page.critical_call()
    page.hears(JON, "Nightline CRITICAL 1042")
    rehearsal.post("texts", number=JON, body="1042 1")
    page.until(lambda: rehearsal.get("tickets")["tickets"][0]["state"] == "acknowledged")


def test_partners_come_with_their_pins(rehearsals: Rehearsals, plan: Plan) -> None:
    page = Page(rehearsals.start(plan))
    page.dial(STRANGER)
    page.hears(STRANGER, "partner number")
    page.press(STRANGER, "4001#")
    page.hears(STRANGER, "Now your PIN")
    page.press(STRANGER, "4821#")
    page.hears(STRANGER, "If the cloud platform")


def test_two_may_run_and_the_third_waits_for_its_turn(rehearsals: Rehearsals, plan: Plan) -> None:
    rehearsals.start(plan)
    rehearsals.start(replace(plan, by="jon"))
    with pytest.raises(AllTaken):
        rehearsals.start(replace(plan, by="ada"))
    rehearsals.stop("jon")
    assert rehearsals.of("jon") is None
    assert rehearsals.start(replace(plan, by="ada")).by == "ada"


def test_whoever_starts_another_one_ends_the_first(rehearsals: Rehearsals, plan: Plan) -> None:
    first = rehearsals.start(plan)
    second = rehearsals.start(plan)
    assert rehearsals.of("mia") == second
    with pytest.raises(RehearsalOver):
        first.get("feed")


def ends(rehearsals: Rehearsals, by: str = "mia") -> bool:
    deadline = time.monotonic() + 20
    while rehearsals.of(by) is not None and time.monotonic() < deadline:
        threading.Event().wait(0.1)
    return rehearsals.of(by) is None


def test_one_that_nobody_uses_ends_by_itself_and_leaves_nothing(rehearsals: Rehearsals, plan: Plan) -> None:
    rehearsal = rehearsals.start(replace(plan, idle_seconds=1))
    assert ends(rehearsals)
    assert not rehearsal.folder.exists()


def test_one_that_is_used_ends_when_its_time_is_up(rehearsals: Rehearsals, plan: Plan) -> None:
    rehearsal = rehearsals.start(replace(plan, longest_seconds=2))
    page = Page(rehearsal)
    with pytest.raises(RehearsalOver):
        page.until(lambda: False)
    assert ends(rehearsals)


STARTER = """
import sys, time
from dataclasses import replace
from pathlib import Path
from ivr.rehearsal.plan import read
from ivr.rehearsal.rehearsals import Rehearsals
Rehearsals(Path(sys.argv[1])).start(read(sys.stdin.buffer.readline()))
print("started", flush=True)
time.sleep(60)
"""


def test_one_ends_with_the_web_server_that_started_it(rehearsals: Rehearsals, plan: Plan, tmp_path: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path / "rehearsals")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert server.stdin is not None
    assert server.stdout is not None
    with server.stdin, server.stdout:
        server.stdin.write(written(plan))
        server.stdin.flush()
        assert server.stdout.readline() == b"started\n"
        assert rehearsals.of("mia") is not None  # any other process finds it
        server.kill()
        server.wait()
    assert ends(rehearsals)


def test_what_one_left_that_was_killed_is_thrown_away_and_its_slot_is_free(rehearsals: Rehearsals, plan: Plan) -> None:
    killed = rehearsals.start(plan)
    os.kill(killed.pid, signal.SIGKILL)
    assert ends(rehearsals)
    assert not killed.folder.exists()
    assert rehearsals.start(plan).get("feed")["events"] == []


def test_one_that_cannot_start_says_why_and_takes_no_slot(rehearsals: Rehearsals, plan: Plan) -> None:
    with pytest.raises(DidNotStart, match="UNIQUE constraint"):
        rehearsals.start(replace(plan, partners=plan.partners * 2))
    assert rehearsals.of("mia") is None
    assert rehearsals.start(plan).by == "mia"


def test_only_whoever_has_the_token_is_let_in(rehearsals: Rehearsals, plan: Plan) -> None:
    rehearsal = rehearsals.start(plan)
    for header in ({}, {"Authorization": "Bearer guessed"}):
        for path in ("feed", "tickets", "events", "legs"):
            assert requests.get(f"{rehearsal.url}/rehearsal/{path}", headers=header, timeout=5).status_code == 403
        for path in ("calls", "phones", "texts", "stop"):
            answer = requests.post(f"{rehearsal.url}/rehearsal/{path}", json={}, headers=header, timeout=5)
            assert answer.status_code == 403
    assert (rehearsal.folder / "rehearsal.json").stat().st_mode & 0o077 == 0
    assert rehearsal.folder.stat().st_mode & 0o077 == 0


# No real phone rings


class Twilio(BaseHTTPRequestHandler):
    """Where the real service's calls would go."""

    asked: list[str]

    def do_POST(self) -> None:
        self.asked.append(self.path)
        self.send_error(500)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_it_knows_nothing_of_the_real_carrier_nor_asks_it(
    rehearsals: Rehearsals, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    Twilio.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Twilio)
    secret = "the-real-token"
    real = {
        "TWILIO_ACCOUNT_SID": "AC" + "9" * 32,
        "TWILIO_AUTH_TOKEN": secret,
        "TWILIO_API_URL": f"http://127.0.0.1:{server.server_port}",
        "NIGHTLINE_DATABASE_URL": f"sqlite:///{secret}.db",
        "DATABASE_URL": f"sqlite:///{secret}.db",
        "NIGHTLINE_HEARTBEAT_URL": f"http://127.0.0.1:{server.server_port}/{secret}",
        "NIGHTLINE_SMS_FROM": "+16144840000",
        "AWS_SECRET_ACCESS_KEY": secret,
    }
    for name, value in real.items():
        monkeypatch.setenv(name, value)
    assert not set(real) & set(environment())
    with serving(server):
        rehearsal = rehearsals.start(replace(plan, behaviours={JON: "takes it"}))
        page = Page(rehearsal)
        page.platform_is_down()
        page.until(lambda: [leg for leg in page.legs if leg["number"] == JON and leg["with"] == [ROSSI]])
    assert Twilio.asked == []
    assert secret not in json.dumps(page.events)
    assert secret.encode() not in Path(f"/proc/{rehearsal.pid}/environ").read_bytes()


def test_a_number_that_the_copy_does_not_know_rings_nowhere(rehearsals: Rehearsals, plan: Plan) -> None:
    people = {**plan.configuration.engineers}
    people["jon"] = replace(people["jon"], phones=("+393331234567",))
    rehearsal = rehearsals.start(replace(plan, configuration=replace(plan.configuration, engineers=people)))
    page = Page(rehearsal)
    page.critical_call()
    leg = page.leg_at("+393331234567", status="ringing")  # the handset on the page, and no phone in Italy
    rehearsal.post(f"legs/{leg}/decline")
    page.leg_at(ADA, status="ringing")


WALLED = """
import socket, subprocess, sys
from ivr.rehearsal.wall import Walled, put_up_wall
here = socket.create_server(("127.0.0.1", 0))
put_up_wall()
socket.create_connection(here.getsockname()).close()
import requests
from twilio.rest import Client
def refused(work):
    try:
        work()
    except (Walled, requests.ConnectionError) as error:
        return "this machine only" in str(error) or "starts no program" in str(error)
    return False
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print([
    refused(lambda: Client("AC" + "0" * 32, "token").calls.create(to="+393331234567", from_="+390461", url="http://x")),
    refused(lambda: requests.get("http://192.0.2.1/", timeout=1)),
    refused(lambda: socket.create_connection(("2001:db8::1", 443), 1)),
    refused(lambda: udp.sendto(b"INVITE", ("192.0.2.1", 5060))),
    refused(lambda: socket.socket(socket.AF_UNIX).connect("/run/modem")),
    refused(lambda: subprocess.run(["true"])),
])
"""


def test_its_process_reaches_this_machine_only_and_starts_no_other() -> None:
    found = subprocess.run([sys.executable, "-c", WALLED], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == str([True] * 6)


def test_the_command_says_that_the_console_starts_it() -> None:
    found = subprocess.run([sys.executable, "-m", "ivr", "rehearse"], input="", capture_output=True, text=True)
    assert found.returncode == 2
    assert "nightline call" in found.stderr
