"""Whom a static document rings, and when that changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from routing.configuration import Configuration, Rules
from routing.escalation import Level, Policy, Target, TargetKind
from routing.fallback import Period, Ringing, periods, rings_at
from routing.people import Engineer
from routing.regions import Region
from schedules.hours import SupportHours
from schedules.rota import Layer, Override, Rota
from schedules.rotation import Rotation

NIGHT = datetime(2026, 11, 28, 2, tzinfo=UTC)
HANDOFF = datetime(2026, 11, 30, 8, tzinfo=UTC)
WEEK = timedelta(days=7)
NOC, LEO = Target(TargetKind.ROTA, "noc"), Target(TargetKind.ENGINEER, "leo")
REGION = Region("it", "Italy", "+3904611715112", SupportHours("Europe/Rome", ()), "it-IT", "Polly.Bianca", (), "noc")
SARA = Engineer("sara", "Sara", ("+sara",), manager=True)


def rota(*people: str, overrides: tuple[Override, ...] = ()) -> Rota:
    turns = tuple((person,) for person in people)
    weekly = Layer("weekly", Rotation(turns, date(2024, 1, 1), time(9), "Europe/Rome", 7))
    return Rota("noc", "NOC", (weekly,), overrides)


def known(noc: Rota, *levels: Level, managers: tuple[Engineer, ...] = (SARA,)) -> Configuration:
    people = [Engineer(key, key, (f"+{key}", f"+{key}2") if key == "jon" else (f"+{key}",)) for key in PEOPLE]
    policy = Policy("noc", "NOC", levels or (Level((NOC,), 20), Level((LEO,), 30)))
    everybody = {person.key: person for person in (*people, *managers)}
    return Configuration(Rules("it"), {"it": REGION}, everybody, {"noc": noc}, {"noc": policy})


PEOPLE = ("mia", "jon", "ada", "leo")


def phones(period: Period) -> list[str]:
    return [ring.phone for ring in period.rings]


def test_levels_in_order_all_phones_of_a_person_and_managers_at_the_end() -> None:
    found = rings_at(known(rota("mia", "jon", "ada")), REGION, NIGHT)
    assert found == (Ringing("+jon", 20), Ringing("+jon2", 20), Ringing("+leo", 30), Ringing("+sara", 20))


def test_somebody_on_two_levels_is_rung_once_where_they_come_first() -> None:
    leo_first = known(rota("leo"), Level((NOC,), 20), Level((LEO,), 30))
    assert rings_at(leo_first, REGION, NIGHT) == (Ringing("+leo", 20), Ringing("+sara", 20))


def test_f5_an_empty_rota_rings_the_managers_and_nobody_at_all_is_an_empty_list() -> None:
    empty = Level((NOC,), 20)
    assert rings_at(known(rota(), empty), REGION, NIGHT) == (Ringing("+sara", 20),)
    assert rings_at(known(rota(), empty, managers=()), REGION, NIGHT) == ()


def test_a_handoff_begins_a_period_at_its_own_instant() -> None:
    now, later = periods(known(rota("mia", "jon", "ada")), REGION, NIGHT, NIGHT + WEEK)
    assert (now.starts_at, phones(now)[0]) == (NIGHT, "+jon")
    assert (later.starts_at, phones(later)[0]) == (HANDOFF, "+ada")


def test_an_override_begins_and_ends_a_period() -> None:
    starts_at, ends_at = NIGHT + timedelta(hours=1), NIGHT + timedelta(hours=5, seconds=30)
    noc = rota("mia", "jon", "ada", overrides=(Override("mia", starts_at, ends_at),))
    found = periods(known(noc), REGION, NIGHT, NIGHT + WEEK)
    assert [period.starts_at for period in found] == [NIGHT, starts_at, ends_at, HANDOFF]
    assert [phones(period)[0] for period in found] == ["+jon", "+mia", "+jon", "+ada"]


def test_a_handoff_that_changes_no_phone_begins_no_period() -> None:
    assert len(periods(known(rota("jon")), REGION, NIGHT, NIGHT + 4 * WEEK)) == 1


def test_a_policy_without_rotas_never_changes() -> None:
    assert len(periods(known(rota("jon", "ada"), Level((LEO,), 20)), REGION, NIGHT, NIGHT + 4 * WEEK)) == 1


@given(
    st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4),
    st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(-50, 200), st.integers(1, 100)), max_size=3),
    st.integers(0, 60 * 24 * 10),
)
def test_at_every_minute_the_period_in_force_rings_whom_the_rota_names(
    people: list[str], given_overrides: list[tuple[str, int, int]], minute: int
) -> None:
    overrides = tuple(
        Override(who, NIGHT + timedelta(hours=from_), NIGHT + timedelta(hours=from_ + hours))
        for who, from_, hours in given_overrides
    )
    have = known(replace(rota(*people), overrides=overrides))
    found = periods(have, REGION, NIGHT, NIGHT + timedelta(days=11))
    at = NIGHT + timedelta(minutes=minute)
    in_force = [period for period in found if period.starts_at <= at][-1]
    assert in_force.rings == rings_at(have, REGION, at)
    assert all(before.rings != after.rings for before, after in pairwise(found))
