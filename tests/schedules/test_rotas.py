"""Rotations and rotas: nobody is forgotten, nobody is on twice, and the handoff keeps its wall-clock time."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.rota import Layer, Override, Rota, final_schedule, gaps, who_is_on_call
from schedules.rotation import Rotation, shift_at, shifts_between
from schedules.wallclock import to_utc

ZONES = ("America/New_York", "Europe/Rome")
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))
PEOPLE = (("mia",), ("jon",), ("ada", "leo"))

rotations = st.builds(
    Rotation,
    participants=st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4).map(tuple),
    starts_on=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    handoff=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    zone=st.sampled_from(ZONES),
    days=st.integers(1, 15),
)
overrides = st.builds(
    lambda who, at, hours: Override(who, at, at + timedelta(hours=hours)),
    st.sampled_from(["zoe", "max"]),
    INSTANTS,
    st.integers(1, 500),
)
rotas = st.builds(
    lambda layers, overrides: Rota("noc", "NOC", tuple(layers), tuple(overrides)),
    st.lists(st.builds(Layer, st.just("layer"), rotations, st.integers(0, 3)), max_size=3),
    st.lists(overrides, max_size=4),
)


def weekly(*people: str, handoff: time = time(9), zone: str = "Europe/Rome") -> Rotation:
    return Rotation(tuple((person,) for person in people), date(2024, 1, 1), handoff, zone, 7)


def is_skipped(wall: datetime, zone: str) -> bool:
    """Whether no clock of the zone ever shows a reading: the way to UTC and back does not lead to it."""
    place = ZoneInfo(zone)
    return wall.replace(tzinfo=place).astimezone(UTC).astimezone(place).replace(tzinfo=None) != wall


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("handoff", [time(9), time(0), time(1, 30), time(2, 30), time(23, 59)])
@pytest.mark.parametrize("days", [1, 7])
def test_f8_handoffs_keep_their_wall_clock_time_without_gap_or_overlap(zone: str, handoff: time, days: int) -> None:
    monday = date(2026, 1, 5)
    rotation = Rotation((("a",), ("b",)), monday, handoff, zone, days)
    shifts = shifts_between(rotation, START, END)
    assert shifts[0].turn == 0
    assert shifts[-1].ends_at >= END
    for before, after in pairwise(shifts):
        assert before.ends_at == after.starts_at
        assert before.turn + 1 == after.turn
    for shift in shifts:
        due = datetime.combine(monday + timedelta(days=shift.turn * days), handoff)
        shown = shift.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert shown == due or is_skipped(due, zone)


@given(rotations, INSTANTS)
def test_the_shift_at_an_instant_is_the_one_that_covers_it(rotation: Rotation, at: datetime) -> None:
    shift = shift_at(rotation, at)
    covering = [found for found in shifts_between(rotation, at, at + timedelta(days=40)) if found.starts_at <= at]
    assert covering == ([shift] if shift else [])
    if shift:
        assert shift.starts_at <= at < shift.ends_at


@given(rotas, INSTANTS)
def test_who_is_on_call_agrees_with_the_final_schedule_at_every_border(rota: Rota, start: datetime) -> None:
    end = start + timedelta(days=30)
    schedule = final_schedule(rota, start, end)
    assert (schedule[0].starts_at, schedule[-1].ends_at) == (start, end)
    for before, after in pairwise(schedule):
        assert before.ends_at == after.starts_at
        assert (before.on_call, before.because) != (after.on_call, after.because)
    for part in schedule:
        for at in (part.starts_at, part.ends_at - timedelta(microseconds=1)):
            assert tuple(person.engineer for person in who_is_on_call(rota, at)) == part.on_call


@given(rotas, INSTANTS)
def test_the_stretch_that_an_answer_names_is_the_one_in_which_it_holds(rota: Rota, at: datetime) -> None:
    for person in who_is_on_call(rota, at):
        assert person.since <= at < person.until
        last = person.until - timedelta(microseconds=1)
        assert person.engineer in {other.engineer for other in who_is_on_call(rota, last)}


def test_an_override_wins_and_the_one_that_starts_latest_wins_over_others() -> None:
    at = datetime(2026, 11, 28, 2, tzinfo=UTC)
    long = Override("leo", at - timedelta(days=1), at + timedelta(days=1), by="Sara")
    short = Override("ada", at - timedelta(hours=1), at + timedelta(hours=1))
    rota = Rota("noc", "NOC", (Layer("weekly", weekly("mia", "jon")),), (short, long))
    assert [(person.engineer, person.because) for person in who_is_on_call(rota, at)] == [("ada", "override")]
    later = who_is_on_call(rota, at + timedelta(hours=1))
    assert [(person.engineer, person.because) for person in later] == [("leo", "override by Sara")]


def test_the_layer_with_the_higher_priority_wins_while_it_has_somebody() -> None:
    later = Rotation((("ada",),), date(2026, 12, 1), time(9), "Europe/Rome", 7)
    rota = Rota("noc", "NOC", (Layer("base", weekly("mia")), Layer("top", later, priority=5)))
    assert who_is_on_call(rota, datetime(2026, 11, 28, tzinfo=UTC))[0].engineer == "mia"
    assert who_is_on_call(rota, datetime(2026, 12, 2, tzinfo=UTC))[0].engineer == "ada"


def test_the_reason_names_the_layer_and_the_week() -> None:
    rota = Rota("noc", "NOC", (Layer("weekly", weekly("mia", "jon", "ada")),))
    (person,) = who_is_on_call(rota, datetime(2026, 11, 28, 2, tzinfo=UTC))
    assert (person.engineer, person.because) == ("jon", "weekly, week 48")


@pytest.mark.parametrize("layers", [(), (Layer("empty", weekly()),)])
def test_f5_a_rota_without_people_is_one_gap(layers: tuple[Layer, ...]) -> None:
    rota = Rota("noc", "NOC", layers)
    assert who_is_on_call(rota, START) == ()
    assert gaps(rota, START, END) == ((START, END),)


def test_before_its_first_turn_a_rotation_is_a_gap() -> None:
    rota = Rota("noc", "NOC", (Layer("weekly", weekly("mia")),))
    before = datetime(2023, 12, 1, tzinfo=UTC)
    first = datetime(2024, 1, 1, 8, tzinfo=UTC)
    assert gaps(rota, before, datetime(2024, 2, 1, tzinfo=UTC)) == ((before, first),)


def test_a_turn_shorter_than_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        Rotation((("a",),), date(2026, 1, 1), time(9), "Europe/Rome", 0)


@pytest.mark.parametrize("days", [1, 2, 7])
def test_f14_the_order_of_turns_is_kept_across_every_weekend_and_both_clock_changes(days: int) -> None:
    order = ("mia", "jon", "ada", "leo")
    rotation = Rotation(tuple((key,) for key in order), date(2026, 1, 1), time(9), "Europe/Rome", days)
    rota = Rota("noc", "NOC", (Layer("turns", rotation),))
    for turn in range(365 // days):
        noon = to_utc(datetime.combine(date(2026, 1, 1) + timedelta(days=turn * days), time(12)), "Europe/Rome")
        assert [person.engineer for person in who_is_on_call(rota, noon)] == [order[turn % len(order)]], noon


@pytest.mark.parametrize("zone", ZONES)
def test_f16_a_gap_begins_at_the_instant_asked_for_and_ends_with_the_handoff_on_the_wall_clock(zone: str) -> None:
    midnight = Rotation((("mia",), ("jon",)), date(2026, 11, 30), time(0), zone, 7)
    rota = Rota("noc", "NOC", (Layer("weekly", midnight),))
    monday = to_utc(datetime(2026, 11, 30), zone)
    assert monday.hour != 0  # not the Monday of UTC
    for asked in (monday - timedelta(days=3), monday - timedelta(minutes=1)):
        assert gaps(rota, asked, monday + timedelta(days=30)) == ((asked, monday),)
    for asked in (monday, monday + timedelta(days=7), monday + timedelta(days=8)):
        assert gaps(rota, asked, asked + timedelta(days=30)) == ()
