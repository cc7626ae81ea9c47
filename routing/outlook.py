"""The outlook of a policy: who would be rung now at each level, until when, and who comes at the next handoff."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from routing.configuration import Configuration
from routing.escalation import Candidate, Order, Policy, TargetKind, managers_line, people_at
from schedules.rota import END, Rota, final_schedule, who_is_on_call

GAP_AT_MOST = timedelta(days=7)


@dataclass(frozen=True)
class Turn:
    """Somebody who would be rung now. `until` (UTC) is when a rota puts others there, None where none does."""

    candidate: Candidate
    until: datetime | None = None


@dataclass(frozen=True)
class Ahead:
    """Who is on a level from `at` (UTC) on; nobody is a gap."""

    at: datetime
    people: tuple[Candidate, ...]


@dataclass(frozen=True)
class Step:
    """One level at one instant. `next`: after the first handoff among its rotas, None where none is known.

    `silent` are those whom a rota or the policy names and nobody could ring: inactive, gone, or without a phone.
    """

    people: tuple[Turn, ...]
    next: Ahead | None
    together: bool
    takes_turns: bool
    silent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outlook:
    """A policy at one instant: its levels, and who is rung after its last round."""

    policy: Policy
    steps: tuple[Step, ...]
    last_resort: tuple[Candidate, ...]


def outlook(known: Configuration, policy: Policy, at: datetime) -> Outlook:
    """Who would be called at an instant (UTC), as a page would find them for the first ticket of a round robin."""
    steps = tuple(_step(known, policy, number, at) for number in range(len(policy.levels)))
    return Outlook(policy, steps, managers_line(known.engineers.values()).candidates)


def _step(known: Configuration, policy: Policy, number: int, at: datetime) -> Step:
    level = policy.levels[number]
    rotas = [known.rotas[target.key] for target in level.targets if target.kind is TargetKind.ROTA]
    on_call = [shift for rota in rotas for shift in who_is_on_call(rota, at)]
    named = [target.key for target in level.targets if target.kind is TargetKind.ENGINEER]
    until = {shift.engineer: shift.until for shift in on_call if shift.engineer not in named and shift.until < END}
    ends = min((end for rota in rotas if (end := _handoff(rota, at))), default=None)
    people = _line(known, policy, number, at)
    rung = {person.person for person in people}
    return Step(
        tuple(Turn(person, until.get(person.person)) for person in people),
        Ahead(ends, _line(known, policy, number, ends)) if ends else None,
        level.together,
        level.order is Order.ROUND_ROBIN,
        tuple(key for key in dict.fromkeys([*(shift.engineer for shift in on_call), *named]) if key not in rung),
    )


def _line(known: Configuration, policy: Policy, number: int, at: datetime) -> tuple[Candidate, ...]:
    """The people of one level: the very answer that a page goes by."""
    alone = replace(policy, levels=(policy.levels[number],))
    return people_at(alone, known.rotas, known.engineers, at)[0].candidates


def _handoff(rota: Rota, at: datetime) -> datetime | None:
    """When a rota has others than at `at`, or ends a gap; None when it does not within `GAP_AT_MOST`."""
    on_call = who_is_on_call(rota, at)
    if on_call:
        ends = min(shift.until for shift in on_call)
        return ends if ends < END else None
    following = final_schedule(rota, at, at + GAP_AT_MOST)[1:]
    return following[0].starts_at if following else None
