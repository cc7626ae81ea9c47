"""The caller's message: heard through a signed URL of our own, fetched with credentials that go nowhere else."""

import io
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from click.testing import CliRunner
from pydantic import SecretStr
from sqlalchemy import update
from werkzeug.test import TestResponse

from ivr.commands.recording import recording
from ivr.paging.moves import Moves
from ivr.paging.phone import Phone
from ivr.recordings import RecordingFailed, ask, is_carriers
from ivr.rehearsal.handsets import manual
from ivr.settings import Settings
from ivr.store import attempts
from ivr.store.messages import RecordingRecord, recordings_of
from ivr.store.tables import recordings
from ivr.tokens import seal, unseal
from ivr.voice.leg import EngineerLeg
from ivr.voice.media import PURPOSE, VALID_FOR, media_url
from routing.escalation import ANSWERED_LIMIT, LISTENING_LIMIT
from tests.line import JON, PUBLIC_URL, TOKEN, Line

MakeLine = Callable[..., Line]
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def settings_with(**more: object) -> Settings:
    values = {"public_url": PUBLIC_URL, "account_sid": "AC1", "auth_token": TOKEN, **more}
    return Settings.model_validate(values)


class Elsewhere(HTTPServer):
    """A server that answers with a sound, or with the way to another one; it keeps the headers of all requests."""

    def __init__(self, leads_to: str = "") -> None:
        self.seen: list[dict[str, str]] = []
        self.leads_to = leads_to
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: Elsewhere

    def do_GET(self) -> None:
        self.server.seen.append(dict(self.headers))
        self.send_response(302 if self.server.leads_to else 200)
        self.send_header("Location", self.server.leads_to)
        self.send_header("Content-Type", "audio/x-wav")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def elsewhere(leads_to: str = "") -> Iterator[Elsewhere]:
    with Elsewhere(leads_to) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def recorded(line: Line) -> RecordingRecord:
    """The caller's message, once it is stored."""
    line.critical_call()
    assert line.eventually(lambda: "caller's message" in line.events())
    with line.engine.begin() as connection:
        return recordings_of(connection, 1042)[-1]


def get(line: Line, url: str) -> TestResponse:
    with line.app.test_client().get(urlsplit(url).path) as response:
        response.get_data()
        return response


def good_url(line: Line, stored: RecordingRecord) -> str:
    return media_url(line.settings, stored, line.house.clock())


def test_key_three_plays_the_caller_through_our_own_signed_url(line: Line) -> None:
    jon = line.phone(JON, manual)
    stored = recorded(line)
    ring = jon.wait_for_ring()
    ring.answer()
    ring.wait_for("Critical ticket")
    ring.press("3")
    ring.wait_for("[music]")
    ring.wait_for("Critical ticket")
    played = [request for request in line.requests if request.method == "GET"]
    assert played
    assert all(request.url.startswith(f"{PUBLIC_URL}/media/") for request in played)
    answer = get(line, played[0].url)
    assert (answer.status_code, answer.content_type) == (200, "audio/x-wav")
    assert answer.headers["Cache-Control"] == "private, no-store"
    with wave.open(io.BytesIO(answer.data)) as audio:
        assert audio.getnframes() / audio.getframerate() == stored.seconds


def test_whoever_presses_a_key_has_time_for_the_whole_message_but_not_for_ever(make_line: MakeLine) -> None:
    line = make_line("sqlite")
    line.phone(JON, manual)
    shortened = line.settings.shortened
    with line.frozen_worker():
        line.critical_call()
        moves = Moves(line.house, Phone(line.settings))
        id_ = moves.look(1042, 1)["attempt"]
        picked_up = line.house.clock() - shortened(ANSWERED_LIMIT)
        with line.engine.begin() as connection:
            assert attempts.set_once(connection, id_, placed_at=picked_up, answered_at=picked_up)
        assert moves.look(1042, 1) == {"do": "give_up", "attempt": id_}

        def press(after: timedelta, message_seconds: int = 0) -> datetime | None:
            with line.engine.begin() as connection:
                found = attempts.find_attempt(connection, id_)
                assert found is not None
                EngineerLeg(line.house, connection, found, picked_up + after).listens(message_seconds)
            return line.attempts()[0].listens_until

        soon = timedelta(seconds=3)
        heard = picked_up + soon + shortened(timedelta(seconds=170))
        assert press(soon, 110) == heard
        assert moves.look(1042, 1)["do"] == "wait"
        assert press(soon) == heard, "a second key takes no time away"
        assert press(shortened(LISTENING_LIMIT), 110) == picked_up + shortened(LISTENING_LIMIT)


def test_key_three_and_star_give_time_anew(make_line: MakeLine) -> None:
    line = make_line()
    jon = line.phone(JON, manual)
    recorded(line)
    ring = jon.wait_for_ring()
    ring.answer()
    ring.wait_for("Critical ticket")
    assert line.attempts()[0].listens_until is None
    ring.press("*")
    ring.wait_for("Critical ticket")
    again = line.attempts()[0].listens_until
    assert again is not None
    ring.press("3")
    ring.wait_for("[music]")
    longer = line.attempts()[0].listens_until
    assert longer is not None
    assert longer > again


def test_a_token_that_is_forged_expired_or_for_something_else_is_refused(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(JON, manual)
    stored = recorded(line)
    now = line.house.clock()
    payload = {"recording": stored.sid, "call": stored.call}
    url = good_url(line, stored)
    stranger = line.settings.model_copy(update={"auth_token": SecretStr("another")})
    refused = [
        url[:-1] + ("A" if url[-1] != "A" else "B"),
        media_url(stranger, stored, now),
        media_url(line.settings, stored, now - VALID_FOR - timedelta(seconds=1)),
        f"/media/{seal(line.settings, 'another purpose', payload, now + VALID_FOR)}",
        f"/media/{seal(line.settings, PURPOSE, {**payload, 'recording': 'RE0'}, now + VALID_FOR)}",
        f"/media/{stored.sid}",
    ]
    assert get(line, url).status_code == 200
    assert [get(line, one).status_code for one in refused] == [403] * len(refused)


def test_a_carrier_that_fails_is_a_bad_gateway(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(JON, manual)
    stored = recorded(line)
    line.carrier.fail_rest = lambda _method, path: (500, 20500) if "Recordings" in path else None
    assert get(line, good_url(line, stored)).status_code == 502


def test_a_recording_that_cannot_be_fetched_is_noticed_by_the_stand_in_carrier(make_line: MakeLine) -> None:
    line = make_line()
    line.carrier.fail_rest = lambda _method, path: (500, 20500) if "Recordings" in path else None
    ring = line.phone(JON, manual)
    recorded(line)
    leg = ring.wait_for_ring()
    leg.answer()
    leg.wait_for("Critical ticket")
    leg.press("3")
    leg.wait_for("Critical ticket")
    assert [surprise.split(":")[0] for surprise in line.carrier.surprises] == ["11200"]
    assert line.carrier.surprises[0].endswith("HTTP 502")
    line.expected_surprises = list(line.carrier.surprises)


def test_without_credentials_the_stand_in_carrier_gives_no_recording(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(JON, manual)
    assert requests.get(recorded(line).url, timeout=5).status_code == 401


def test_credentials_are_sent_to_no_other_host(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(JON, manual)
    stored = recorded(line)
    with elsewhere() as server:
        with line.engine.begin() as connection:
            connection.execute(update(recordings).values(url=f"{server.url}/Recordings/{stored.sid}"))
        assert get(line, good_url(line, stored)).status_code == 502
        assert server.seen == []


def test_credentials_do_not_follow_a_redirect_to_another_host() -> None:
    with elsewhere() as there, elsewhere(leads_to=there.url.replace("127.0.0.1", "localhost")) as carrier:
        ask(settings_with(twilio_api_url=carrier.url), f"{carrier.url}/Recordings/RE1").close()
        assert "Authorization" in carrier.seen[0]
        assert len(there.seen) == 1
        assert "Authorization" not in there.seen[0]


@pytest.mark.parametrize(
    "url",
    [
        "http://api.twilio.com/RE1",
        "https://api.twilio.com.example.com/RE1",
        "https://eviltwilio.com/RE1",
        "https://example.com\\@api.twilio.com/RE1",
        "https://user:word@api.twilio.com/RE1",
        "https://api.twilio.com:8443/RE1",
        "http://[broken/RE1",
        "file:///etc/passwd",
        "",
    ],
)
def test_what_only_looks_like_the_carrier_is_not_asked(url: str) -> None:
    assert not is_carriers(settings_with(), url)
    with pytest.raises(RecordingFailed, match="not at the carrier"):
        ask(settings_with(), url)


def test_the_carriers_own_hosts_are_asked() -> None:
    assert is_carriers(settings_with(), "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1")
    assert is_carriers(settings_with(), "https://api.dublin.ie1.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1")


def test_a_token_outlives_the_rotation_of_the_carriers_token() -> None:
    until = NOON + timedelta(minutes=1)
    before = seal(settings_with(), "link", {"ticket": "1042"}, until)
    rotated = settings_with(auth_token="new", second_auth_token=TOKEN)
    assert unseal(rotated, "link", before, NOON) == {"ticket": "1042"}
    assert unseal(rotated, "link", seal(rotated, "link", {"ticket": "1"}, until), NOON) == {"ticket": "1"}
    assert unseal(settings_with(auth_token="new"), "link", before, NOON) is None


def test_a_token_is_good_until_its_second_and_not_in_it() -> None:
    until = NOON + timedelta(minutes=1)
    token = seal(settings_with(), "link", {}, until)
    assert unseal(settings_with(), "link", token, until - timedelta(seconds=1)) == {}
    assert unseal(settings_with(), "link", token, until) is None


def test_the_message_of_a_ticket_is_saved_from_the_command_line(
    make_line: MakeLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = make_line()
    line.phone(JON, manual)
    stored = recorded(line)
    for name, value in {
        "NIGHTLINE_DATABASE_URL": line.settings.database_url,
        "NIGHTLINE_PUBLIC_URL": PUBLIC_URL,
        "TWILIO_ACCOUNT_SID": line.settings.account_sid,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": line.settings.twilio_api_url,
    }.items():
        monkeypatch.setenv(name, value)
    out = tmp_path / "message.wav"
    done = CliRunner().invoke(recording, ["1042", "--out", str(out)])
    assert (done.exit_code, done.output) == (0, f"{stored.seconds} seconds of ticket 1042 are in {out}.\n")
    with wave.open(str(out)) as audio:
        assert audio.getnframes() / audio.getframerate() == stored.seconds
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "wrong")
    refused = CliRunner().invoke(recording, ["1042", "--out", str(out)])
    assert (refused.exit_code, "was not saved: the carrier answered 401" in refused.output) == (1, True)
    unknown = CliRunner().invoke(recording, ["7", "--out", str(out)])
    assert (unknown.exit_code, "There is no ticket 7" in unknown.output) == (1, True)
