"""The whole line in one process: Nightline, a paging worker, and the stand-in carrier that calls it."""

import multiprocessing
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Engine, event, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from ivr.app import create_app
from ivr.clock import Clock
from ivr.configuration.apply import apply_file
from ivr.house import build_house
from ivr.paging.pager import APPLICATION_VERSION
from ivr.paging.worker import Worker
from ivr.rehearsal.carrier import Carrier
from ivr.rehearsal.handsets import Behaviour, Phone
from ivr.rehearsal.leg import Leg
from ivr.rehearsal.webhooks import WebhookRequest, WebhookResponse
from ivr.settings import Settings
from ivr.standby.houses import Houses
from ivr.standby.keeper import Keeper
from ivr.store import attempts, calls, tickets
from ivr.store.attempts import AttemptRecord
from ivr.store.configuration import load_configuration
from ivr.store.engine import WORKER_WAITS, connect
from ivr.store.messages import texts_of
from ivr.store.optouts import stopped_phones
from ivr.store.tables import rehearsal
from routing.tickets import Ticket

EXAMPLE = Path(__file__).parent.parent / "config" / "example.toml"
PUBLIC_URL = "https://nightline.example.com"
TOKEN = "a-token-for-tests"

NIGHT = datetime.fromisoformat("2026-11-28T03:00:00+01:00")
"""A Saturday at three in the morning in Rome, week 48: Jon is on call, then Ada, then Leo."""

DAY = datetime.fromisoformat("2026-11-25T11:00:00+01:00")
"""A Wednesday at eleven in Rome."""

ITALY, US = "+3904611715112", "+16144841546"
ROSSI, BRONZE, END_USER, STRANGER = "+442079460201", "+442079460204", "+442079460206", "+442079460299"
JON, JON_TOO, ADA, LEO, MIA, SARA = (
    "+447700900120",
    "+442079460120",
    "+33639980130",
    "+12125550140",
    "+491713920010",
    "+491713920050",
)
ITALIAN_DESK = ("+442079460110", "+442079460111")
PEOPLE = (JON, JON_TOO, ADA, LEO, MIA, SARA)


HASHES = {pin: PasswordHasher(1, 8, 1).hash(pin) for pin in ("4821", "7345", "1958", "6607", "3312", "9090")}
"""The sample's PINs, hashed once and cheaply: a story has no time for the real cost."""

NOT_RECORDED = "do-not-record"
"""What the carrier does without a Dial's `record` (https://www.twilio.com/docs/voice/twiml/dial#record)."""

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.line", "twilio.rest.api.v2010"])


def run_worker(settings: Settings, pipe: Connection, version: str) -> None:
    """A worker until it is told to stop."""
    running = Worker(build_house(settings, connect(settings.database_url, WORKER_WAITS)), version)
    running.start()
    pipe.send("up")
    pipe.recv()
    running.stop()
    os._exit(0)


class WorkerProcess:
    """A paging worker in a process of its own."""

    def __init__(self, settings: Settings, version: str = APPLICATION_VERSION) -> None:
        self._pipe, theirs = CONTEXT.Pipe()
        self._process = CONTEXT.Process(target=run_worker, args=[settings, theirs, version], daemon=True)

    def start(self) -> None:
        self._process.start()
        assert self._pipe.poll(30), "the worker did not start"
        self._pipe.recv()

    def stop(self) -> None:
        self._pipe.send("stop")
        self._process.join(20)
        self._process.close()


def settings_of(url: str, folder: Path, **more: object) -> Settings:
    """The settings of a line on a database, with its standby in a folder."""
    known = {"public_url": PUBLIC_URL, "auth_token": TOKEN, "standby_folder": folder / "standby"}
    return Settings.model_validate({"database_url": url, **known, **more})


class Line:
    """Everything that one story needs, on a database in the present shape. `config` is a configuration file."""

    def __init__(
        self,
        url: str,
        folder: Path,
        *,
        now: datetime = NIGHT,
        pace: float = 30,
        config: Path = EXAMPLE,
        twice: bool = False,
        restarts: bool = False,
        ring_seconds: int = 120,
        storms: bool = False,
    ) -> None:
        self.twice, self.restarts = twice, restarts
        # One of its own: what is left of an earlier line's worker cannot speak to this carrier at the same port.
        account = f"AC{uuid.uuid4().hex}"
        self.carrier = Carrier(account_sid=account, auth_token=TOKEN, pace=pace, deliver=self.deliver)
        self.carrier.patient_handsets = True
        more = {"account_sid": account, "twilio_api_url": self.carrier.serve(), "now": now, "pace": pace}
        self.settings = settings_of(url, folder, **more)
        self.engine: Engine = connect(url)
        self.web_engine: Engine = connect(url)
        self.is_away = False
        event.listen(self.web_engine, "connect", self._refuse_while_away)
        self.clock: Clock | None = None
        self._prepare(ringing_for(config, ring_seconds, folder, storms))
        self.expected_surprises: list[str] = []
        self._seen: set[tuple[str | None, str]] = set()
        self.requests: list[WebhookRequest] = []
        self.before_request: Callable[[WebhookRequest], None] = lambda _request: None
        self._lock = threading.RLock()
        self._answering = 0
        self._answered = threading.Condition()
        self.keeper: Keeper | None = None
        self.start()

    def _refuse_while_away(self, connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        if self.is_away:
            connection.close()
            driver: Any = self.web_engine.dialect.loaded_dbapi
            raise driver.OperationalError("the database is away")

    def _prepare(self, config: Path) -> None:
        """Configuration, our numbers and the engineers' phones."""
        with self.engine.begin() as connection:
            apply_file(connection, config)
            regions = load_configuration(connection).regions.values()
        for region in regions:
            self.carrier.add_number(
                region.number,
                voice_url=f"{PUBLIC_URL}/voice/answer",
                status_callback=f"{PUBLIC_URL}/voice/status",
                sms_url=f"{PUBLIC_URL}/sms/incoming",
            )
        for number in PEOPLE:
            self.carrier.add_phone(number)

    # The service

    def start(self) -> None:
        self.start_web()
        # A worker that is restarted needs a process of its own: threads cannot be stopped.
        self.worker = WorkerProcess(self.settings) if self.restarts else Worker(self.house)
        self.worker.start()

    def start_web(self) -> None:
        """The web application anew: what it held in memory is gone."""
        self.stop_web()
        self.house = build_house(self.settings, self.web_engine, self.clock)
        self.app: Flask = create_app(self.settings, self.house)
        self.houses: Houses = self.app.extensions["houses"]
        self.keeper = Keeper(self.houses)
        self.keeper.start()
        self.clock = self.house.clock

    def stop_web(self) -> None:
        """The threads of the web application end, after the requests that it is answering: gunicorn waits for them."""
        if self.keeper is not None:
            self.keeper.stop()
            with self._answered:
                self._answered.wait_for(lambda: not self._answering, 10)
            self.houses.close()
        self.keeper = None

    def restart(self) -> None:
        """Web application and worker stop and start anew; only the database stays."""
        self.worker.stop()
        self.start()

    @contextmanager
    def frozen_worker(self) -> Iterator[None]:
        """No worker for a while: what it would have done waits."""
        with self._lock:
            self.worker.stop()
            keep, self.restarts = self.restarts, False
        yield
        with self._lock:
            self.restarts = keep
            self.start()

    def let_pass(self, wait: timedelta) -> None:
        """The clock moves on at once: for the web application now, for the worker when it starts anew."""
        with self._lock:
            with self.engine.begin() as connection:
                later = rehearsal.c.offset_seconds + int(wait.total_seconds())
                connection.execute(update(rehearsal).values(offset_seconds=later))
            self.clock = None
            self.start_web()

    @contextmanager
    def database_away(self) -> Iterator[None]:
        """No connection to the database can be had for a while, and the worker that needs it is gone."""
        with self.frozen_worker():
            self.is_away = True
            self.web_engine.dispose()
            try:
                yield
            finally:
                self.is_away = False

    def close(self) -> None:
        self.carrier.close()
        self.stop_web()
        self.worker.stop()
        self.engine.dispose()
        self.web_engine.dispose()

    def deliver(self, request: WebhookRequest) -> WebhookResponse:
        with self._lock:
            self.requests.append(request)
            self.before_request(request)
            if self.restarts and self._is_new(request):
                self.restart()
            app = self.app
            self._count_answering(1)
        try:
            response = self._post(app, request)
            response = self._post(app, request) if self.twice else response
        finally:
            self._count_answering(-1)
        if "xml" in (response.content_type or ""):
            for talk in recorded_talks(response.body):
                self.carrier.surprise(f"{request.url} records a conversation: {talk}")
        return response

    def _count_answering(self, more: int) -> None:
        with self._answered:
            self._answering += more
            self._answered.notify_all()

    def _is_new(self, request: WebhookRequest) -> bool:
        """Whether this leg never asked for this step: the turns of a hold are one step."""
        place = (dict(request.params).get("CallSid"), urlsplit(request.url).path)
        seen = place in self._seen
        self._seen.add(place)
        return not seen and not place[1].endswith("status")

    @staticmethod
    def _post(app: Flask, request: WebhookRequest) -> WebhookResponse:
        parts = urlsplit(request.url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        data: dict[str, list[str]] = {}
        for name, value in request.params:
            data.setdefault(name, []).append(value)
        client = app.test_client()
        response = client.open(path, method=request.method, data=data or None, headers=dict(request.headers))
        answer = WebhookResponse(response.status_code, response.data, response.content_type, request.url)
        response.close()
        return answer

    # The people

    def phone(self, number: str, behaviour: Behaviour | None = None) -> Phone:
        return self.carrier.add_phone(number, behaviour) if behaviour else self.carrier.phones[number]

    def dial(self, from_: str = ROSSI, to: str = ITALY) -> Leg:
        return self.carrier.dial(from_, to)

    def platform_is_down(self, from_: str = ROSSI) -> Leg:
        """A recognised caller at night who says that the platform is down."""
        caller = self.dial(from_)
        caller.wait_for("platform")
        caller.press("1")
        return caller

    def critical_call(self, from_: str = ROSSI) -> Leg:
        """A recognised caller at night who says that the platform is down, and what is wrong with it."""
        caller = self.platform_is_down(from_)
        caller.wait_for("Your ticket is")
        caller.wait_for("[beep]")
        caller.speak("The portal shows nothing since midnight", 8)
        caller.press("#")
        return caller

    def take(self, ring: Leg, caller: Leg | None = None) -> Leg:
        """An engineer answers, hears the page and presses 1; with `caller`, until both can speak."""
        ring.answer()
        ring.wait_for("Critical ticket")
        ring.press("1")
        if caller is not None:
            caller.wait_until_with(ring)
        return ring

    # What is known

    def ticket(self, number: int = 1042) -> Ticket:
        with self.engine.begin() as connection:
            found = tickets.find_ticket(connection, number)
        assert found is not None, f"there is no ticket {number}"
        return found

    def tickets(self) -> list[Ticket]:
        with self.engine.begin() as connection:
            return list(tickets.list_tickets(connection))

    def outcome_of(self, leg: Leg) -> str | None:
        with self.engine.begin() as connection:
            record = calls.find_call(connection, leg.sid)
        assert record is not None
        return record.outcome

    def wait_until_ended(self, caller: Leg) -> None:
        """A call is over, and the service was told: what it leaves behind is there."""

        def has_ended() -> bool:
            with self.engine.begin() as connection:
                record = calls.find_call(connection, caller.sid)
            return record is not None and record.ended_at is not None

        assert self.eventually(has_ended, 60)

    def attempts(self, number: int = 1042) -> list[AttemptRecord]:
        with self.engine.begin() as connection:
            return list(attempts.attempts_of(connection, number))

    def text_states(self, number: int = 1042, to: str = JON) -> list[str]:
        with self.engine.begin() as connection:
            return [text.status for text in texts_of(connection, number) if text.to == to]

    def stopped_phones(self) -> frozenset[str]:
        with self.engine.begin() as connection:
            return stopped_phones(connection)

    def phones_of(self, person: str) -> tuple[str, ...]:
        with self.engine.begin() as connection:
            return load_configuration(connection).engineers[person].phones

    def events(self, number: int = 1042) -> list[str]:
        with self.engine.begin() as connection:
            return [happening.event for happening in tickets.timeline(connection, number)]

    def eventually(self, condition: Callable[[], bool], seconds: float = 20) -> bool:
        deadline = time.monotonic() + seconds
        while not condition() and time.monotonic() < deadline:
            threading.Event().wait(0.05)
        return condition()


def recorded_talks(document: bytes) -> list[str]:
    """The verbs by which the carrier would record a conversation: never any (art. 10, 11)."""
    verbs = ElementTree.fromstring(document).iter()  # noqa: S314 - our own service's answer
    talks = [verb for verb in verbs if verb.tag in {"Dial", "Conference"}]
    return [verb.tag for verb in talks if verb.get("record", NOT_RECORDED) != NOT_RECORDED]


def ringing_for(config: Path, seconds: int, folder: Path, storms: bool = False) -> Path:
    """A copy of a configuration in which every phone rings so long, so that a slow machine misses nothing.

    Without `storms` every ticket pages, also the second one of the same outage.
    """
    lines = [line for line in config.read_text().splitlines() if not line.strip().startswith("ring_seconds")]
    text = "\n".join(lines).replace("[[policies.levels]]", f"[[policies.levels]]\n  ring_seconds = {seconds}")
    if not storms:
        text = text.replace("incident_minutes = 60", "incident_minutes = 0")
    for pin, hashed in HASHES.items():
        text = text.replace(f'pin = "{pin}"', f'pin_hash = "{hashed}"')
    changed = folder / "applied.toml"
    changed.write_text(text)
    return changed
