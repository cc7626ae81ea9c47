"""Who is on call in a year of a large rota, against the same rota as a calendar and as recurrence rules."""

import random
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bench.bigrota import YEAR, big_rota
from bench.figures import Figure, Goal
from bench.rivals import Calendar, Rules, for_each_layer, for_each_participant, resolved
from schedules.rota import Rota, Stretch, final_schedule, who_is_on_call

TITLE = "A year of 100 engineers, 5 layers and 500 overrides"

TEN_TIMES = Goal(at_least=10)
OURS = "Nightline"
CALENDAR = "recurring-ical-events"
RULES = "dateutil, a rule for each participant"
FEW_RULES = "dateutil, a rule for each layer"

Taken = dict[str, float]
"""Seconds, by who was asked and how."""

TIMES = 5
"""Each run takes a second, in which a machine may be half as quick as in the next: so many more of them."""

ASKED_OF_RIVALS = 200
"""A question costs them milliseconds: their seconds are measured on so many instants, and counted up."""


Rivals = dict[str, Calendar | Rules]


def measure(runs: int, quick: bool) -> Iterator[Figure]:
    """Answers first, compared one by one; then seconds of this process, each way beside the others in every run."""
    rota = big_rota(10, 50) if quick else big_rota()
    rivals: Rivals = {
        CALENDAR: Calendar(rota),
        RULES: Rules(rota, for_each_participant),
        FEW_RULES: Rules(rota, for_each_layer),
    }
    instants = random_instants(500 if quick else 10_000)
    compare(rota, rivals, instants)
    yield from of_schedules([schedules(rota, rivals) for _ in range(runs * TIMES)])
    yield from of_instants([questions(rota, rivals, instants) for _ in range(runs * TIMES)], len(instants))


def random_instants(number: int) -> list[datetime]:
    """Instants of the year (UTC), the same ones in each run."""
    chance = random.Random(2)
    seconds = int((YEAR[1] - YEAR[0]).total_seconds())
    return [YEAR[0] + timedelta(seconds=chance.randrange(seconds)) for _ in range(number)]


def compare(rota: Rota, rivals: Rivals, instants: list[datetime]) -> None:
    """Raise AssertionError unless all of them say the same of the year, reasons included, and of every instant."""
    ours = final_schedule(rota, *YEAR)
    for name, rival in rivals.items():
        if tuple(resolved(rival.turns(*YEAR), *YEAR)) != ours:
            raise AssertionError(f"another year: {name}")
    for at, expected in zip(instants, _search(lambda: ours, instants), strict=True):
        _agree(_ours(rota, at), expected, at)
    for at in instants[:ASKED_OF_RIVALS]:
        for rival in rivals.values():
            _agree(rival.person_at(at), _ours(rota, at), at)


def _agree(one: str, other: str, at: datetime) -> None:
    if one != other:
        raise AssertionError(f"two answers for {at}: {one} and {other}")


def _ours(rota: Rota, at: datetime) -> str:
    return next((one.engineer for one in who_is_on_call(rota, at)), "")


def schedules(rota: Rota, rivals: Rivals) -> Taken:
    """Seconds for the year: anew, with nothing kept of an earlier question of this rota, and asked again."""
    layers = tuple(replace(layer, rotation=replace(layer.rotation)) for layer in rota.layers)
    anew = replace(rota, layers=layers)
    taken = {
        OURS: seconds_of(lambda: final_schedule(anew, *YEAR)),
        f"{OURS}, again": seconds_of(lambda: final_schedule(anew, *YEAR)),
    }
    for name, rival in rivals.items():
        rival.forget()
        for when in (name, f"{name}, again"):
            taken[when] = seconds_of(partial(_year_of, rival))
    return taken


def questions(rota: Rota, rivals: Rivals, instants: list[datetime]) -> Taken:
    """Seconds for all instants: asked one by one, and by asking for the year once and searching it."""
    few = instants[:ASKED_OF_RIVALS]
    more = len(instants) / len(few)
    taken = {
        OURS: seconds_of(lambda: [who_is_on_call(rota, at) for at in instants]),
        f"{OURS}, once": seconds_of(partial(_search, lambda: final_schedule(rota, *YEAR), instants)),
    }
    for name, rival in rivals.items():
        taken[name] = more * seconds_of(partial(_ask, rival, few))
        taken[f"{name}, once"] = seconds_of(partial(_search, partial(_year_of, rival), instants))
    return taken


def _year_of(rival: Calendar | Rules) -> list[Stretch]:
    return resolved(rival.turns(*YEAR), *YEAR)


def _ask(rival: Calendar | Rules, instants: list[datetime]) -> list[str]:
    return [rival.person_at(at) for at in instants]


def _search(once: Callable[[], Sequence[Stretch]], instants: list[datetime]) -> list[str]:
    found = once()
    begins = [one.starts_at for one in found]
    who = [one.on_call[0] if one.on_call else "" for one in found]
    return [who[bisect_right(begins, at) - 1] for at in instants]


def seconds_of(work: Callable[[], object]) -> float:
    """Seconds of this process for something, whatever else the machine does."""
    began = time.process_time()
    work()
    return time.process_time() - began


def of_schedules(taken: list[Taken]) -> Iterator[Figure]:
    """The year: milliseconds of each, and how many times faster we are."""
    for again in ("", ", again"):
        yield from _figures("a year", "ms", 1000, again, taken)


def of_instants(taken: list[Taken], number: int) -> Iterator[Figure]:
    """The instants: microseconds of each for one of them, and how many times faster we are, like against like."""
    for once in ("", ", once"):
        yield from _figures("an instant", "us", 1e6 / number, once, taken)


def _figures(what: str, unit: str, scale: float, how: str, taken: list[Taken]) -> Iterator[Figure]:
    yield Figure(f"{what}: {OURS}{how}", unit, tuple(one[OURS + how] * scale for one in taken))
    for rival in (CALENDAR, RULES, FEW_RULES):
        yield Figure(f"{what}: {rival}{how}", unit, tuple(one[rival + how] * scale for one in taken))
        ratios = tuple(one[rival + how] / one[OURS + how] for one in taken)
        yield Figure(f"{what}: we against {rival}{how}", "times", ratios, TEN_TIMES)
