"""The guide for one machine, followed: the unit's own command behind a real nginx with TLS, called and renewed."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter
from sqlalchemy import select

from ivr.configuration.apply import apply_file
from ivr.rehearsal.carrier import Carrier
from ivr.rehearsal.phones import connect_phones
from ivr.rehearsal.stage import free_port
from ivr.rehearsal.webhooks import signature
from ivr.store.configuration import load_configuration
from ivr.store.engine import connect
from ivr.store.tables import pin_failures
from tests.databases import Templates
from tests.deploy.front import Front, nginx
from tests.deploy.units import ROOT, started_as
from tests.hosts import wait_until
from tests.line import EXAMPLE, ITALY, ROSSI, TOKEN, ringing_for

pytestmark = pytest.mark.long

ACCOUNT = "AC" + "2" * 32
PARAMS = {"CallSid": "CA1", "From": ROSSI, "To": ITALY, "CallStatus": "ringing", "ApiVersion": "2010-04-01"}
SPOOFED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example.com", "X-Forwarded-Proto": "http"}


class Machine:
    """One machine as the guide sets it up: two slots for releases, nginx in front, the carrier outside."""

    def __init__(self, url: str, folder: Path) -> None:
        self.slots = free_port(), free_port()
        self.front = Front(folder, free_port(), free_port(), self.slots)
        self.folder = folder
        self.carrier = Carrier(account_sid=ACCOUNT, auth_token=TOKEN, pace=3)
        self.url, self.engine = url, connect(url)
        self.carrier_url = self.carrier.serve()
        with self.engine.begin() as connection:
            apply_file(connection, ringing_for(EXAMPLE, 120, folder))
            connect_phones(self.carrier, load_configuration(connection), [ROSSI], self.front.url)
        self.running: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, slot: int) -> None:
        """What `systemctl start nightline-web@PORT` starts; returns when it is ready."""
        port = str(self.slots[slot])
        command, environment = started_as("nightline-web@.service", port)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTLINE_", "TWILIO_"))}
        environment |= {
            "NIGHTLINE_PUBLIC_URL": self.front.url,
            "NIGHTLINE_DATABASE_URL": self.url,
            "NIGHTLINE_STANDBY": str(self.folder / f"standby-{port}"),
            "NIGHTLINE_TRUSTED_PROXIES": "1",
            "NIGHTLINE_NOW": "2026-11-28T03:00:00+01:00",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": self.carrier_url,
            "WEB_CONCURRENCY": "1",
        }
        self.running[slot] = subprocess.Popen(command, env=kept | environment, cwd=ROOT)
        wait_until(lambda: is_ready(f"http://127.0.0.1:{port}"))

    def stop(self, slot: int) -> int:
        """In good order; its status."""
        process = self.running.pop(slot)
        process.terminate()
        return process.wait(20)

    def session(self, address: str) -> requests.Session:
        """A browser at an address of this machine."""
        found = requests.Session()
        found.mount("https://", From(address))
        found.headers.update(SPOOFED)
        return found

    def close(self) -> None:
        self.carrier.close()
        self.front.stop()
        for slot in list(self.running):
            self.stop(slot)
        self.engine.dispose()


class From(HTTPAdapter):
    """Connects from an address of the loopback network."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: object, **more: object) -> None:
        super().init_poolmanager(*args, source_address=(self._address, 0), **more)  # type: ignore[arg-type, misc]


def is_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/readyz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


@pytest.fixture(scope="module")
def machine(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    nginx()  # skips where there is none
    folder = tmp_path_factory.mktemp("machine")
    found = Machine(templates.prepared("sqlite", folder), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(found.front.certificate))
        found.start(0)
        yield found
        found.close()


def test_what_the_carrier_signed_comes_through_and_nothing_else(machine: Machine) -> None:
    url = f"{machine.front.url}/voice/answer"
    good = {"X-Twilio-Signature": signature(TOKEN, url, PARAMS.items())}
    elsewhere = {"X-Twilio-Signature": signature(TOKEN, "https://evil.example.com/voice/answer", PARAMS.items())}
    assert requests.post(url, data=PARAMS, headers=good | SPOOFED, timeout=9).status_code == 200
    assert requests.post(url, data=PARAMS, headers=SPOOFED, timeout=9).status_code == 403
    assert requests.post(url, data=PARAMS, headers=elsewhere | SPOOFED, timeout=9).status_code == 403


def test_plain_http_is_sent_to_the_same_place_with_tls(machine: Machine) -> None:
    found = requests.get(f"{machine.front.plain_url}/console/tonight", allow_redirects=False, timeout=9)
    assert (found.status_code, found.headers["Location"]) == (301, "https://localhost/console/tonight")


def test_wrong_passwords_are_counted_by_the_address_that_connects_and_not_by_what_it_says(machine: Machine) -> None:
    browser, page = machine.session("127.0.0.7"), f"{machine.front.url}/console/sign-in"
    token = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get(page, timeout=9).text)[0]
    form = {"csrf_token": token, "login": "nobody@example.com", "password": "wrong"}
    answer = browser.post(page, data=form, headers={"Referer": page}, timeout=20)
    assert answer.status_code < 500
    with machine.engine.begin() as connection:
        counted = set(connection.execute(select(pin_failures.c.key)).scalars())
    assert counted == {"login:nobody@example.com", "from:127.0.0.7"}


def test_static_files_come_through_whole_and_metrics_not_without_their_token(machine: Machine) -> None:
    style = requests.get(f"{machine.front.url}/static/console.css", timeout=9)
    assert style.content == (ROOT / "ivr" / "static" / "console.css").read_bytes()
    assert "max-age" in style.headers["Strict-Transport-Security"]
    assert requests.get(f"{machine.front.url}/metrics", timeout=9).status_code in {403, 404}


def test_a_call_goes_on_while_nginx_is_reloaded_and_the_release_behind_it_is_exchanged(machine: Machine) -> None:
    caller = machine.carrier.dial(ROSSI, ITALY)
    caller.wait_for("platform")
    machine.front.reload()
    machine.start(1)
    assert machine.stop(0) == 0
    caller.press("1")
    caller.wait_for("Your ticket is 1 0 4 2")
    caller.wait_for("[beep]")
    caller.speak("Everything is down", 5)
    caller.press("#")
    caller.wait_for("engineer")
    caller.hang_up()
    assert machine.carrier.surprises == []
