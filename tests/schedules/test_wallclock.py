"""Local time and back, against the standard library's zones as an oracle."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.hours import Period, SupportHours, support_at
from schedules.wallclock import Repeated, instants, readings, to_local, to_utc
from schedules.zones import UnknownZone, zone
from tests.schedules import oracle

ZONES = ("America/New_York", "Europe/Rome")
CHANGES = [
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2027, 3, 14, 7, tzinfo=UTC),
    datetime(2027, 3, 28, 1, tzinfo=UTC),
]
MINUTES = 8 * 24 * 60


def nine_to_six(name: str) -> SupportHours:
    from datetime import time

    return SupportHours(name, tuple(Period(day, time(9), time(18)) for day in range(5)))


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_f8_every_minute_for_eight_days_around_a_clock_change_agrees_with_the_oracle(
    name: str, change: datetime
) -> None:
    oracle = ZoneInfo(name)
    for minute in range(-MINUTES // 2, MINUTES // 2):
        at = change + timedelta(minutes=minute)
        local, expected = to_local(at, name), at.astimezone(oracle)
        assert local.replace(tzinfo=None) == expected.replace(tzinfo=None)
        assert local.utcoffset() == expected.utcoffset()


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_f8_support_hours_around_a_clock_change_agree_with_the_oracle(name: str, change: datetime) -> None:
    oracle, hours = ZoneInfo(name), nine_to_six(name)
    for minute in range(-MINUTES // 2, MINUTES // 2):
        at = change + timedelta(minutes=minute)
        expected = at.astimezone(oracle)
        assert support_at(hours, at).is_open == (expected.weekday() < 5 and 9 <= expected.hour < 18)


def test_a_reading_that_clocks_skip_is_the_first_instant_after_the_gap() -> None:
    assert to_utc(datetime(2026, 3, 29, 2, 30), "Europe/Rome") == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert to_utc(datetime(2026, 3, 8, 2, 59, 59), "America/New_York") == datetime(2026, 3, 8, 7, tzinfo=UTC)


def test_a_reading_that_clocks_show_twice_is_the_first_at_a_start_and_the_last_at_an_end() -> None:
    wall = datetime(2026, 10, 25, 2, 30)
    assert to_utc(wall, "Europe/Rome") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert to_utc(wall, "Europe/Rome", Repeated.LAST) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(("name", "month", "day"), [("Europe/Dublin", 10, 25), ("Africa/Casablanca", 2, 15)])
def test_where_the_tables_call_winter_the_daylight_saving_the_first_of_two_readings_is_still_the_earlier(
    name: str, month: int, day: int
) -> None:
    for minute in range(0, 24 * 60, 10):
        wall = datetime(2026, month, day) + timedelta(minutes=minute)
        assert to_utc(wall, name) == oracle.instant(wall, name)
        assert to_utc(wall, name, Repeated.LAST) == oracle.instant(wall, name, last=True)


@given(
    st.lists(st.datetimes(datetime(2024, 12, 25), datetime(2029, 1, 5)), max_size=8),
    st.sampled_from([*ZONES, "Australia/Lord_Howe", "America/Havana"]),
    st.sampled_from(Repeated),
)
def test_many_readings_in_order_are_the_instants_of_each_also_over_clock_changes_and_new_years(
    walls: list[datetime], name: str, repeated: Repeated
) -> None:
    changes = [
        to_local(change + timedelta(minutes=m), name) for change in CHANGES for m in (-90, -30, -1, 0, 1, 30, 90)
    ]
    walls = sorted([*walls, *(local.replace(tzinfo=None) for local in changes), datetime(2026, 3, 29, 2, 30)])
    found = instants(walls, name, repeated)
    assert found == [to_utc(wall, name, repeated) for wall in walls] == sorted(found)
    assert readings(found, name) == [to_local(at, name).replace(tzinfo=None) for at in found]


def test_the_last_days_that_a_date_can_tell_have_instants_too() -> None:
    for repeated in Repeated:
        at = datetime(9999, 12, 31, 11, tzinfo=UTC)
        assert to_utc(datetime(9999, 12, 31, 12), "Europe/Rome", repeated) == at


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), st.sampled_from(ZONES))
def test_an_instant_survives_the_way_to_the_wall_clock_and_back(naive: datetime, name: str) -> None:
    at = naive.replace(tzinfo=UTC)
    wall = to_local(at, name).replace(tzinfo=None)
    assert at in {to_utc(wall, name), to_utc(wall, name, Repeated.LAST)}


@pytest.mark.parametrize("name", ["EST", "CET", "MST", "HST", "EET", "EST5EDT", "Etc/GMT+5"])
def test_f9_a_fixed_zone_is_refused_and_a_named_one_suggested(name: str) -> None:
    with pytest.raises(UnknownZone, match=r"America/New_York|Denver|Honolulu"):
        zone(name)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(UnknownZone, match="Europe/Rome"):
        zone("Europe/Trento")


def test_f12_naive_and_aware_are_never_mixed_up() -> None:
    with pytest.raises(ValueError, match="naive"):
        to_local(datetime(2026, 1, 1), "Europe/Rome")
    with pytest.raises(ValueError, match="no zone"):
        to_utc(datetime(2026, 1, 1, tzinfo=UTC), "Europe/Rome")
