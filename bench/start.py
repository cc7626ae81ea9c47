"""What Nightline takes before and beside calls: seconds to start, memory, and what the carrier charges for a call."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil

from sqlalchemy import func, select

from bench.callers import ITALY, ROSSI, Callers, new_sid
from bench.figures import Figure
from bench.load import Load
from bench.service import EXAMPLE, KINDS, NIGHT, Service, new_database
from ivr.rehearsal.leg import Leg
from ivr.rehearsal.stage import Stage
from ivr.store.tables import workers
from routing.prices import Price, Usage, cost_of, price_at

TITLE = "Start, memory, and the carrier's price of a call"

CALLS, AT_ONCE = 1_000, 8
MEGABYTE = 1 << 20
UP_WITHIN_SECONDS = 60

PACE = 4.0
CONVERSATION_SECONDS = 600
"""What caller and engineer are taken to speak; the rest of a call is measured."""


def measure(runs: int, quick: bool) -> Iterator[Figure]:
    """The command, then each kind of database, then the price of two calls."""
    yield Figure("nightline --help", "s", tuple(seconds_of(show_help) for _ in range(runs)))
    for kind in KINDS:
        yield from starts(kind, runs, 50 if quick else CALLS)
    yield from prices()


def seconds_of(work: Callable[[], object]) -> float:
    """Seconds on the clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def show_help() -> None:
    """The command in a process of its own."""
    subprocess.run([sys.executable, "-m", "ivr", "--help"], check=True, stdout=subprocess.DEVNULL)


def starts(kind: str, runs: int, calls: int) -> Iterator[Figure]:
    """Seconds to ready of the web server and of a worker, and what they hold, before and after calls."""
    with new_database(kind) as database, Service(database.url) as service:
        service.start()
        web, worker, fresh_web, fresh_worker = [], [], [], []
        for _ in range(runs):
            service.stop_service()
            web.append(seconds_of(service.start_service))
            worker.append(seconds_of(lambda: start_worker(service)))
            fresh_web.append(service.web_memory() / MEGABYTE)
            fresh_worker.append(service.worker_memory() / MEGABYTE)
        yield Figure(f"{kind}: web server ready", "s", tuple(web))
        yield Figure(f"{kind}: worker ready", "s", tuple(worker))
        yield Figure(f"{kind}: web server holds, one process", "MB", tuple(fresh_web), note="with gunicorn's own")
        yield Figure(f"{kind}: worker holds", "MB", tuple(fresh_worker))
        take_calls(service, calls)
        yield Figure(f"{kind}: web server after {calls:,} calls", "MB", (service.web_memory() / MEGABYTE,))
        yield Figure(f"{kind}: worker after {calls:,} calls", "MB", (service.worker_memory() / MEGABYTE,))


def start_worker(service: Service) -> None:
    """Start a worker, and wait until it beats. Raises TimeoutError after a minute."""
    service.start_worker()
    deadline = time.monotonic() + UP_WITHIN_SECONDS
    while time.monotonic() < deadline:
        with service.engine.connect() as connection:
            if connection.execute(select(func.count()).select_from(workers)).scalar_one():
                return
        threading.Event().wait(0.02)
    raise TimeoutError("the worker does not beat")


def take_calls(service: Service, number: int) -> None:
    """So many calls that are answered, say that it is a question, and leave a Standard ticket."""
    callers = Callers(service)
    calls = [new_sid() for _ in range(number)]
    steps: tuple[tuple[str, dict[str, str]], ...] = (
        ("answer", {}),
        ("heard_answer?question=symptom&try=1", {"Digits": "4"}),
        ("heard_answer?question=uncovered&try=1", {"Digits": "3"}),
    )
    with Load() as load:
        for step, more in steps:
            answers = load.send(service.port, [callers.request(step, sid, **more) for sid in calls], AT_ONCE)
            assert set(answers.statuses) == {200}, answers.statuses


@dataclass(frozen=True)
class Spent:
    """Carrier seconds of the caller's leg and of the engineer's, and texts."""

    inbound: float
    outbound: float
    texts: int

    def usage(self) -> Usage:
        """As carriers count it: begun minutes."""
        return Usage(1, ceil(self.inbound / 60), ceil(self.outbound / 60), self.texts)


def prices() -> Iterator[Figure]:
    """Both calls through the stand-in carrier, at the prices of the sample configuration."""
    for title, call in (("Critical", critical_call), ("screened-out", screened_out_call)):
        with Stage(EXAMPLE, at=NIGHT, pace=PACE) as stage:
            stage.carrier.patient_handsets = True
            stage.start()
            used = call(stage).usage()
            price = price_at(stage.configuration.prices.values(), "it", NIGHT.date())
        assert price is not None, "the sample has no prices"
        yield _cost(title, used, price)


def _cost(title: str, used: Usage, price: Price) -> Figure:
    note = f"{used.inbound_minutes} min in, {used.outbound_minutes} min out, {used.texts} texts; {price.key}"
    return Figure(f"one {title} call", price.currency, (float(cost_of(used, price)),), note=note)


def critical_call(stage: Stage) -> Spent:
    """A partner whose platform is not available, an engineer who takes it, and ten minutes' talk."""
    began = stage.carrier.now()
    caller = _dial(stage, "not available, press 1.", "1")
    caller.wait_for("[beep]", UP_WITHIN_SECONDS)
    caller.speak("The portal shows nothing since midnight", 8)
    caller.press("#")
    engineer = _ringing(stage)
    engineer.answer()
    answered = stage.carrier.now()
    engineer.wait_for("To take it", UP_WITHIN_SECONDS)
    engineer.press("1")
    caller.wait_until_with(engineer, UP_WITHIN_SECONDS)
    met = stage.carrier.now()
    caller.hang_up()
    texts = len(stage.carrier.texts)
    return Spent(met - began + CONVERSATION_SECONDS, met - answered + CONVERSATION_SECONDS, texts)


def screened_out_call(stage: Stage) -> Spent:
    """A partner with a question, who leaves a message."""
    began = stage.carrier.now()
    caller = _dial(stage, "press 4.", "4")
    caller.wait_for("planned work", UP_WITHIN_SECONDS)
    caller.press("3")
    caller.wait_for("[beep]", UP_WITHIN_SECONDS)
    caller.speak("When is the next release?", 8)
    caller.press("#")
    caller.wait_until_over(UP_WITHIN_SECONDS)
    return Spent(stage.carrier.now() - began, 0, len(stage.carrier.texts))


def _dial(stage: Stage, words: str, key: str) -> Leg:
    caller = stage.carrier.dial(ROSSI, ITALY)
    caller.wait_for(words, UP_WITHIN_SECONDS)
    caller.press(key)
    return caller


def _ringing(stage: Stage) -> Leg:
    """The engineer's leg, once it rings. Raises TimeoutError when none does."""

    def ringing() -> Leg | None:
        legs = stage.carrier.legs.values()
        return next((leg for leg in legs if leg.direction == "outbound-api" and leg.status == "ringing"), None)

    stage.carrier.wait_until(lambda: ringing() is not None, UP_WITHIN_SECONDS)
    found = ringing()
    if found is None:
        raise TimeoutError("no engineer's phone rang")
    return found
