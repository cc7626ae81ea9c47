"""The big rota in the words of others: as a calendar for recurring-ical-events, and as rules of dateutil."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from dateutil.rrule import WEEKLY, rrule

from bench.bigrota import MONDAY, PLANS, WORKDAYS, Plan
from schedules.reasons import Reason
from schedules.rota import Layer, Rota, Stretch

OVERRIDE = len(PLANS)
"""Above every layer."""

BY_OVERRIDE = Reason(is_override=True)


@dataclass(frozen=True, eq=False)
class Turn:
    """Somebody's turn (UTC, half-open), and why. The highest `rank` wins: the layer's, or an override's beginning."""

    starts_at: datetime
    ends_at: datetime
    rank: tuple[int, datetime, int]
    person: str
    because: Reason


def resolved(turns: Iterable[Turn], since: datetime, until: datetime) -> list[Stretch]:
    """The final schedule of a range, by walking from border to border with the turns that are open."""
    borders: list[tuple[datetime, bool, Turn]] = []
    for turn in turns:
        if turn.starts_at < until and turn.ends_at > since:
            borders += ((max(turn.starts_at, since), True, turn), (min(turn.ends_at, until), False, turn))
    borders.sort(key=itemgetter(0))
    found: dict[datetime, Turn | None] = {since: None}
    open_ = set[Turn]()
    for place, (at, begins, turn) in enumerate(borders):
        (open_.add if begins else open_.discard)(turn)
        if at < until and (place + 1 == len(borders) or borders[place + 1][0] > at):
            found[at] = max(open_, key=attrgetter("rank")) if open_ else None
    return _stretches([*found.items(), (until, None)])


def _stretches(found: list[tuple[datetime, Turn | None]]) -> list[Stretch]:
    """Who is on call from each instant on until the next, those that say the same as one."""
    merged: list[Stretch] = []
    for (at, turn), (ends_at, _) in pairwise(found):
        on_call, reasons = ((turn.person,), (turn.because,)) if turn else ((), ())
        if merged and merged[-1].on_call == on_call and merged[-1].reasons == reasons:
            merged[-1] = merged[-1]._replace(ends_at=ends_at)
        else:
            merged.append(Stretch(at, ends_at, on_call, reasons))
    return merged


def because(plan: Plan, wall: datetime) -> Reason:
    """Why somebody has the turn of a layer that begins at this reading of the wall clock."""
    told = f"from {wall.date().isoformat()}" if plan.is_daily else f"week {wall.isocalendar().week}"
    return Reason(f"{plan.name}, {told}")


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
    wall, priority = told["dtstart"].dt, told["priority"]
    starts_at, ends_at = wall.astimezone(UTC), told["dtend"].dt.astimezone(UTC)
    why = BY_OVERRIDE if priority == OVERRIDE else because(PLANS[priority], wall)
    return Turn(starts_at, ends_at, (priority, starts_at, told["sequence"]), str(told["summary"]), why)


@dataclass(frozen=True)
class Rule:
    """When people have the turn, one after the other: a rule on the wall clock of the plan's zone."""

    plan: Plan
    people: tuple[str, ...]
    first: datetime
    begins: rrule

    def turns(self, until: datetime) -> Iterator[Turn]:
        """The turns that begin up to a reading of the wall clock: whose each is takes counting from the first."""
        zone, lasting, rank = ZoneInfo(self.plan.zone), timedelta(hours=self.plan.hours), PLANS.index(self.plan)
        for number, wall in enumerate(self.begins.between(self.first, until, inc=True)):
            starts = wall.replace(tzinfo=zone)
            starts_at, ends_at = starts.astimezone(UTC), (starts + lasting).astimezone(UTC)
            person = self.people[number % len(self.people)]
            yield Turn(starts_at, ends_at, (rank, starts_at, 0), person, because(self.plan, wall))

    def person_at(self, wall: datetime, at: datetime) -> str:
        """Who has the last turn before an instant, which the wall clock shows as `wall`; empty when it is over."""
        begun = self.begins.before(wall, inc=True)
        if begun is None:
            return ""
        if begun.replace(tzinfo=ZoneInfo(self.plan.zone)) + timedelta(hours=self.plan.hours) <= at:
            return ""
        number = len(self.begins.between(self.first, begun, inc=True)) - 1 if len(self.people) > 1 else 0
        return self.people[number % len(self.people)]


class Rules:
    """The rota as dateutil's rules; overrides are plain ranges."""

    def __init__(self, rota: Rota, rules_of: Callable[[Plan, Layer], list[Rule]]) -> None:
        """Overrides are kept as turns; `rules_of` makes the rules of a layer."""
        self._rota, self._rules_of = rota, rules_of
        self._overrides = [
            Turn(one.starts_at, one.ends_at, (OVERRIDE, one.starts_at, number), one.engineer, BY_OVERRIDE)
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
            self._layers = [self._rules_of(plan, layer) for plan, layer in zip(PLANS, self._rota.layers, strict=True)]
        return self._layers

    def turns(self, _: datetime, until: datetime) -> Iterator[Turn]:
        """Every turn that may overlap the range, and those before it, from which the rules count anyway."""
        yield from self._overrides
        for rule in (rule for layer in self.layers for rule in layer):
            yield from rule.turns(until.replace(tzinfo=None) + timedelta(days=1))

    def person_at(self, at: datetime) -> str:
        """Asks the rules of one layer after the other, the highest first, for their last turn before an instant."""
        covering = [one for one in self._overrides if one.starts_at <= at < one.ends_at]
        if covering:
            return max(covering, key=attrgetter("rank")).person
        for layer in reversed(self.layers):
            wall = at.astimezone(ZoneInfo(layer[0].plan.zone)).replace(tzinfo=None)
            for rule in layer:
                if found := rule.person_at(wall, at):
                    return found
        return ""


def for_each_participant(plan: Plan, layer: Layer) -> list[Rule]:
    """As in a calendar: a rule for each participant, that comes back when all others have had their turn."""
    participants = layer.rotation.participants
    interval = len(participants) // 5 if plan.is_daily else len(participants)
    firsts = [_first(plan, turn) for turn in range(len(participants))]
    return [
        Rule(plan, people, first, rrule(WEEKLY, dtstart=first, interval=interval, cache=True))
        for people, first in zip(participants, firsts, strict=True)
    ]


def for_each_layer(plan: Plan, layer: Layer) -> list[Rule]:
    """The least that dateutil must expand: one rule of the layer's handoffs, whose turns are counted."""
    people, first = tuple(person for (person,) in layer.rotation.participants), _first(plan, 0)
    weekdays = WORKDAYS if plan.is_daily else None
    return [Rule(plan, people, first, rrule(WEEKLY, dtstart=first, byweekday=weekdays, cache=True))]
