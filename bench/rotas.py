"""Who is on call in a year of a large rota, against the same rota as a calendar and as recurrence rules."""

import random
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bench.bigrota import YEAR, big_rota
from bench.figures import Figure, Goal
from bench.rivals import Calendar, Resolved, Rules, person_at, resolved
from schedules.rota import Rota, Stretch, final_schedule, who_is_on_call

TITLE = "A year of 100 engineers, 5 layers and 500 overrides"

TEN_TIMES = Goal(at_least=10)
ASKED_OF_RIVALS = 200
"""A question costs them milliseconds: their seconds are measured on so many instants, and counted up."""


def measure(runs: int, quick: bool) -> Iterator[Figure]:
    """Answers first, compared one by one; then seconds of this process, each way beside the others in every run."""
    rota = big_rota(10, 50) if quick else big_rota()
    calendar, rules = Calendar(rota), Rules(rota)
    instants = random_instants(500 if quick else 10_000)
    compare(rota, calendar, rules, instants)
    yield from of_schedules([schedules(rota, calendar, rules) for _ in range(runs)])
    yield from of_instants([questions(rota, calendar, rules, instants) for _ in range(runs)], len(instants))


def random_instants(number: int) -> list[datetime]:
    """Instants of the year (UTC), the same ones in each run."""
    chance = random.Random(2)
    seconds = int((YEAR[1] - YEAR[0]).total_seconds())
    return [YEAR[0] + timedelta(seconds=chance.randrange(seconds)) for _ in range(number)]


def compare(rota: Rota, calendar: Calendar, rules: Rules, instants: list[datetime]) -> None:
    """Raise AssertionError unless all of them say the same of the year and of every instant."""
    ours = _by_person(final_schedule(rota, *YEAR))
    for theirs in (resolved(calendar.turns(*YEAR), *YEAR), resolved(rules.turns(*YEAR), *YEAR)):
        _agree(ours, theirs, "the year")
    for at in instants:
        _agree(_ours(rota, at), person_at(ours, at), at)
    for at in instants[:ASKED_OF_RIVALS]:
        _agree((calendar.person_at(at), rules.person_at(at)), (_ours(rota, at),) * 2, at)


def _agree(one: object, other: object, about: object) -> None:
    if one != other:
        raise AssertionError(f"two answers for {about}: {one} and {other}")


def _ours(rota: Rota, at: datetime) -> str:
    return next((one.engineer for one in who_is_on_call(rota, at)), "")


def _by_person(stretches: Iterable[Stretch]) -> Resolved:
    """Our schedule in the shape of the others', which know no reasons: borders at which only these change are none."""
    at_of: list[datetime] = []
    who: list[str] = []
    for stretch in stretches:
        person = stretch.on_call[0] if stretch.on_call else ""
        if not who or person != who[-1]:
            at_of.append(stretch.starts_at)
            who.append(person)
    return at_of, who


def schedules(rota: Rota, calendar: Calendar, rules: Rules) -> dict[str, float]:
    """Seconds for the year: anew, with nothing kept of an earlier question of this rota, and asked again."""
    layers = tuple(replace(layer, rotation=replace(layer.rotation)) for layer in rota.layers)
    anew = replace(rota, layers=layers)
    calendar.forget()
    rules.forget()
    return {
        "ours": seconds_of(lambda: final_schedule(anew, *YEAR)),
        "ours again": seconds_of(lambda: final_schedule(anew, *YEAR)),
        "calendar": seconds_of(lambda: resolved(calendar.turns(*YEAR), *YEAR)),
        "calendar again": seconds_of(lambda: resolved(calendar.turns(*YEAR), *YEAR)),
        "rules": seconds_of(lambda: resolved(rules.turns(*YEAR), *YEAR)),
        "rules again": seconds_of(lambda: resolved(rules.turns(*YEAR), *YEAR)),
    }


def questions(rota: Rota, calendar: Calendar, rules: Rules, instants: list[datetime]) -> dict[str, float]:
    """Seconds for all instants: asked one by one, and by expanding the year once and searching it."""
    few = instants[:ASKED_OF_RIVALS]
    more = len(instants) / len(few)
    once: dict[str, Callable[[], Resolved]] = {
        "ours": lambda: _searchable(final_schedule(rota, *YEAR)),
        "calendar": lambda: resolved(calendar.turns(*YEAR), *YEAR),
        "rules": lambda: resolved(rules.turns(*YEAR), *YEAR),
    }
    return {
        "ours": seconds_of(lambda: [who_is_on_call(rota, at) for at in instants]),
        "calendar": more * seconds_of(lambda: [calendar.person_at(at) for at in few]),
        "rules": more * seconds_of(lambda: [rules.person_at(at) for at in few]),
        **{f"{name}, once": seconds_of(partial(_search, way, instants)) for name, way in once.items()},
    }


def _searchable(stretches: tuple[Stretch, ...]) -> Resolved:
    return [one.starts_at for one in stretches], [one.on_call[0] if one.on_call else "" for one in stretches]


def _search(once: Callable[[], Resolved], instants: list[datetime]) -> list[str]:
    found = once()
    return [found[1][bisect_right(found[0], at) - 1] for at in instants]


def seconds_of(work: Callable[[], object]) -> float:
    """Seconds of this process for something, whatever else the machine does."""
    began = time.process_time()
    work()
    return time.process_time() - began


def of_schedules(taken: list[dict[str, float]]) -> Iterator[Figure]:
    """The year: milliseconds of each, and how many times faster we are."""
    for name, title in (
        ("ours", "final_schedule, rota made anew"),
        ("calendar", "recurring-ical-events, calendar opened anew"),
        ("rules", "dateutil, rules made anew"),
        ("ours again", "final_schedule, asked again"),
        ("calendar again", "recurring-ical-events, asked again"),
        ("rules again", "dateutil, asked again"),
    ):
        yield Figure(f"a year: {title}", "ms", tuple(one[name] * 1000 for one in taken))
        if not name.startswith("ours"):
            like = "ours again" if name.endswith("again") else "ours"
            yield _ratio(f"a year: we against {title}", taken, like, name)


def of_instants(taken: list[dict[str, float]], number: int) -> Iterator[Figure]:
    """The instants: microseconds of each for one of them, and how many times faster we are, like against like."""
    for name, title in (
        ("ours", "who_is_on_call"),
        ("calendar", "recurring-ical-events, at()"),
        ("rules", "dateutil, before()"),
        ("ours, once", "final_schedule once, then searched"),
        ("calendar, once", "recurring-ical-events once, then searched"),
        ("rules, once", "dateutil once, then searched"),
    ):
        yield Figure(f"an instant: {title}", "us", tuple(one[name] * 1e6 / number for one in taken))
        if not name.startswith("ours"):
            like = "ours, once" if name.endswith("once") else "ours"
            yield _ratio(f"an instant: we against {title}", taken, like, name)


def _ratio(title: str, taken: list[dict[str, float]], ours: str, theirs: str) -> Figure:
    return Figure(title, "times", tuple(one[theirs] / one[ours] for one in taken), TEN_TIMES)
