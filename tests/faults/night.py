"""A night in one thread: the real service on SQLite, with a clock and a carrier that move only when told to."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from sqlalchemy import Connection, event

from ivr.app import create_app
from ivr.configuration.apply import apply_file
from ivr.house import House
from ivr.paging.moves import Moves
from ivr.paging.pager import Pager
from ivr.places import To, Urls
from ivr.rehearsal.webhooks import signature
from ivr.settings import Settings
from ivr.store import attempts, tickets
from ivr.store.attempts import AttemptRecord
from ivr.store.cache import ConfigurationCache
from ivr.store.engine import connect
from ivr.store.migrate import migrate
from ivr.store.tickets import Happening
from routing.tickets import Ticket
from tests.faults.scripted import Hands, ScriptedCarrier, ScriptedLeg
from tests.line import EXAMPLE, ITALY, NIGHT, PUBLIC_URL, TOKEN, ringing_for

Work = tuple[str, tuple[Any, ...]]


class WrittenDown(Pager):
    """What would be enqueued is written down, once for each id."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Nothing was ever asked for."""
        self.work: dict[str, Work] = {}
        self.ever: set[str] = set()

    def ring_bell(self, _connection: Connection, _ticket: Any) -> None:
        """Whoever works looks at the facts anyway."""

    def _enqueue(self, _connection: Connection, workflow: str, id_: str, *args: object) -> None:
        if id_ not in self.ever:
            self.ever.add(id_)
            self.work[id_] = workflow, args


class Night:
    """Everything that a machine moves. `begin` makes a fresh night of it."""

    def __init__(self, folder: Path) -> None:
        self._template, self._database = folder / "template.db", folder / "night.db"
        first = connect(f"sqlite:///{self._template}")
        migrate(first)
        with first.begin() as connection:
            apply_file(connection, ringing_for(EXAMPLE, 20, folder))
        first.dispose()
        self.engine = connect(f"sqlite:///{self._database}")
        event.listen(self.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
        self.pager, self.carrier = WrittenDown(), ScriptedCarrier(self._placed)
        self.begin()
        settings = Settings.model_validate(
            {
                "database_url": f"sqlite:///{self._database}",
                "public_url": PUBLIC_URL,
                "account_sid": "AC" + "0" * 32,
                "auth_token": TOKEN,
                "standby_folder": folder / "standby",
            }
        )
        self.house = House(settings, self.engine, lambda: self.at, ConfigurationCache(), self.pager)
        self.app = create_app(settings, self.house)
        self.moves = Moves(self.house, self.carrier)  # type: ignore[arg-type]  # it does what Phone does
        self.hands = Hands(self.pass_time)

    def begin(self) -> None:
        """A new database, no calls, three in the morning."""
        self.engine.dispose()
        for end in ("", "-wal", "-shm"):
            Path(f"{self._database}{end}").unlink(missing_ok=True)
        shutil.copy(self._template, self._database)
        self.pager.forget()
        self.carrier.forget()
        self.at: datetime = NIGHT
        self.placed: list[tuple[ScriptedLeg, AttemptRecord, Ticket]] = []
        self.rung_late: list[str] = []
        self.counted_doubles = 0

    def pass_time(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    # What the carrier sends

    def post(self, url: str, **params: str) -> ElementTree.Element:
        """A signed request; returns the document."""
        parts = urlsplit(url)
        headers = {"X-Twilio-Signature": signature(TOKEN, url, params.items())}
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        found = self.app.test_client().post(path, data=params, headers=headers)
        assert found.status_code < 300, f"{url}: {found.status_code}"
        return ElementTree.fromstring(found.data or "<Response/>")  # noqa: S314 - our own service wrote it

    def engineer_asks(self, leg: ScriptedLeg, step: str, **keys: str) -> ElementTree.Element:
        """The document of an engineer's leg at a step."""
        url = Urls(PUBLIC_URL).step(To(step, (("attempt", leg.attempt),)))
        return self.post(url, CallSid=leg.sid, From=ITALY, To=leg.to, CallStatus=leg.status, **keys)

    def report(self, leg: ScriptedLeg, status: str) -> None:
        """A status report of an engineer's leg."""
        leg.told = True
        url = Urls(PUBLIC_URL).step(To("attempt_status", (("attempt", leg.attempt),)))
        self.post(url, CallSid=leg.sid, From=ITALY, To=leg.to, CallStatus=status)

    # What is known

    def tickets(self) -> list[Ticket]:
        with self.engine.begin() as connection:
            return sorted(tickets.list_tickets(connection), key=lambda ticket: ticket.number)

    def living(self) -> list[AttemptRecord]:
        with self.engine.begin() as connection:
            return list(attempts.living_attempts(connection))

    def timeline(self, number: int) -> list[Happening]:
        with self.engine.begin() as connection:
            return list(tickets.timeline(connection, number))

    def live_legs(self) -> Iterator[ScriptedLeg]:
        return (leg for leg in list(self.carrier.legs.values()) if leg.is_live)

    # What no phone may suffer

    def _placed(self, leg: ScriptedLeg) -> None:
        with self.engine.begin() as connection:
            attempt = attempts.find_attempt(connection, leg.attempt)
            assert attempt is not None
            ticket = tickets.find_ticket(connection, attempt.ticket)
            assert ticket is not None
        if ticket.acknowledged_by not in {None, attempt.person}:
            self.rung_late.append(leg.attempt)
        if ticket.acknowledged_by is None:
            self._count_doubles(leg, attempt)
            self.placed.append((leg, attempt, ticket))

    def _count_doubles(self, leg: ScriptedLeg, attempt: AttemptRecord) -> None:
        for before, tried, _ in self.placed:
            if (tried.ticket, tried.round, tried.phone) == (attempt.ticket, attempt.round, attempt.phone):
                # Excepted: a crash came between request and record, no report named the leg, nobody can find it.
                unknown = before.unrecorded and not before.told
                unseen = not before.is_live or leg.dialled_by is not None
                excepted = unknown and unseen
                assert excepted, f"{attempt.phone} rings twice in round {attempt.round}"
                self.counted_doubles += 1
