"""Support hours at their borders."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from schedules.hours import Period, SupportHours, support_at
from schedules.wallclock import to_utc

WEEK = tuple(Period(day, time(9), time(18)) for day in range(5))
ROME = SupportHours("Europe/Rome", WEEK)
NEW_YORK = SupportHours("America/New_York", WEEK)


def local(hours: SupportHours, *parts: int) -> datetime:
    return to_utc(datetime(*parts), hours.zone)  # type: ignore[arg-type]


@pytest.mark.parametrize("hours", [ROME, NEW_YORK], ids=lambda hours: hours.zone)
@pytest.mark.parametrize("month_day", [(1, 14), (7, 15)])
def test_f10_nine_is_open_and_six_is_closed_in_both_zones_summer_and_winter(
    hours: SupportHours, month_day: tuple[int, int]
) -> None:
    nine, six = local(hours, 2026, *month_day, 9), local(hours, 2026, *month_day, 18)
    instant = timedelta(microseconds=1)
    assert [support_at(hours, at).is_open for at in (nine - instant, nine, six - instant, six)] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ((2026, 11, 23, 7), (2026, 11, 23, 18)),
        ((2026, 11, 23, 12), (2026, 11, 23, 18)),
        ((2026, 11, 23, 18), (2026, 11, 24, 18)),
        ((2026, 11, 27, 18), (2026, 11, 30, 18)),
        ((2026, 11, 28, 3), (2026, 11, 30, 18)),
    ],
)
def test_the_support_day_that_counts_is_the_present_one_or_the_next(at: tuple[int, ...], ends: tuple[int, ...]) -> None:
    assert support_at(ROME, local(ROME, *at)).day_ends_at == local(ROME, *ends)


def test_a_lunch_break_is_closed_and_opens_again_the_same_day() -> None:
    hours = SupportHours("Europe/Rome", (Period(0, time(9), time(13)), Period(0, time(14), time(18))))
    state = support_at(hours, local(hours, 2026, 11, 23, 13, 30))
    assert (state.is_open, state.opens_at, state.day_ends_at) == (
        False,
        local(hours, 2026, 11, 23, 14),
        local(hours, 2026, 11, 23, 18),
    )


def test_a_closure_closes_the_day_and_moves_the_next_opening() -> None:
    hours = SupportHours("Europe/Rome", WEEK, frozenset({date(2026, 12, 25)}))
    state = support_at(hours, local(hours, 2026, 12, 25, 10))
    assert (state.is_open, state.opens_at) == (False, local(hours, 2026, 12, 28, 9))


def test_midnight_as_an_end_is_the_end_of_that_day() -> None:
    hours = SupportHours("Europe/Rome", (Period(6, time(22), time(0)),))
    state = support_at(hours, local(hours, 2026, 11, 29, 23, 59))
    assert (state.is_open, state.closes_at) == (True, local(hours, 2026, 11, 30, 0))


def test_a_region_without_hours_is_never_open() -> None:
    assert support_at(SupportHours("Europe/Rome", ()), datetime(2026, 1, 1, tzinfo=UTC)).opens_at is None
