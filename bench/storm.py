"""A storm: 1,000 callers within a minute with the same outage, 20 with troubles of their own; what becomes of each."""

import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.figures import Figure, Goal
from bench.made import LINE, configuration, mobile
from bench.processes import cpu_seconds
from bench.service import KINDS
from bench.stand import Stand, stand
from bench.world import Caller, Engineers, Report
from ivr.store.tickets import list_tickets
from routing.screening import Symptom
from routing.tickets import Ticket

TITLE = "A storm of callers"

MINUTE = 60.0
ENGINEERS = Engineers(rings=3, listens=3, talks=10)
LOOKS_SECONDS = 0.5
PATIENCE = 300
OWN_TROUBLES = (("2", "1"), ("3", "1"))
"""Keys of those who have troubles of their own: calls that drop, business that stands still."""


@dataclass
class Peak:
    """The most memory that was held, in bytes, as far as somebody looked twice a second."""

    web: int = 0
    worker: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def watch(self, on: Stand) -> None:
        """Look until `stop`."""
        while not self._over.wait(LOOKS_SECONDS):
            self.web = max(self.web, on.service.web_memory())
            self.worker = max(self.worker, on.service.worker_memory())

    def stop(self) -> None:
        """Enough."""
        self._over.set()


@dataclass(frozen=True)
class Storm:
    """What became of one storm."""

    report: Report
    tickets: dict[str, Ticket]
    own: frozenset[str]
    peak: Peak
    cpu: dict[str, float]

    @property
    def lost(self) -> int:
        """Callers without a ticket, and those of whose outage no page tells."""
        return sum(not self._is_served(heard.leg) for heard in self.report.callers)

    def _is_served(self, leg: str) -> bool:
        ticket = self.tickets.get(leg)
        return ticket is not None and (ticket.escalation > 0 or ticket.incident is not None)

    @property
    def unheard(self) -> int:
        """Callers who were not told their ticket's number, or who heard something go wrong."""
        told = {leg: ticket.number for leg, ticket in self.tickets.items()}
        return sum(heard.ticket != told.get(heard.leg) or bool(heard.trouble) for heard in self.report.callers)

    @property
    def shared_pages(self) -> int:
        """Pages for the outage that all others report."""
        return sum(ticket.escalation > 0 and ticket.symptom is Symptom.PLATFORM for ticket in self.tickets.values())

    @property
    def own_unpaged(self) -> int:
        """Of those with troubles of their own, whose engineer was not rung."""
        rung = {one.ticket for one in self.report.rung}
        return sum(heard.number in self.own and heard.ticket not in rung for heard in self.report.callers)

    @property
    def own_unmet(self) -> int:
        """Of those with troubles of their own, who did not speak with an engineer."""
        return sum(heard.number in self.own and not heard.met for heard in self.report.callers)

    @property
    def failures(self) -> int:
        """Webhooks that were answered with an error, or not at all."""
        return sum(one.status >= 400 or one.status == 0 for one in self.report.asked)

    def within(self, share: float) -> float:
        """The seconds within which this share of the webhooks was answered."""
        waits = sorted(one.took for one in self.report.asked)
        return waits[min(int(share * len(waits)), len(waits) - 1)]

    @property
    def callers_share(self) -> float:
        """The part of all CPU time that the callers and the carrier took."""
        return self.cpu["callers"] / sum(self.cpu.values())


def callers(others: int, own: int, seconds: float) -> list[Caller]:
    """So many with the same outage, and among them some with troubles of their own."""
    shared = [Caller(mobile(one), LINE, ("1",), at=one * seconds / others, stays=25) for one in range(others)]
    alone = [
        Caller(mobile(others + one), LINE, OWN_TROUBLES[one % 2], at=(one + 0.5) * seconds / own, stays=120)
        for one in range(own)
    ]
    return [*shared, *alone]


def weather(on: Stand, who: list[Caller], own: frozenset[str]) -> Storm:
    """One storm, and the database after it."""
    peak = Peak()
    watching = threading.Thread(target=peak.watch, args=[on], daemon=True)
    watching.start()
    before = used(on)
    report = on.carrier.play(on.service.public_url, who, ENGINEERS, PATIENCE)
    cpu = {name: seconds - before[name] for name, seconds in used(on).items()}
    peak.stop()
    watching.join()
    with on.service.engine.begin() as connection:
        found = list_tickets(connection, limit=100_000)
    mine = {heard.leg for heard in report.callers}
    on.close_tickets()
    return Storm(report, {t.call: t for t in found if t.call in mine}, own, peak, cpu)


def used(on: Stand) -> dict[str, float]:
    """CPU seconds so far, by who took them."""
    return {
        "web": on.service.web_cpu_seconds(),
        "worker": on.service.worker_cpu_seconds(),
        "database": on.database.cpu_seconds(),
        "callers": cpu_seconds(on.carrier.pid),
    }


def measure(runs: int, quick: bool) -> Iterator[Figure]:
    """On both databases; as many web processes as each has by itself, one worker, and callers in a process apart."""
    others, own, seconds = (50, 4, 10.0) if quick else (1000, 20, MINUTE)
    who = callers(others, own, seconds)
    alone = frozenset(caller.number for caller in who[others:])
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder, stand(kind, configuration(Path(folder), others + own, 25)) as on:
            yield from figures(kind, [weather(on, who, alone) for _ in range(runs)])


def figures(kind: str, storms: list[Storm]) -> Iterator[Figure]:
    """What is told of these storms."""
    none, one = Goal(at_most=0), Goal(at_least=1, at_most=1)

    def figure(name: str, unit: str, values: list[float], goal: Goal | None = None, note: str = "") -> Figure:
        return Figure(f"storm, {kind}: {name}", unit, tuple(values), goal, note)

    yield figure("callers without a ticket that pages or joined", "", [storm.lost for storm in storms], none)
    yield figure("callers not told their ticket", "", [storm.unheard for storm in storms], none)
    yield figure("pages for the shared outage", "", [storm.shared_pages for storm in storms], one)
    yield figure("own troubles whose engineer was not rung", "", [storm.own_unpaged for storm in storms], none)
    yield figure("own troubles that spoke with nobody", "", [storm.own_unmet for storm in storms], none)
    yield figure("webhooks that failed", "", [storm.failures for storm in storms], none)
    yield figure("webhooks", "", [len(storm.report.asked) for storm in storms])
    yield figure("webhook, median", "s", [storm.within(0.5) for storm in storms])
    yield figure("webhook, p99", "s", [storm.within(0.99) for storm in storms])
    yield figure("webhook, worst", "s", [storm.within(1) for storm in storms])
    yield figure("memory of the web server at its peak", "MB", [storm.peak.web / 1e6 for storm in storms])
    yield figure("memory of the worker at its peak", "MB", [storm.peak.worker / 1e6 for storm in storms])
    for who in storms[0].cpu:
        yield figure(f"CPU of the {who}", "s", [storm.cpu[who] for storm in storms])
    yield figure("share of all CPU that is the callers'", "", [storm.callers_share for storm in storms])
