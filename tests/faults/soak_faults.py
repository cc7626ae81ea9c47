"""The faults of a soak: processes killed, PostgreSQL stopped and locked, a carrier that fails, reports gone astray."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from ivr.rehearsal.stage import Stage

TABLES = ("tickets", "attempts", "calls", "answers", "ticket_log", "counters", "workers")


HANGS = timedelta(seconds=6)
"""How long the API takes to do what it was asked for: longer than anybody waits for it."""

FAULT_ENDS = 90
"""Seconds in which any fault is over, the start of every process included."""


@dataclass(frozen=True)
class Happened:
    """A fault that was injected. Instants are UTC."""

    kind: str
    began: datetime
    ended: datetime


class Faults:
    """Two threads of them: one breaks processes and the database, the other what the carrier does."""

    def __init__(self, stage: Stage, server: Any, seed: int, log: Path) -> None:
        """`server` is the PostgreSQL server of this soak alone; the second worker writes to `log`."""
        self._stage, self._server, self._log = stage, server, log
        self._processes, self._network = random.Random(f"{seed}-processes"), random.Random(f"{seed}-network")
        self.happened: list[Happened] = []
        self.broken: list[str] = []
        self.restarted = 0
        self._stop, self._one_at_a_time = threading.Event(), threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to break things."""
        self._house = (self.web_killed, self.worker_killed, self.all_killed, self.database_stopped, self.tables_locked)
        carrier = (self.api_refuses, self.api_hangs, self.reports_lost, self.reports_doubled)
        for chance, kinds, pause in ((self._processes, self._house, (2, 7)), (self._network, carrier, (1, 5))):
            thread = threading.Thread(target=self._break_things, args=[chance, kinds, pause], daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """The fault that is under way ends, and no other begins."""
        self._stop.set()
        for thread in self._threads:
            thread.join(FAULT_ENDS)

    def _break_things(
        self, chance: random.Random, kinds: tuple[Callable[[random.Random], None], ...], pause: tuple[float, float]
    ) -> None:
        while not self._stop.wait(chance.uniform(*pause)):
            kind, began = chance.choice(kinds), datetime.now(UTC)
            try:
                with self._one_at_a_time if kinds is self._house else nullcontext():
                    kind(chance)
            except Exception as error:
                self.broken.append(f"{kind.__name__}: {error}")
            after = HANGS if kind == self.api_hangs else timedelta(0)
            self.happened.append(Happened(kind.__name__.replace("_", " "), began, datetime.now(UTC) + after))

    # The second paging worker

    def start_worker(self) -> None:
        """A paging worker beside the one that `serve` started."""
        with self._log.open("ab") as output:
            self._worker = subprocess.Popen(
                [sys.executable, "-m", "ivr", "worker"],
                env=self._stage.environment(),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def kill_worker(self) -> None:
        """The second paging worker is gone, without a word."""
        if self._worker is not None:
            self._worker.kill()
            self._worker.wait()

    # Processes and the database

    def watch(self) -> None:
        """What any machine's supervisor does: a process that ended by itself is started again."""
        with self._one_at_a_time:
            if self._worker is not None and self._worker.poll() is not None:
                self.restarted += 1
                self.start_worker()
            if self._stage.service is not None and self._stage.service.poll() is not None:
                self.restarted += 1
                self._stage.start_service()

    def web_killed(self, chance: random.Random) -> None:
        """One of gunicorn's processes; gunicorn starts another."""
        service = self._stage.service
        assert service is not None
        web = [child for parent in children(service.pid) for child in children(parent)]
        if web:
            os.kill(chance.choice(web), signal.SIGKILL)

    def worker_killed(self, chance: random.Random) -> None:
        """The second worker; for a while there is only one."""
        self.kill_worker()
        time.sleep(chance.uniform(0, 7))
        self.start_worker()

    def all_killed(self, chance: random.Random) -> None:
        """Every process at once, and all come back."""
        self.kill_worker()
        self._stage.stop_service(kill=True)
        time.sleep(chance.uniform(0, 3))
        self._stage.start_service()
        self.start_worker()

    def database_stopped(self, chance: random.Random) -> None:
        """PostgreSQL dies at once, as in a power cut, or shuts down and throws everybody out."""
        if chance.random() < 0.5:
            os.kill(self._server.get_pid(), signal.SIGQUIT)
            while (self._server.pgdata / "postmaster.pid").exists():
                time.sleep(0.05)
        else:
            self._server.stop()
        time.sleep(chance.uniform(0.5, 8))
        self._server.start()

    def tables_locked(self, chance: random.Random) -> None:
        """Somebody holds a lock on a table for longer than a webhook waits, or not quite so long."""
        engine = create_engine(self._stage.database_url)
        with engine.connect() as connection:
            connection.execute(text(f"lock table {chance.choice(TABLES)} in access exclusive mode"))
            time.sleep(chance.uniform(1, 5))
            connection.rollback()
        engine.dispose()

    # The carrier

    def api_refuses(self, chance: random.Random) -> None:
        """The REST API is down, or throttles."""
        answer = chance.choice([(503, 20503), (429, 20429)])
        self._stage.carrier.fail_rest = lambda _method, _path: answer
        self._for_a_while(chance, 1, 6)
        self._stage.carrier.fail_rest = lambda _method, _path: None

    def api_hangs(self, chance: random.Random) -> None:
        """The REST API answers after the service has lost its patience; what was asked is done all the same."""

        def hang(_method: str, _path: str) -> None:
            time.sleep(HANGS.total_seconds())

        self._stage.carrier.fail_rest = hang
        self._for_a_while(chance, 1, 4)
        self._stage.carrier.fail_rest = lambda _method, _path: None

    def reports_lost(self, chance: random.Random) -> None:
        """A part of the carrier's reports never comes."""
        self._stage.carrier.callbacks.drop = lambda _params: chance.random() < 0.4
        self._for_a_while(chance, 1, 5)
        self._stage.carrier.callbacks.drop = lambda _params: False

    def reports_doubled(self, chance: random.Random) -> None:
        """Reports come twice, and in any order."""
        callbacks = self._stage.carrier.callbacks
        callbacks.duplicate = callbacks.reorder = True
        self._for_a_while(chance, 2, 8)
        callbacks.duplicate = callbacks.reorder = False

    def _for_a_while(self, chance: random.Random, least: float, most: float) -> None:
        self._stop.wait(chance.uniform(least, most))


def children(pid: int) -> list[int]:
    """The processes that a process of ours started."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
