"""The big rota in the words of others: as a calendar for recurring-ical-events, and as rules of dateutil."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from dateutil.rrule import WEEKLY, rrule

from bench.bigrota import MONDAY, PLANS, Plan
from schedules.rota import Layer, Rota

OVERRIDE = len(PLANS)
"""Above every layer."""


@dataclass(frozen=True)
class Turn:
    """Somebody's turn (UTC, half-open). The highest `rank` wins: the layer's priority; overrides by their beginning."""

    starts_at: datetime
    ends_at: datetime
    rank: tuple[int, datetime, int]
    person: str


Resolved = tuple[list[datetime], list[str]]
"""Instants at which another person (empty: nobody) is on call, and those persons."""


def resolved(turns: Iterable[Turn], since: datetime, until: datetime) -> Resolved:
    """Who is on call over the range, by walking from border to border with the turns that are open."""
    borders: list[tuple[datetime, bool, Turn]] = []
    for turn in turns:
        if turn.starts_at < until and turn.ends_at > since:
            borders += ((max(turn.starts_at, since), True, turn), (turn.ends_at, False, turn))
    borders.sort(key=lambda border: border[0])
    at_of, who = [since], [""]
    open_ = set[Turn]()
    for place, (at, begins, turn) in enumerate(borders):
        if at >= until:
            break
        (open_.add if begins else open_.discard)(turn)
        if place + 1 < len(borders) and borders[place + 1][0] == at:
            continue
        person = max(open_, key=lambda one: one.rank).person if open_ else ""
        if at == at_of[-1]:
            who[-1] = person
        elif person != who[-1]:
            at_of.append(at)
            who.append(person)
    return at_of, who


def person_at(found: Resolved, at: datetime) -> str:
    """Who is on call at an instant of a range that was resolved."""
    return found[1][bisect_right(found[0], at) - 1]


class Calendar:
    """The rota as one calendar: an event that recurs for each participant of each layer, one for each override."""

    def __init__(self, rota: Rota) -> None:
        """Writes the calendar."""
        written = self._written = icalendar.Calendar()
        for number, override in enumerate(rota.overrides):
            written.add_component(_event(override.engineer, OVERRIDE, number, override.starts_at, override.ends_at))
        for plan, layer in zip(PLANS, rota.layers, strict=True):
            for turn, people in enumerate(layer.rotation.participants):
                written.add_component(_recurring(plan, turn, people[0], len(layer.rotation.participants)))
        self.forget()

    def forget(self) -> None:
        """Open the calendar anew: what an earlier question worked out is gone."""
        self._query = recurring_ical_events.of(self._written)

    def turns(self, since: datetime, until: datetime) -> Iterator[Turn]:
        """Every turn that overlaps the range, as the library expands it."""
        return map(_turn, self._query.between(since, until))

    def person_at(self, at: datetime) -> str:
        """Asks the library for the events of an instant; the highest wins."""
        found = max(map(_turn, self._query.at(at)), key=lambda turn: turn.rank, default=None)
        return found.person if found else ""


def _event(person: str, priority: int, number: int, starts_at: datetime, ends_at: datetime) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{priority}-{number}")
    event.add("summary", person)
    event.add("priority", priority)
    event.add("sequence", number)
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    return event


def _recurring(plan: Plan, turn: int, person: str, people: int) -> icalendar.Event:
    starts_at = _first(plan, turn).replace(tzinfo=ZoneInfo(plan.zone))
    event = _event(person, PLANS.index(plan), turn, starts_at, starts_at + timedelta(hours=plan.hours))
    event.add("rrule", {"freq": "weekly", "interval": people // 5 if plan.is_daily else people})
    return event


def _first(plan: Plan, turn: int) -> datetime:
    """The reading of the wall clock at which a turn of the first round begins."""
    weeks, days = divmod(turn, 5) if plan.is_daily else (turn, 0)
    on = MONDAY + timedelta(days=plan.offset + days, weeks=weeks)
    return datetime.combine(on, plan.starts)


def _turn(event: icalendar.Event) -> Turn:
    told: Any = event
    starts_at, ends_at = told["dtstart"].dt.astimezone(UTC), told["dtend"].dt.astimezone(UTC)
    return Turn(starts_at, ends_at, (told["priority"], starts_at, told["sequence"]), str(told["summary"]))


@dataclass(frozen=True)
class Rule:
    """When one participant of a layer has the turn: a rule on the wall clock of the plan's zone."""

    plan: Plan
    person: str
    begins: rrule

    def turn(self, wall: datetime) -> Turn:
        """The turn that begins at this reading of the wall clock."""
        starts = wall.replace(tzinfo=ZoneInfo(self.plan.zone))
        starts_at, ends_at = starts.astimezone(UTC), (starts + timedelta(hours=self.plan.hours)).astimezone(UTC)
        return Turn(starts_at, ends_at, (PLANS.index(self.plan), starts_at, 0), self.person)


class Rules:
    """The rota as dateutil's rules: one for each participant of each layer; overrides are plain ranges."""

    def __init__(self, rota: Rota) -> None:
        """Overrides are kept as turns."""
        self._rota = rota
        self._overrides = [
            Turn(one.starts_at, one.ends_at, (OVERRIDE, one.starts_at, number), one.engineer)
            for number, one in enumerate(rota.overrides)
        ]
        self.forget()

    def forget(self) -> None:
        """Have the rules made anew: their own cache of what they worked out is gone."""
        self._layers: list[list[Rule]] | None = None

    @property
    def layers(self) -> list[list[Rule]]:
        """The rules of each layer, the lowest priority first."""
        if self._layers is None:
            self._layers = [_rules(plan, layer) for plan, layer in zip(PLANS, self._rota.layers, strict=True)]
        return self._layers

    def turns(self, since: datetime, until: datetime) -> Iterator[Turn]:
        """Every turn that may overlap the range."""
        yield from self._overrides
        earliest, latest = (since - timedelta(days=9)).replace(tzinfo=None), until.replace(tzinfo=None)
        for rule in (rule for layer in self.layers for rule in layer):
            yield from map(rule.turn, rule.begins.between(earliest, latest + timedelta(days=1), inc=True))

    def person_at(self, at: datetime) -> str:
        """Asks the rules of one layer after the other, the highest first, for their last turn before an instant."""
        covering = [one for one in self._overrides if one.starts_at <= at < one.ends_at]
        if covering:
            return max(covering, key=lambda one: one.rank).person
        for layer in reversed(self.layers):
            wall = at.astimezone(ZoneInfo(layer[0].plan.zone)).replace(tzinfo=None)
            for rule in layer:
                begun = rule.begins.before(wall, inc=True)
                if begun is not None and rule.turn(begun).ends_at > at:
                    return rule.person
        return ""


def _rules(plan: Plan, layer: Layer) -> list[Rule]:
    participants = layer.rotation.participants
    return [Rule(plan, person, _rule(plan, turn, len(participants))) for turn, (person,) in enumerate(participants)]


def _rule(plan: Plan, turn: int, people: int) -> rrule:
    interval = people // 5 if plan.is_daily else people
    return rrule(WEEKLY, dtstart=_first(plan, turn), interval=interval, cache=True)
