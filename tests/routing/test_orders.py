"""Whole escalations without a clock of their own: who is rung, in which order, and how long it takes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from routing.escalation import (
    Attempt,
    GiveUp,
    Level,
    Line,
    Outcome,
    Policy,
    Ring,
    RoundOver,
    Target,
    TargetKind,
    Wait,
    last_resort,
    managers_line,
    next_move,
    people_at,
)
from routing.people import Engineer
from schedules.rota import Layer, Rota
from schedules.rotation import Rotation

AT = datetime(2026, 11, 28, 2, tzinfo=UTC)
SARA = Engineer("sara", "Sara", ("+sara",), manager=True)
PEOPLE = {
    "jon": Engineer("jon", "Jon", ("+jon1", "+jon2", "+jon3")),
    **{key: Engineer(key, key.title(), (f"+{key}",)) for key in ("ada", "leo", "mia", "tom", "eva", "max", "zoe")},
    "no-phone": Engineer("no-phone", "No Phone"),
    "away": Engineer("away", "Away", ("+away",), active=False),
    "sara": SARA,
}
ROTAS = {
    "shared": Rota("shared", "S", (Layer("l", Rotation((("jon", "ada"),), date(2024, 1, 1), time(9), "UTC", 7)),)),
    "empty": Rota("empty", "E", (Layer("l", Rotation((), date(2024, 1, 1), time(9), "UTC", 7)),)),
}
NOBODY = (
    Target(TargetKind.ROTA, "empty"),
    Target(TargetKind.ENGINEER, "no-phone"),
    Target(TargetKind.ENGINEER, "away"),
    Target(TargetKind.ENGINEER, "somebody-who-was-removed"),
)


def engineer(key: str) -> Level:
    return Level((Target(TargetKind.ENGINEER, key),))


def lines_of(*levels: Level) -> tuple[Line, ...]:
    return people_at(Policy("noc", "NOC", levels), ROTAS, PEOPLE, AT)


def walk(lines: tuple[Line, ...], round_: int = 1) -> tuple[list[str], timedelta]:
    """A round in which every phone rings out: the numbers in their order, and how long the round takes."""
    at, attempts, rung = AT, [], []
    while not isinstance(move := next_move(lines, tuple(attempts), round_, frozenset(), at), RoundOver):
        match move:
            case Ring(candidate=candidate, phone=phone, ring_seconds=seconds):
                rung.append(phone)
                attempts.append(Attempt(phone, round_, candidate.person, phone, seconds, placed_at=at, ringing_at=at))
            case Wait(until=until):
                at = until
            case GiveUp(attempt=attempt):
                attempts[attempts.index(attempt)] = replace(attempt, outcome=Outcome.NO_ANSWER)
    return rung, at - AT


def test_f25_all_levels_and_all_phones_of_all_on_call_are_rung_in_one_order_every_time() -> None:
    others = ("leo", "mia", "tom", "eva", "max", "zoe")
    lines = lines_of(Level((Target(TargetKind.ROTA, "shared"),)), *(engineer(key) for key in others))
    order = ["+jon1", "+jon2", "+jon3", "+ada", *(f"+{key}" for key in others)]
    assert [walk(lines, round_)[0] for round_ in (1, 2, 3)] == [order] * 3
    assert lines == lines_of(Level((Target(TargetKind.ROTA, "shared"),)), *(engineer(key) for key in others))


def test_f27_with_people_on_levels_one_three_and_seven_only_these_are_rung_in_order_and_without_delay() -> None:
    vacant = Level(NOBODY)
    lines = lines_of(engineer("leo"), vacant, engineer("mia"), vacant, vacant, vacant, engineer("zoe"))
    assert walk(lines) == (["+leo", "+mia", "+zoe"], timedelta(seconds=3 * 25))


def test_f27_when_nobody_can_be_resolved_the_fallback_and_the_managers_are_rung_in_the_first_round() -> None:
    policy, managers = Policy("noc", "NOC", (Level(NOBODY),)), managers_line(PEOPLE.values())
    lines = last_resort(lines_of(Level(NOBODY)), lines_of(engineer("leo")), managers, 1, policy, frozenset())
    assert walk(lines)[0] == ["+leo", "+sara"]


@pytest.mark.parametrize("repeat", [1, 2, 5])
def test_f27_managers_are_rung_after_exactly_as_many_rounds_as_the_policy_repeats(repeat: int) -> None:
    policy, managers = Policy("noc", "NOC", (engineer("leo"),), repeat=repeat), managers_line([SARA])
    rounds = [
        walk(last_resort(lines_of(engineer("leo")), (), managers, number, policy, frozenset()), number)[0]
        for number in range(1, repeat + 3)
    ]
    assert rounds == [["+leo"]] * repeat + [["+leo", "+sara"]] * 2


@pytest.mark.parametrize("ring_seconds", [15, 20, 30])
def test_f29_the_time_to_the_last_phone_counts_the_carriers_five_seconds_for_each_before_it(ring_seconds: int) -> None:
    levels = (Level((Target(TargetKind.ROTA, "shared"),), ring_seconds), replace(engineer("leo"), ring_seconds=10))
    rung, total = walk(lines_of(*levels))
    assert rung == ["+jon1", "+jon2", "+jon3", "+ada", "+leo"]
    assert total == timedelta(seconds=4 * (ring_seconds + 5) + 15)
