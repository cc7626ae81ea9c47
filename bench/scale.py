"""Scaling out: more web processes, more workers, and more escalations in flight, on one PostgreSQL."""

from collections.abc import Iterator
from statistics import median
from time import monotonic

from bench.callers import Callers, callers_on_hold, new_sid
from bench.figures import Figure, Goal
from bench.flights import Cost, Flights, flights
from bench.load import Load
from bench.progress import say
from bench.service import Service, new_database

TITLE = "Scaling out on one PostgreSQL"

WEB_PROCESSES, WORKERS = (1, 2, 4), (1, 2)
IN_FLIGHT, QUICK_IN_FLIGHT = (10, 1_000, 10_000), (10, 50)
AT_ONCE = 16
BATCH, QUICK_BATCH = 50, 5
FLAT = 1.2
BUSY = 0.8
"""Of the one core that a worker has, taken by upkeep: what one more escalation costs cannot be told from it then."""


def measure(runs: int, quick: bool) -> Iterator[Figure]:
    """Everything, one after the other."""
    yield from of_web_processes(runs, 100 if quick else 2000)
    yield from of_workers(runs, QUICK_BATCH if quick else 2 * BATCH)
    yield from in_flight(runs, QUICK_IN_FLIGHT if quick else IN_FLIGHT, QUICK_BATCH if quick else BATCH)


def of_web_processes(runs: int, requests: int) -> Iterator[Figure]:
    """Half of the requests are calls that come in, half turns on hold."""
    first: tuple[float, ...] = ()
    for processes in WEB_PROCESSES:
        say(f"web processes: {processes}")
        with (
            new_database("postgresql") as database,
            Service(database.url, web_processes=processes) as service,
            Load() as load,
        ):
            service.start()
            mix = Mix(service)
            load.send(service.port, mix.requests(requests // 4), AT_ONCE)  # connections and caches are there then
            rates = tuple(load.send(service.port, mix.requests(requests), AT_ONCE).per_second for _ in range(runs))
        yield Figure(f"webhooks, web processes: {processes}", "a second", rates)
        first = first or rates
        yield Figure(f"webhooks, web processes: {processes}, against 1", "", ratios(rates, first))


class Mix:
    """Requests of one service: half of them calls that come in, half turns on hold."""

    def __init__(self, service: Service) -> None:
        """Callers wait on hold from now on."""
        self._callers, self._waiting = Callers(service), callers_on_hold(service.engine, 20)

    def requests(self, count: int) -> list[bytes]:
        """So many, by turns."""
        turns = [self._callers.on_hold(sid, phone) for sid, phone in self._waiting.items()]
        holds = (turns[one % len(turns)] for one in range(count // 2))
        return [one for hold in holds for one in (hold, self._callers.answer(new_sid()))]


def of_workers(runs: int, count: int) -> Iterator[Figure]:
    """So many escalations begun at once, until the last one has ended."""
    first: tuple[float, ...] = ()
    for workers in WORKERS:
        say(f"workers: {workers}, {runs + 1} times {count} escalations")
        with flights(0, count, workers) as on:
            on.fly(range(count))
            rates = tuple(escalations_a_second(on, count) for _ in range(runs))
        yield Figure(f"escalations, workers: {workers}", "a second", rates, note=f"{count} begun at once")
        first = first or rates
        yield Figure(f"escalations, workers: {workers}, against 1", "", ratios(rates, first))


def escalations_a_second(on: Flights, count: int) -> float:
    """From the first ticket to the last end."""
    began = monotonic()
    on.fly(range(count))
    return count / (monotonic() - began)


def in_flight(runs: int, sizes: tuple[int, ...], batch: int) -> Iterator[Figure]:
    """What an escalation costs while others wait, and what those that wait cost by themselves."""
    with flights(sizes[-1], batch) as on:
        phones = range(sizes[-1], sizes[-1] + batch)
        on.fly(phones)
        empty, filled = on.service.worker_memory(), 0
        first: tuple[tuple[float, ...], tuple[float, ...]] | None = None
        for size in sizes:
            on.fill(range(filled, size))
            filled = size
            held = (on.service.worker_memory() - empty) / 1e6
            yield Figure(f"{size:,} that wait: memory of the worker beyond that of none", "MB", (held,))
            idle = on.upkeep()
            share = idle.cpu / idle.seconds
            yield Figure(f"{size:,} that wait: share of a core that worker and database take", "", (share,))
            if idle.worker_cpu / idle.seconds > BUSY:
                say(f"{size:,} that wait leave the worker no time that could be told apart")
                continue
            say(f"{runs} times {len(phones)} escalations while {size:,} wait")
            cpu, own = zip(*(one_batch(on, phones, idle) for _ in range(runs)), strict=True)
            first = first or (cpu, own)
            name = f"escalation while {size:,} wait"
            goal = Goal(at_most=FLAT)
            yield Figure(f"{name}: CPU of worker and database", "ms", tuple(1000 * one for one in cpu))
            yield Figure(f"{name}: CPU against {sizes[0]}", "", ratios(cpu, first[0]), goal)
            yield Figure(f"{name}: statements of the worker", "", own)
            yield Figure(f"{name}: statements against {sizes[0]}", "", ratios(own, first[1]), goal)


def one_batch(on: Flights, phones: range, idle: Cost) -> tuple[float, float]:
    """CPU seconds and statements of one escalation; what those that wait cost in that time is taken off.

    What the database does for this benchmark itself (tickets are written, ends are looked for) is in it.
    """
    flown = on.fly(phones)
    share = flown.seconds / idle.seconds
    return (flown.cpu - share * idle.cpu) / len(phones), (flown.own - share * idle.own) / len(phones)


def ratios(values: tuple[float, ...], first: tuple[float, ...]) -> tuple[float, ...]:
    """Each against the median of the first."""
    return tuple(value / median(first) for value in values)
