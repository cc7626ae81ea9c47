"""Coverage of a configuration: its engineers, rotas and policies as what `schedules.coverage` looks at."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from routing.configuration import Configuration
from routing.escalation import Policy, TargetKind
from schedules.coverage import AHEAD, Finding, FindingKind, Person, Staff, findings
from schedules.holidays import HolidaysUnknown, holidays_of
from schedules.leave import Absence
from schedules.levels import Ladder, Post


def findings_of(
    known: Configuration, absences: tuple[Absence, ...], at: datetime, ahead: timedelta = AHEAD
) -> tuple[Finding, ...]:
    """What in the weeks from `at` (UTC) on would leave a call unanswered, the earliest first."""
    return (*_calendars(known, at, at + ahead), *findings(staff_of(known, absences), at, ahead))


def only_about(known: Configuration, rota: str) -> Configuration:
    """The same with this rota, the policies that ring it and what else these ring: nothing more has to be worked out.

    It has every finding of the rota and of those policies.
    """
    policies = {key: policy for key, policy in known.policies.items() if rota in policy.rotas}
    rung = {rota}.union(*(policy.rotas for policy in policies.values()))
    rotas = {key: one for key, one in known.rotas.items() if key in rung}
    return replace(known, policies=policies, rotas=rotas, regions={})


def staff_of(known: Configuration, absences: tuple[Absence, ...] = ()) -> Staff:
    """Everybody and every policy. Only `phones` count: what waits for its code is never rung."""
    people = {
        key: Person(key, engineer.name, bool(engineer.phones), engineer.active)
        for key, engineer in known.engineers.items()
    }
    ladders = tuple(ladder_of(policy) for policy in known.policies.values())
    return Staff(known.rotas, people, ladders, absences)


def ladder_of(policy: Policy) -> Ladder:
    """A policy as posts: the managers of last resort and the fallback policy are no part of it."""
    return Ladder(policy.key, policy.name, tuple(_posts(policy)))


def _calendars(known: Configuration, at: datetime, end: datetime) -> Iterator[Finding]:
    """Regions whose holiday calendar does not answer: they count as closed, and every call is screened."""
    for region in known.regions.values():
        if region.hours.holidays is None:
            continue
        try:
            for year in range(at.year, end.year + 1):
                holidays_of(region.hours.holidays, year)
        except HolidaysUnknown as error:
            yield Finding(FindingKind.CALENDAR, at, end, f"{region.name} counts as closed: {error}.")


def _posts(policy: Policy) -> Iterator[Post]:
    for number, level in enumerate(policy.levels, start=1):
        for target in level.targets:
            if target.kind is TargetKind.ROTA:
                yield Post(number, rota=target.key)
            else:
                yield Post(number, target.key, is_phone=target.kind is TargetKind.PHONE)
