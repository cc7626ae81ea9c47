"""Who is on call: for each region and level, now or at another instant, as JSON and for Prometheus."""

from datetime import datetime

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from ivr.api.frame import Ask, resource
from ivr.api.instants import Instant
from ivr.api.problems import Trouble
from ivr.api.scopes import Scope
from routing.configuration import Configuration
from routing.escalation import Candidate, Policy, TargetKind
from routing.regions import Region
from schedules.rota import OnCall as Shift
from schedules.rota import who_is_on_call


class Strict(BaseModel):
    """A query or body that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


class AtQuery(Strict):
    """Which instant, and which region."""

    at: Instant | None = Field(None, description="An instant with its offset; now without it.")
    region: str | None = Field(None, description="Only this region, by its key.")


class Person(BaseModel):
    """Somebody who would be rung."""

    engineer: str = Field(description="The key of an engineer, or the number of a duty phone.")
    name: str
    because: str = Field(description="Why: the layer with its week, or the override with who entered it.")
    phones: list[str] = Field(description="In the order in which they are rung; empty without the scope phones.")
    since: datetime | None = Field(description="From when on they are on call; null for who is not there by a rota.")
    until: datetime | None = Field(description="Until when; null likewise.")


class Level(BaseModel):
    """One level of an escalation policy."""

    level: int
    together: bool = Field(description="Whether all of them are rung at once.")
    ring_seconds: int
    people: list[Person] = Field(description="In the order in which they are rung; empty: the level is skipped.")


class RegionOnCall(BaseModel):
    """One region with the people who would be rung for it."""

    region: str
    number: str
    policy: str
    levels: list[Level]


class OnCallAnswer(BaseModel):
    """Every region, in the order of the configuration."""

    at: datetime | None = Field(
        description="The instant that was asked for; null for now, so that the answer can be kept."
    )
    regions: list[RegionOnCall]


@resource("/on-call", Scope.ON_CALL, OnCallAnswer, query=AtQuery)
def read_on_call(ask: Ask) -> OnCallAnswer:
    """Read who would be rung, level by level, now or at another instant."""
    known, at, may = ask.configuration, ask.query.at or ask.at, ask.may(Scope.PHONES)
    return OnCallAnswer(at=ask.query.at, regions=[on_call_of(known, region, at, may) for region in wanted_regions(ask)])


@resource("/on-call/metrics", Scope.ON_CALL, None)
def read_on_call_metrics(ask: Ask) -> Response:
    """Read who is on call now in Prometheus' text format; cheap to poll with If-None-Match."""
    lines = [
        "# HELP nightline_on_call Whether somebody is rung at a level of a region.",
        "# TYPE nightline_on_call gauge",
    ]
    for region in ask.configuration.regions.values():
        for level in on_call_of(ask.configuration, region, ask.at).levels:
            for person in level.people:
                who = person.engineer if person.engineer[0] != "+" else "duty phone"
                labels = f'region="{region.key}",level="{level.level}",engineer="{who}"'
                lines.append(f"nightline_on_call{{{labels}}} 1")
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def wanted_regions(ask: Ask) -> list[Region]:
    """The regions that were asked for."""
    known = ask.configuration.regions
    if ask.query.region is None:
        return list(known.values())
    if ask.query.region not in known:
        raise Trouble(404, "There is no such region", f"Known are: {', '.join(known)}.")
    return [known[ask.query.region]]


def on_call_of(known: Configuration, region: Region, at: datetime, with_phones: bool = False) -> RegionOnCall:
    """Who would be rung for a region at an instant (UTC)."""
    policy = known.policy_of(region.key)
    lines = known.people_at(policy, at)
    levels = [
        Level(
            level=position,
            together=line.together,
            ring_seconds=line.ring_seconds,
            people=[person(one, shifts_of(known, policy, position, at), with_phones) for one in line.candidates],
        )
        for position, line in enumerate(lines, start=1)
    ]
    return RegionOnCall(region=region.key, number=region.number, policy=policy.key, levels=levels)


def shifts_of(known: Configuration, policy: Policy, level: int, at: datetime) -> dict[str, Shift]:
    """Who is on call in the rotas of a level, by the engineer's key; the first rota that has them counts."""
    found: dict[str, Shift] = {}
    for target in policy.levels[level - 1].targets:
        if target.kind is TargetKind.ROTA:
            for shift in who_is_on_call(known.rotas[target.key], at):
                found.setdefault(shift.engineer, shift)
    return found


def person(candidate: Candidate, shifts: dict[str, Shift], with_phones: bool) -> Person:
    """One person, with phones for whoever may see them."""
    shift = shifts.get(candidate.person)
    return Person(
        engineer=candidate.person if with_phones or candidate.person[0] != "+" else "duty phone",
        name=candidate.name,
        because=candidate.because,
        phones=list(candidate.phones) if with_phones else [],
        since=shift.since if shift else None,
        until=shift.until if shift else None,
    )
