"""From the key press that decides to the request that rings the engineer: idle, and under a storm of other callers."""

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.figures import Figure, Goal
from bench.made import LINE, configuration, mobile
from bench.service import KINDS
from bench.stand import Stand, stand
from bench.world import Caller, Engineers, Report

TITLE = "From the verdict to the first ring"

ENGINEERS = Engineers(rings=0.5, listens=0.5, talks=0.5)
"""They are soon free again: whom a call finds busy is not what is measured."""

APART = 1.3
"""Seconds between two measured calls, and no multiple of any interval at which something is looked for."""

STORM_PER_SECOND = 1000 / 60
PATIENCE = 120
PARTNERS = 1000


def measured(count: int) -> list[Caller]:
    """Callers who page alone, one after the other, at instants that nothing else keeps time with."""
    chance = random.Random(7)
    return [
        Caller(mobile(one), LINE, ("3", "1"), at=2 + one * APART + chance.random(), listens=0.3, speaks=1, stays=20)
        for one in range(count)
    ]


def storm(first: int, seconds: float) -> list[Caller]:
    """A thousand callers a minute with the same outage, for so many seconds."""
    count = min(round(seconds * STORM_PER_SECOND), PARTNERS - first)
    return [
        Caller(mobile(first + one), LINE, ("1",), at=one / STORM_PER_SECOND, listens=3, speaks=4, stays=15)
        for one in range(count)
    ]


def waits(report: Report, numbers: set[str]) -> list[float]:
    """For each of these callers, the seconds from the key press to the first ring for their ticket."""
    first: dict[int, float] = {}
    for rung in report.rung:
        first[rung.ticket] = min(rung.at, first.get(rung.ticket, rung.at))
    asked = [heard for heard in report.callers if heard.number in numbers]
    lost = [heard for heard in asked if heard.ticket not in first]
    if lost:
        raise RuntimeError(f"nobody was rung for {lost}")
    return [first[heard.ticket] - heard.key_at for heard in asked]


def once(on: Stand, count: int, stormy: bool) -> list[float]:
    """The waits of so many calls."""
    callers = measured(count)
    others = storm(count, callers[-1].at) if stormy else []
    report = on.carrier.play(on.service.public_url, [*callers, *others], ENGINEERS, PATIENCE)
    on.close_tickets()
    return waits(report, {caller.number for caller in callers})


def measure(runs: int, quick: bool) -> Iterator[Figure]:
    """On both databases; as many web processes as each has by itself, and one worker, at their real pace."""
    count = 3 if quick else 15
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder, stand(kind, configuration(Path(folder), PARTNERS, 20)) as on:
            for stormy, name in ((False, "idle"), (True, "in a storm of 1,000 calls a minute")):
                found = [once(on, count, stormy) for _ in range(runs)]
                note = f"{count} calls in each run"
                yield Figure(
                    f"verdict to first ring, {kind}, {name}: median",
                    "s",
                    tuple(median(run) for run in found),
                    Goal(at_most=0.15),
                    note,
                )
                worst = max(max(run) for run in found)
                yield Figure(
                    f"verdict to first ring, {kind}, {name}: worst", "s", (worst,), Goal(at_most=1), "of all calls"
                )
