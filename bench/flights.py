"""Escalations without callers: as many in flight as wanted, each at a phone of its own, and what they cost."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text

from bench.carrier import LeanCarrier
from bench.counted import COUNTS
from bench.made import LINE, configuration, duty_phone, policy
from bench.progress import say
from bench.service import Database, new_database
from bench.stand import CalledService
from bench.world import Engineers
from ivr.house import House, build_house
from ivr.paging.incidents import begin_page
from ivr.paging.pager import escalation_id
from ivr.settings import Settings
from ivr.store import tables
from ivr.store.attempts import AttemptRecord
from ivr.store.tickets import insert_ticket
from routing.escalation import Outcome
from routing.screening import Symptom
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState

HOUR, SOON, RING_SECONDS = 3600, 5, 20
AT_ONCE = 500
LOOKS_SECONDS = 0.1
PATIENCE = 900
FIRST_TICKET = 100_001
PAGES: dict[str, Any] = {"state": TicketState.PAGING, "escalation": 1}
RESTS_SECONDS = 60
"""Each escalation that waits asks the database once a minute by itself, should a notification have been lost."""


class CountedService(CalledService):
    """A service whose workers count their statements."""

    def start_worker(self) -> None:
        """Start one more worker, with a file of its own for its counts."""
        folder = self.log.parent
        environment = {**self.environment(), COUNTS: str(folder / f"counts-{len(self.workers)}")}
        with self.log.open("ab") as output:
            command = [sys.executable, "-m", "bench.counted"]
            self.workers.append(
                subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
            )

    def statements(self) -> tuple[int, int]:
        """The statements so far of all workers: of workflows, and of upkeep. RuntimeError when one does not tell."""
        paths = [self.log.parent / f"counts-{position}" for position in range(len(self.workers))]
        for path, worker in zip(paths, self.workers, strict=True):
            path.unlink(missing_ok=True)
            os.kill(worker.pid, signal.SIGUSR1)
        until = time.monotonic() + PATIENCE
        while not all(path.exists() for path in paths):
            if time.monotonic() > until:
                raise RuntimeError("a worker did not tell its statements: it has ended, or is too busy")
            time.sleep(0.01)
        own, upkeep = zip(*(map(int, path.read_text().split()) for path in paths), strict=True)
        return sum(own), sum(upkeep)


@dataclass(frozen=True)
class Cost:
    """What so many seconds, or so many escalations, took."""

    seconds: float
    worker_cpu: float
    database_cpu: float
    own: int
    upkeep: int

    @property
    def cpu(self) -> float:
        """CPU seconds of worker and database."""
        return self.worker_cpu + self.database_cpu


class Flights:
    """The service, the phones, and the way to begin escalations."""

    def __init__(self, service: CountedService, database: Database) -> None:
        """The service runs."""
        self.service, self._database = service, database
        environment = service.environment()
        self._house: House = build_house(
            Settings.model_validate(
                {
                    "database_url": database.url,
                    "public_url": environment["NIGHTLINE_PUBLIC_URL"],
                    "account_sid": environment["TWILIO_ACCOUNT_SID"],
                    "auth_token": environment["TWILIO_AUTH_TOKEN"],
                    "now": environment["NIGHTLINE_NOW"],
                }
            )
        )
        self._numbers = count(FIRST_TICKET)

    def begin(self, phones: Sequence[int]) -> list[int]:
        """Tickets that page, each at one of these phones; their numbers."""
        numbers = []
        for start in range(0, len(phones), AT_ONCE):
            with self._house.engine.begin() as connection:
                known, at = self._house.configuration.current(connection), self._house.clock()
                for phone in phones[start : start + AT_ONCE]:
                    ticket = ticket_for(next(self._numbers), f"duty-{phone}", self._house)
                    insert_ticket(connection, ticket)
                    begin_page(connection, self._house.pager, known, ticket, at)
                    numbers.append(ticket.number)
        return numbers

    def begin_tried(self, phones: Sequence[int]) -> list[int]:
        """Tickets that page, each after its phone was rung and found busy, written all at once; their numbers."""
        at = self._house.clock()
        new = [replace(ticket_for(next(self._numbers), f"duty-{phone}", self._house), **PAGES) for phone in phones]
        busy = [found_busy(one.number, duty_phone(phone), at) for one, phone in zip(new, phones, strict=True)]
        with self._house.engine.begin() as connection:
            connection.execute(insert(tables.tickets), [asdict(one) for one in new])
            connection.execute(insert(tables.attempts), [asdict(one) for one in busy])
            for one in new:
                self._house.pager.escalate(connection, one.number, 1)
        return [one.number for one in new]

    def fill(self, phones: Sequence[int]) -> None:
        """So many more in flight: each finds that its phone was busy, and waits an hour for the next round.

        What a phone costs is measured elsewhere; ringing ten thousand of them first would take half an hour.
        """
        before: Sequence[int] = ()
        for start in range(0, len(phones), AT_ONCE):
            numbers = self.begin_tried(phones[start : start + AT_ONCE])
            self._wait_for(self._waiting, before)
            before = numbers
            say(f"{start + len(numbers):,} of {len(phones):,} more escalations wait")
        self._wait_for(self._waiting, before)

    def fly(self, phones: Sequence[int]) -> Cost:
        """Escalations from the beginning to the end: each phone is answered, and key 1 pressed."""
        before = self.cost()
        numbers = self.begin(phones)
        self._wait_for(self._landed, numbers)
        return minus(self.cost(), before)

    def upkeep(self) -> Cost:
        """What a minute costs in which nothing happens."""
        before = self.cost()
        time.sleep(RESTS_SECONDS)
        return minus(self.cost(), before)

    def cost(self) -> Cost:
        """Everything so far."""
        own, upkeep = self.service.statements()
        worker, database = self.service.worker_cpu_seconds(), self._database.cpu_seconds()
        return Cost(time.monotonic(), worker, database, own, upkeep)

    def _waiting(self, numbers: Sequence[int]) -> int:
        known = tables.tickets.c
        query = select(func.count()).where(known.number.in_(numbers), known.round >= 2)
        with self._house.engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def _landed(self, numbers: Sequence[int]) -> int:
        query = text("select count(*) from dbos.workflow_status where status = 'SUCCESS' and workflow_uuid = any(:ids)")
        with self._house.engine.connect() as connection:
            return int(connection.execute(query, {"ids": [escalation_id(one, 1) for one in numbers]}).scalar_one())

    def _wait_for(self, how_many: Callable[[Sequence[int]], int], numbers: Sequence[int]) -> None:
        until = time.monotonic() + PATIENCE
        while (so_far := how_many(numbers)) < len(numbers):
            if time.monotonic() > until:
                raise RuntimeError(f"{len(numbers) - so_far} of {len(numbers)} escalations did not get there")
            time.sleep(LOOKS_SECONDS)


def minus(after: Cost, before: Cost) -> Cost:
    """The difference of two readings."""
    return Cost(*(getattr(after, name) - getattr(before, name) for name in Cost.__dataclass_fields__))


def ticket_for(number: int, policy_key: str, house: House) -> Ticket:
    """A Critical ticket with a policy of its own, and nobody on a line."""
    return Ticket(
        number=number,
        call=None,
        region="us",
        partner=None,
        partner_name="Partner",
        class_of_service=ClassOfService.CRITICAL,
        symptom=Symptom.BUSINESS,
        article="16.3",
        answers={},
        caller="",
        called=LINE,
        pbx="",
        verified=True,
        state=TicketState.OPEN,
        opened_at=house.clock(),
        policy=policy_key,
    )


def found_busy(ticket: int, phone: str, at: datetime) -> AttemptRecord:
    """An attempt at a duty phone that has ended before its escalation looks for the first time."""
    return AttemptRecord(
        id=f"{ticket}-1",
        ticket=ticket,
        position=1,
        round=1,
        person=phone,
        name="the duty phone",
        because="duty phone",
        phone=phone,
        ring_seconds=RING_SECONDS,
        decided_at=at,
        tried_at=at,
        placed_at=at,
        ended_at=at,
        outcome=Outcome.BUSY,
        leg=f"CA{ticket:032x}",
    )


@contextmanager
def flights(silent: int, answered: int, workers: int = 1) -> Iterator[Flights]:
    """A running service on PostgreSQL, with so many phones that are always busy and others that are answered."""
    pauses = [HOUR] * silent + [SOON] * answered  # an answered one whose key came too late is rung again soon
    more = [
        policy(f"duty-{phone}", [f"phone:{duty_phone(phone)}"], RING_SECONDS, repeat=1, pause_seconds=pause)
        for phone, pause in enumerate(pauses)
    ]
    with tempfile.TemporaryDirectory() as folder, new_database("postgresql") as database, LeanCarrier() as carrier:
        config = configuration(Path(folder), 0, 1, more=more)
        with CountedService(database.url, carrier, config, web_processes=1, workers=workers) as service:
            service.start()
            busy = frozenset(duty_phone(phone) for phone in range(silent))
            people = Engineers(rings=0.2, listens=0.2, leaves=True, busy=busy)
            carrier.play(service.public_url, [], people, 0)
            yield Flights(service, database)
