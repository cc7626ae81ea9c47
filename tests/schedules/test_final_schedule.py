"""The final schedule against a slow oracle: every minute around clock changes, and rotas of every shape."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.rota import Layer, Override, OverrideKind, Rota, Window, final_schedule, who_is_on_call
from schedules.rotation import Rotation, shift_at, shifts_between
from schedules.wallclock import to_local
from tests.schedules import oracle
from tests.schedules.strategies import ZONES, instants, rotas

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CHANGES = [
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
]
FIRST = date(2026, 1, 5)
NIGHTS = (
    *(Window(day, time(18), time(9)) for day in range(4)),
    Window(4, time(18), time(0)),
    Window(5, time(0), time(0)),
    Window(6, time(0), time(9)),
)
SMALL_HOURS = tuple(Window(day, time(1, 30), time(2, 30)) for day in range(7))


def turns(*people: str, handoff: time, zone: str, days: int = 1, **more: object) -> Rotation:
    return Rotation(tuple((who,) for who in people), FIRST, handoff, zone, days, **more)  # type: ignore[arg-type]


def shapes(zone: str) -> dict[str, Rota]:
    """Handoffs and restrictions at hours that clocks skip and repeat, one above the other."""
    week = Layer("week", turns("mia", "jon", handoff=time(9), zone=zone, days=7))
    halves = Layer("halves", turns("ada", "leo", "zoe", handoff=time(2, 30), zone=zone, per_day=2))
    working = Layer("working", turns("a", "b", "c", handoff=time(1, 30), zone=zone, weekdays=(0, 1, 2, 3, 4)))
    nights = Layer("nights", turns("tom", "eva", handoff=time(18), zone=zone), 3, NIGHTS)
    small = Layer("small", turns("max", "ida", handoff=time(2), zone=zone, days=2), 5, SMALL_HOURS)
    return {
        "daily, half days and working days": Rota("noc", "NOC", (working,)),
        "half days": Rota("noc", "NOC", (halves,)),
        "nights above a week, small hours above nights": Rota("noc", "NOC", (week, nights, small)),
        "nights alone": Rota("noc", "NOC", (nights,)),
    }


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_f8_every_minute_around_a_clock_change_and_every_seventh_for_eight_days_agrees_with_the_oracle(
    zone: str, change: datetime
) -> None:
    starts_at, ends_at = change - 8 * DAY, change + 8 * DAY
    for shape, rota in shapes(zone).items():
        schedule = final_schedule(rota, starts_at, ends_at)
        assert (schedule[0].starts_at, schedule[-1].ends_at) == (starts_at, ends_at)
        assert all(before.ends_at == after.starts_at for before, after in pairwise(schedule))
        for part in schedule:
            at = part.starts_at
            while at < part.ends_at:
                assert oracle.on_call(rota, at) == part.on_call, (shape, at)
                at += MINUTE if abs(at - change) < DAY else min(7 * MINUTE, part.ends_at - at)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("per_day", [1, 2, 3, 4])
@pytest.mark.parametrize("handoff", [time(9), time(1, 30), time(2, 30), time(23, 59)])
def test_f8_every_handoff_of_a_year_keeps_its_wall_clock_time(zone: str, per_day: int, handoff: time) -> None:
    rotation = turns("a", "b", "c", handoff=handoff, zone=zone, per_day=per_day)
    hours = [(datetime.combine(FIRST, handoff) + timedelta(hours=24 // per_day * n)).time() for n in range(per_day)]
    shifts = shifts_between(rotation, CHANGES[0] - 20 * DAY, CHANGES[-1] + 20 * DAY)
    for before, after in pairwise(shifts):
        assert (before.ends_at, before.turn + 1) == (after.starts_at, after.turn)
        wall, expected = to_local(after.starts_at, zone).time(), hours[after.turn % per_day]
        assert wall == expected or (expected, wall) == (time(2, 30), time(3)), after


@given(rotas, instants, st.lists(st.integers(0, 60 * 24 * 60), max_size=6))
@settings(max_examples=100)
def test_the_final_schedule_has_no_hole_or_overlap_and_is_what_each_instant_says(
    rota: Rota, start: datetime, minutes: list[int]
) -> None:
    end = start + timedelta(days=60)
    schedule = final_schedule(rota, start, end)
    assert (schedule[0].starts_at, schedule[-1].ends_at) == (start, end)
    for before, after in pairwise(schedule):
        assert before.starts_at < before.ends_at == after.starts_at < after.ends_at
        assert (before.on_call, before.reasons) != (after.on_call, after.reasons)
    moments = [start + MINUTE * minute for minute in minutes if minute < 60 * 24 * 60]
    for at in {*moments, *(part.starts_at for part in schedule), *(part.ends_at - MINUTE / 2 for part in schedule)}:
        (part,) = (part for part in schedule if part.starts_at <= at < part.ends_at)
        found = who_is_on_call(rota, at)
        assert tuple(person.engineer for person in found) == part.on_call == oracle.on_call(rota, at)
        assert tuple(person.reason for person in found) == part.reasons


@given(rotas, instants)
@settings(max_examples=80)
def test_an_answer_holds_from_since_until_until_and_no_longer(rota: Rota, at: datetime) -> None:
    found = who_is_on_call(rota, at)
    if found:
        since, until = found[0].since, found[0].until
        assert since <= at < until
        (whole,) = final_schedule(rota, since, until)
        assert whole.on_call == tuple(person.engineer for person in found)
        for beside in (since - timedelta(microseconds=1), until):
            others = [(other.engineer, other.because) for other in who_is_on_call(rota, beside)]
            assert others != [(person.engineer, person.because) for person in found]


@given(rotas, instants)
def test_asking_twice_and_in_another_order_gives_the_same_answer(rota: Rota, at: datetime) -> None:
    fresh = Rota(rota.key, rota.name, rota.layers, rota.overrides, rota.earlier)
    assert who_is_on_call(rota, at) == who_is_on_call(rota, at) == who_is_on_call(fresh, at)


ASKED = st.tuples(instants, st.sampled_from([0, 0, 7000]), st.sampled_from([1, 40, 400]))


@given(rotas, st.lists(ASKED, min_size=1, max_size=4))
@settings(max_examples=30)
def test_a_schedule_that_is_kept_says_the_same_whatever_was_asked_before(
    rota: Rota, asked: list[tuple[datetime, int, int]]
) -> None:
    for instant, later, days in asked:
        start = instant + later * DAY
        end = start + days * DAY
        fresh = Rota(rota.key, rota.name, rota.layers, rota.overrides, rota.earlier)
        assert final_schedule(rota, start, end) == final_schedule(fresh, start, end)
        assert who_is_on_call(rota, start) == who_is_on_call(fresh, start)


@pytest.mark.parametrize("decades", [1, 3, 6])
def test_an_answer_that_holds_for_decades_is_told_with_its_true_ends(decades: int) -> None:
    start, end = datetime(2026, 2, 3, 4, 5, tzinfo=UTC), datetime(2026 + 10 * decades, 6, 7, tzinfo=UTC)
    base = Layer("base", turns("mia", "jon", handoff=time(9), zone="Europe/Rome"))
    rota = Rota("noc", "NOC", (base,), (Override("ada", start, end),))
    (ada,) = who_is_on_call(rota, start + DAY)
    assert (ada.engineer, ada.since, ada.until) == ("ada", start, end)
    assert [who_is_on_call(rota, at)[0].engineer != "ada" for at in (start - MINUTE, end)] == [True, True]


def test_an_override_without_an_end_that_can_be_told_holds_until_then() -> None:
    start, never = datetime(2026, 2, 3, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
    rota = Rota("noc", "NOC", (), (Override("ada", start, never),))
    (ada,) = who_is_on_call(rota, start + DAY)
    assert ada.since == start
    assert ada.until >= datetime(9999, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("days", [1, 5])
def test_f14_a_rotation_of_working_days_keeps_its_order_over_every_weekend_and_clock_change(days: int) -> None:
    order = ("mia", "jon", "ada")
    rotation = turns(*order, handoff=time(9), zone="Europe/Rome", days=days, weekdays=(0, 1, 2, 3, 4))
    counted = 0
    for number in range(400):
        on = FIRST + timedelta(days=number)
        noon = oracle.instant(datetime.combine(on, time(12)), "Europe/Rome")
        shift = shift_at(rotation, noon)
        assert shift is not None
        counted += on.weekday() < 5
        assert shift.engineers == (order[(counted - 1) // days % 3],), on


def test_f14_fridays_engineer_is_not_on_again_on_monday_where_the_layer_rests_at_weekends() -> None:
    week = tuple(Window(day, time(9), time(9)) for day in range(5))
    rotation = turns("mia", "jon", handoff=time(9), zone="Europe/Rome", weekdays=(0, 1, 2, 3, 4))
    rota = Rota("noc", "NOC", (Layer("working days", rotation, 0, week),))
    at = [datetime(2026, 11, day, 12, tzinfo=UTC) for day in (26, 27, 28, 29, 30)]
    assert [[person.engineer for person in who_is_on_call(rota, moment)] for moment in at] == [
        ["jon"],
        ["mia"],
        [],
        [],
        ["jon"],
    ]


def test_a_year_of_a_hundred_engineers_five_layers_and_five_hundred_overrides_agrees_with_the_oracle() -> None:
    people = tuple(f"e{n}" for n in range(100))
    start = datetime(2026, 1, 10, tzinfo=UTC)
    layers = tuple(
        Layer(f"l{n}", turns(*people[n:], handoff=time(9 + n), zone=ZONES[n % 3], days=n + 1), n, NIGHTS if n else ())
        for n in range(5)
    )
    kinds = list(OverrideKind)
    changes = tuple(
        Override(
            people[n * 7 % 100], start + n * timedelta(hours=17), start + n * timedelta(hours=18), "", kinds[n % 3]
        )
        for n in range(1, 501)
    )
    rota = Rota("noc", "NOC", layers, changes)
    for part in final_schedule(rota, start, start + timedelta(days=365)):
        assert oracle.on_call(rota, part.starts_at) == part.on_call
        assert oracle.on_call(rota, part.ends_at - MINUTE) == part.on_call
