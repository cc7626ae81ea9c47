"""Webhooks: what a request of a call costs and how many a machine answers, against a route that does nothing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from bench.callers import Callers, callers_on_hold, new_sid
from bench.figures import Figure, Goal
from bench.load import Answers, Load
from bench.plain import plain_server
from bench.service import KINDS, Database, Service, new_database

TITLE = "Webhooks, against a Flask route that returns fixed TwiML on the same gunicorn"

AT_ONCE = 8
"""Requests under way at once when throughput is taken: enough that the server never waits for the client."""

FIXED, SIGNED = "fixed route", "fixed route, signature checked"
STORED = "fixed route, signature checked, one row stored"
PLAIN = {FIXED: (), SIGNED: ("--signed",), STORED: ("--signed", "--stored")}
"""What ours stand against, and how it is started. Nothing that stores what it was told can be quicker than the last."""

ANSWER, KEY, HOLD = "answer", "key press that is written", "turn on hold"
SHARE = {ANSWER: 1 / 2, KEY: 1 / 3, HOLD: 1 / 2}
"""What part of the signed fixed route each kind of request is to reach."""

CALLS_AT_ONCE = (1, 10, 50, 200)
SLOWEST_AT_50 = 15_000 / 100
"""Milliseconds: a hundredth of the time after which the carrier gives up."""


@dataclass(frozen=True)
class Taken:
    """One run of one side."""

    answers: Answers
    cpu_ms: float
    database_ms: float


@dataclass(frozen=True)
class Side:
    """Something that is measured: the requests of one run, who answers them, and what that has cost so far."""

    requests: Callable[[], Sequence[bytes]]
    port: int
    cpu_seconds: Callable[[], float]


class Bench:
    """A service and the plain routes side by side, on one kind of database."""

    def __init__(self, kind: str, requests: int) -> None:
        """`requests` is how many are sent in one run."""
        self.kind, self._count = kind, requests
        self._open = ExitStack()
        self._database: Database = self._open.enter_context(new_database(kind))
        self._service = self._open.enter_context(Service(self._database.url, web_processes=None))
        self._service.start()
        self._load = self._open.enter_context(Load())
        self._callers = Callers(self._service)
        self._waiting = callers_on_hold(self._service.engine, 20)
        self._answered: list[str] = []
        self.sides = self._sides()

    def close(self) -> None:
        """Stop everything."""
        self._open.close()

    def _sides(self) -> dict[str, Side]:
        environment = self._service.environment()
        plain = {name: self._open.enter_context(plain_server(environment, *options)) for name, options in PLAIN.items()}
        ours = {ANSWER: self._answers, KEY: self._keys, HOLD: self._holds}
        return {
            **{name: Side(self._answers_unheard, one.port, one.cpu_seconds) for name, one in plain.items()},
            **{
                name: Side(requests, self._service.port, self._service.web_cpu_seconds)
                for name, requests in ours.items()
            },
        }

    def _answers_unheard(self) -> Sequence[bytes]:
        return [self._callers.answer(new_sid()) for _ in range(self._count)]

    def _answers(self) -> Sequence[bytes]:
        """Each a call of its own; the next key presses come from these calls."""
        self._answered = [new_sid() for _ in range(self._count)]
        return [self._callers.answer(sid) for sid in self._answered]

    def _keys(self) -> Sequence[bytes]:
        return [self._callers.first_key(sid) for sid in self._answered]

    def _holds(self) -> Sequence[bytes]:
        turns = [self._callers.on_hold(sid, phone) for sid, phone in self._waiting.items()]
        return [turns[n % len(turns)] for n in range(self._count)]

    def take(self, name: str, at_once: int = AT_ONCE) -> Taken:
        """One run of one side."""
        side = self.sides[name]
        requests = side.requests()
        cpu, database = side.cpu_seconds(), self._database.cpu_seconds()
        answers = self._load.send(side.port, requests, at_once)
        assert set(answers.statuses) == {200}, f"{name}: {answers.statuses}"
        each = 1000 / len(requests)
        return Taken(answers, (side.cpu_seconds() - cpu) * each, (self._database.cpu_seconds() - database) * each)


def measure(runs: int, quick: bool) -> Iterator[Figure]:
    """All figures, on SQLite and on PostgreSQL."""
    for kind in KINDS:
        bench = Bench(kind, 100 if quick else 2000)
        try:
            for name in bench.sides:
                bench.take(name)  # connections, caches and templates are there when it counts
            taken = [{name: bench.take(name) for name in bench.sides} for _ in range(runs)]
            yield from ratios(kind, taken)
            yield from costs(kind, taken)
            for at_once in CALLS_AT_ONCE:
                yield from waits(kind, at_once, [bench.take(ANSWER, at_once) for _ in range(runs)])
        finally:
            bench.close()


def ratios(kind: str, taken: Sequence[dict[str, Taken]]) -> Iterator[Figure]:
    """What part of the plain routes' throughput our requests reach, by the clock and by CPU time, run by run."""
    for name, share in SHARE.items():
        for plain, goal in ((SIGNED, Goal(at_least=share)), (STORED, None), (FIXED, None)):
            by_clock = tuple(run[name].answers.per_second / run[plain].answers.per_second for run in taken)
            yield Figure(f"{kind}: {name}, requests a second against: {plain}", "", by_clock, goal)
            by_cpu = tuple(run[plain].cpu_ms / run[name].cpu_ms for run in taken)
            yield Figure(f"{kind}: {name}, requests for the same CPU against: {plain}", "", by_cpu, goal)


def costs(kind: str, taken: Sequence[dict[str, Taken]]) -> Iterator[Figure]:
    """What each side costs in itself on this machine."""
    for name in taken[0]:
        runs = [run[name] for run in taken]
        yield Figure(f"{kind}: {name}", "requests a second", tuple(run.answers.per_second for run in runs))
        yield Figure(f"{kind}: {name}, CPU of the web server", "ms", tuple(run.cpu_ms for run in runs))
        if median(run.database_ms for run in runs):
            yield Figure(f"{kind}: {name}, CPU of the database", "ms", tuple(run.database_ms for run in runs))


def waits(kind: str, at_once: int, taken: Sequence[Taken]) -> Iterator[Figure]:
    """How long callers wait for an answer when so many requests are under way all the time."""
    for share, words in ((0.5, "half within"), (0.99, "99 of 100 within"), (1, "the slowest")):
        found = tuple(run.answers.within(share) * 1000 for run in taken)
        goal = Goal(at_most=SLOWEST_AT_50) if (at_once, share) == (50, 0.99) else None
        yield Figure(f"{kind}: {ANSWER}, {at_once} at once, {words}", "ms", found, goal)
