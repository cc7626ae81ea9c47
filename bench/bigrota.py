"""A rota for a year, of the size that the benchmarks use: a hundred engineers, five layers, five hundred overrides."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from schedules.rota import Layer, Override, Rota, Window
from schedules.rotation import Rotation

MONDAY = date(2026, 1, 5)
YEAR = (datetime(2026, 1, 19, tzinfo=UTC), datetime(2027, 1, 19, tzinfo=UTC))
"""UTC, half-open; it has both clock changes of both zones."""

WORKDAYS = (0, 1, 2, 3, 4)


@dataclass(frozen=True)
class Plan:
    """A layer in the words that rules know too: a turn begins at `starts`, in force for `hours` on the wall clock.

    Turns follow each other from the first Monday plus `offset` days on: one for each workday, or one for each week.
    """

    name: str
    zone: str
    starts: time
    hours: int
    is_daily: bool
    offset: int = 0


PLANS = (
    Plan("base", "Europe/Rome", time(9), 7 * 24, is_daily=False),
    Plan("nights", "Europe/Rome", time(18), 15, is_daily=True),
    Plan("weekends", "Europe/Rome", time(0), 48, is_daily=False, offset=5),
    Plan("evenings", "America/New_York", time(17), 6, is_daily=True),
    Plan("days", "Europe/Rome", time(9), 9, is_daily=True),
)
"""The lowest priority first."""


def engineers(number: int) -> tuple[str, ...]:
    """Keys of engineers."""
    return tuple(f"engineer-{index:03}" for index in range(number))


def big_rota(people: int = 100, overrides: int = 500, seed: int = 1) -> Rota:
    """The rota; in each layer the order of people is another one."""
    chance = random.Random(seed)
    layers = tuple(_layer(plan, priority, people, chance) for priority, plan in enumerate(PLANS))
    return Rota("big", "Big", layers, tuple(_override(people, chance) for _ in range(overrides)))


def _layer(plan: Plan, priority: int, people: int, chance: random.Random) -> Layer:
    order = list(engineers(people))
    chance.shuffle(order)
    rotation = Rotation(
        tuple((person,) for person in order),
        MONDAY + timedelta(days=plan.offset),
        plan.starts,
        plan.zone,
        days=1 if plan.is_daily else 7,
        weekdays=WORKDAYS if plan.is_daily else (),
    )
    return Layer(plan.name, rotation, priority, _windows(plan))


def _windows(plan: Plan) -> tuple[Window, ...]:
    ends = (datetime.combine(MONDAY, plan.starts) + timedelta(hours=plan.hours)).time()
    if plan.is_daily:
        return tuple(Window(weekday, plan.starts, ends) for weekday in WORKDAYS)
    return () if plan.hours == 7 * 24 else (Window(5, time(0), time(0)), Window(6, time(0), time(0)))


def _override(people: int, chance: random.Random) -> Override:
    minutes = chance.randrange(int((YEAR[1] - YEAR[0]).total_seconds()) // 60)
    starts_at = YEAR[0] + timedelta(minutes=minutes)
    hours = chance.randrange(1, 13)
    return Override(chance.choice(engineers(people)), starts_at, starts_at + timedelta(hours=hours))
