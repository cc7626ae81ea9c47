"""Gunicorn's worker classes: what the web server answers with each, and whom requests that wait hold up."""

import sys
import time
from collections.abc import Iterator

import click
from sqlalchemy import select, text

from bench.callers import Callers, new_sid
from bench.figures import Figure
from bench.load import Answers, Load
from bench.service import Service, new_database
from ivr.commands.run import gunicorn_options
from ivr.settings import read_settings
from ivr.store.tables import calls
from ivr.watch.logs import log_to_stderr
from ivr.web import Server

TITLE = "Gunicorn's worker classes, on PostgreSQL"

THREADS, SYNC = "gthread", "sync"
CLASSES = ((THREADS, 2, 6), (SYNC, 2, 1), (SYNC, 4, 1), (SYNC, 12, 1))
"""Class, processes, threads of each: ours, then as many processes, twice as many, and one for each of our threads."""

AT_ONCE, MANY = 8, 50
HELD, HELD_SECONDS = 4, 2.0
"""So many requests wait for a lock that is held for so long: shorter than they have patience."""

LOOKS_SECONDS = 0.02


class ClassService(Service):
    """A service whose web server runs with a class of gunicorn's."""

    def __init__(self, url: str, name: str, processes: int, threads: int) -> None:
        """So many processes of this class, with so many threads each."""
        super().__init__(url)
        self._options = (name, str(processes), str(threads))
        self.slots = processes * threads

    def command(self) -> list[str]:
        """This module, which is a web server when it is run."""
        return [sys.executable, "-m", "bench.classes", *self._options]


def measure(runs: int, quick: bool) -> Iterator[Figure]:
    """All figures of one class, then those of the next."""
    for name, processes, threads in CLASSES:
        title = f"{name}, {processes} processes" + (f" of {threads} threads" if threads > 1 else "")
        with (
            new_database("postgresql") as database,
            ClassService(database.url, name, processes, threads) as service,
            Load() as load,
        ):
            service.start()
            calling = Calling(service, load, 100 if quick else 2000)
            for one in calling.figures(runs, may_keep=name == THREADS):
                yield Figure(f"{title}: {one.name}", one.unit, one.runs)


class Calling:
    """Calls that come in, at one service."""

    def __init__(self, service: ClassService, load: Load, requests: int) -> None:
        """The service runs; `requests` are sent in one run."""
        self._service, self._load, self._requests = service, load, requests
        self._callers = Callers(service)

    def figures(self, runs: int, may_keep: bool) -> Iterator[Figure]:
        """As many as it can answer, fifty at once, and beside requests that wait. `may_keep`: connections stay open."""
        self._take(AT_ONCE)  # connections and caches are there when it counts
        for words, kept in (("a connection for each", False), ("connections kept", True))[: 1 + may_keep]:
            taken = [self._take(AT_ONCE, kept) for _ in range(runs)]
            yield Figure(words, "requests a second", tuple(answers.per_second for answers, _ in taken))
            yield Figure(f"{words}, CPU", "ms", tuple(cpu for _, cpu in taken))
        many = tuple(self._take(MANY)[0].within(0.99) * 1000 for _ in range(runs))
        yield Figure(f"{MANY} at once, 99 of 100 within", "ms", many)
        beside = tuple(self._beside_waiting() for _ in range(runs))
        yield Figure(f"the slowest of {AT_ONCE}, while {HELD} wait {HELD_SECONDS:g} s for a lock", "ms", beside)
        yield Figure("memory", "MB", (self._service.web_memory() / 1e6,))

    def _take(self, at_once: int, kept: bool = False) -> tuple[Answers, float]:
        """One run, and what each request took of the web server's CPU, in milliseconds."""
        before = self._service.web_cpu_seconds()
        answers = self._load.send(self._service.port, self._answers(self._requests), at_once, kept=kept)
        return answers, (self._service.web_cpu_seconds() - before) * 1000 / self._requests

    def _answers(self, count: int) -> list[bytes]:
        return [self._callers.answer(new_sid()) for _ in range(count)]

    def _beside_waiting(self) -> float:
        """How long the slowest of some calls waits (ms) while other callers' answers wait to be written."""
        stuck, port = [new_sid() for _ in range(HELD)], self._service.port
        self._load.send(port, [self._callers.answer(sid) for sid in stuck], HELD)
        keys = [self._callers.first_key(sid) for sid in stuck]
        with Load() as others, self._service.engine.connect() as holder:
            holder.execute(select(calls.c.sid).where(calls.c.sid.in_(stuck)).with_for_update())
            waiting = others.begin(port, keys, HELD)
            self._wait_until_stuck(min(HELD, self._service.slots))
            calling = self._load.begin(port, self._answers(AT_ONCE), AT_ONCE)
            time.sleep(HELD_SECONDS)
            holder.rollback()
            waiting.result()
        return calling.result().within(1) * 1000

    def _wait_until_stuck(self, how_many: int) -> None:
        """Until so many statements wait for a lock. Raises TimeoutError when they do not, while it is held."""
        query = text("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
        deadline = time.monotonic() + HELD_SECONDS
        while time.monotonic() < deadline:
            with self._service.engine.connect() as connection:
                if connection.execute(query).scalar_one() >= how_many:
                    return
            time.sleep(LOOKS_SECONDS)
        raise TimeoutError("the requests that were to wait for a lock do not")


@click.command()
@click.argument("name")
@click.argument("processes", type=int)
@click.argument("threads", type=int)
def main(name: str, processes: int, threads: int) -> None:
    """Run the web server with a class of gunicorn's, in the environment of a service."""
    log_to_stderr()
    options = {"worker_class": name, "workers": processes, "threads": threads}
    Server({**gunicorn_options(read_settings()), **options}).run()


if __name__ == "__main__":
    main()
