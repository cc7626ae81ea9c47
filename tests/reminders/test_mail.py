"""Mail: to whoever has no phone that may be texted, through a mail server on loopback."""

import socketserver
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ivr.reminders.keeper import remind
from ivr.reminders.mail import send_waiting
from ivr.settings import BadSettings, read_settings
from ivr.store.calendar_tables import mails
from ivr.store.optouts import stop_texts
from schedules.overrides import Override
from tests.calendars.desk import Desk
from tests.hosts import serving
from tests.line import ADA

HANDOFF = datetime(2026, 11, 30, 8, tzinfo=UTC)
DAY_BEFORE = HANDOFF - timedelta(hours=24)


class Post(socketserver.ThreadingTCPServer):
    """A very small SMTP server that keeps what it takes. `answer` is what it says to a recipient."""

    daemon_threads = allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.taken: list[str] = []
        self.answer = "250 fine"


class Session(socketserver.StreamRequestHandler):
    server: Post

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "DATA":
                self.say("354 go on")
                body = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.taken.append(body.decode())
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say(self.server.answer if verb == "RCPT" else "250 fine")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def post() -> Iterator[Post]:
    server = Post()
    with serving(server):  # type: ignore[arg-type]  # it serves as any other
        yield server


@pytest.fixture
def desk(make_desk: Callable[..., Desk], post: Post) -> Desk:
    """A day before Ada's shift; she stopped texts."""
    desk = make_desk(at=DAY_BEFORE, mail_url=f"smtp://127.0.0.1:{post.server_address[1]}?from=nightline@example.com")
    with desk.engine.begin() as connection:
        stop_texts(connection, ADA, desk.at)
    return desk


def states(desk: Desk) -> list[str]:
    with desk.engine.begin() as connection:
        return list(connection.execute(select(mails.c.status)).scalars())


def test_whoever_may_not_be_texted_is_mailed_once(desk: Desk, post: Post) -> None:
    remind(desk.house)
    assert [send_waiting(desk.house), send_waiting(desk.house)] == [1, 0]
    (mail,) = post.taken
    assert "To: ada@example.com\r\n" in mail
    assert "From: nightline@example.com\r\n" in mail
    assert "Auto-Submitted: auto-generated" in mail
    assert "Date: Sun, 29 Nov 2026 08:00:00 +0000" in mail
    assert "you are on call on NOC on call" in mail
    assert states(desk) == ["sent"]


def test_somebody_without_a_phone_is_mailed_too(desk: Desk, post: Post) -> None:
    desk.person("mia", phones=())
    remind(desk.house)
    assert send_waiting(desk.house) == 2


def test_a_mail_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(desk: Desk, post: Post) -> None:
    remind(desk.house)
    post.answer = "451 later"
    assert send_waiting(desk.house) == 0
    assert states(desk) == ["waiting"]
    post.answer = "550 nobody here"
    assert send_waiting(desk.house) == 0
    assert states(desk) == ["failed"]


def test_a_mail_that_is_late_or_about_a_shift_that_moved_is_dropped(desk: Desk, post: Post) -> None:
    remind(desk.house)
    desk.override("noc", Override("leo", HANDOFF, HANDOFF + timedelta(days=9)))
    remind(desk.house)
    assert states(desk) == ["stale"]
    desk.overrides("noc")
    desk.at = HANDOFF - timedelta(hours=1)
    remind(desk.house)
    desk.at += timedelta(minutes=61)
    assert send_waiting(desk.house) == 0
    assert states(desk) == ["stale", "stale"]
    assert post.taken == []


@pytest.mark.parametrize(
    "url",
    ["mail.example.com", "https://mail.example.com?from=a@b.example", "smtp://mail.example.com", "smtp://x?from=me"],
)
def test_an_address_of_a_mail_server_that_cannot_be_used_is_refused_at_start(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    for name, value in {
        "NIGHTLINE_PUBLIC_URL": "https://nightline.example.com",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "x",
        "NIGHTLINE_MAIL_URL": url,
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings, match="NIGHTLINE_MAIL_URL"):
        read_settings()
