"""Offsets of wall clocks, by which a database tells local hours and days."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.offsets import offsets
from schedules.wallclock import to_local

YEAR = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = ["Europe/Rome", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Kathmandu"]


def local_by(found: list[tuple[datetime, timedelta]], at: datetime) -> datetime:
    offset = [one for since, one in found if since <= at][-1]
    return (at + offset).replace(tzinfo=None)


@settings(max_examples=30)
@given(st.sampled_from(ZONES), st.integers(0, 730 * 86400 - 1), st.integers(1, 500))
def test_the_offset_in_force_gives_what_the_wall_clock_shows(zone: str, second: int, days: int) -> None:
    since, at = YEAR, YEAR + timedelta(seconds=second)
    until = max(since + timedelta(days=days), at + timedelta(seconds=1))
    assert local_by(offsets(since, until, zone), at) == to_local(at, zone).replace(tzinfo=None)


def test_clocks_change_to_the_second_twice_a_year_in_rome_and_never_in_india() -> None:
    found = offsets(YEAR, YEAR + timedelta(days=365), "Europe/Rome")
    hour = timedelta(hours=1)
    assert found == [
        (YEAR, hour),
        (datetime(2026, 3, 29, 1, tzinfo=UTC), 2 * hour),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), hour),
    ]
    assert len(offsets(YEAR, YEAR + timedelta(days=730), "Asia/Kolkata")) == 1


@pytest.mark.parametrize("zone", ZONES)
def test_an_empty_range_has_the_offset_of_its_beginning(zone: str) -> None:
    assert len(offsets(YEAR, YEAR, zone)) == 1
