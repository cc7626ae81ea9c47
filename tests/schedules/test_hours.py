"""Support hours at their borders."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from schedules.holidays import HolidayCalendar, HolidaysUnknown
from schedules.hours import Opening, Period, SupportHours, support_at
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


@pytest.mark.parametrize(
    ("hours", "saturday", "opens", "ends"),
    [
        (ROME, "2026-03-28T12:00Z", "2026-03-30T07:00Z", "2026-03-30T16:00Z"),  # 9 - 2 and 18 - 2
        (ROME, "2026-10-24T12:00Z", "2026-10-26T08:00Z", "2026-10-26T17:00Z"),  # 9 - 1 and 18 - 1
        (NEW_YORK, "2026-03-07T12:00Z", "2026-03-09T13:00Z", "2026-03-09T22:00Z"),  # 9 + 4 and 18 + 4
        (NEW_YORK, "2026-10-31T12:00Z", "2026-11-02T14:00Z", "2026-11-02T23:00Z"),  # 9 + 5 and 18 + 5
    ],
)
def test_after_a_weekend_on_which_clocks_change_monday_is_from_nine_to_six_on_the_wall_clock(
    hours: SupportHours, saturday: str, opens: str, ends: str
) -> None:
    state = support_at(hours, datetime.fromisoformat(saturday))
    assert (state.opens_at, state.day_ends_at) == (datetime.fromisoformat(opens), datetime.fromisoformat(ends))


@pytest.mark.parametrize(
    ("on", "opens", "closes"),
    [
        # Clocks go from 2:00 to 3:00 at 1:00 UTC: 1:30 is at UTC+1, 2:30 is never shown, so the next instant counts.
        ("2026-03-29", "2026-03-29T00:30Z", "2026-03-29T01:00Z"),
        # Clocks go from 3:00 to 2:00 at 1:00 UTC: 1:30 is at UTC+2, the last 2:30 at UTC+1.
        ("2026-10-25", "2026-10-24T23:30Z", "2026-10-25T01:30Z"),
    ],
)
def test_hours_until_a_reading_that_clocks_skip_or_show_twice_last_until_the_change_or_its_second_time(
    on: str, opens: str, closes: str
) -> None:
    night = Opening(date.fromisoformat(on), time(1, 30), time(2, 30))
    opens_at, closes_at = datetime.fromisoformat(opens), datetime.fromisoformat(closes)
    hours = replace(ROME, openings=(night,))
    assert support_at(hours, opens_at - timedelta(hours=1)).opens_at == opens_at
    state = support_at(hours, closes_at - timedelta(microseconds=1))
    assert (state.is_open, state.closes_at, state.day_ends_at) == (True, closes_at, closes_at)
    assert not support_at(hours, closes_at).is_open


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


CHRISTMAS_EVE = date(2026, 12, 24)
MORNING = Opening(CHRISTMAS_EVE, time(9), time(13))
BAVARIA = HolidayCalendar("DE", "BY", ("public", "catholic"))


@pytest.mark.parametrize("zone", ["Europe/Rome", "America/New_York"])
def test_f10_an_opening_replaces_its_dates_hours_and_is_half_open(zone: str) -> None:
    evening = Opening(CHRISTMAS_EVE, time(20), time(0))
    hours = SupportHours(zone, WEEK, openings=(evening, MORNING))
    nine, one, eight, midnight = (local(hours, 2026, 12, *parts) for parts in ((24, 9), (24, 13), (24, 20), (25, 0)))
    instant = timedelta(microseconds=1)
    at = (nine - instant, nine, one - instant, one, eight - instant, eight, midnight - instant, midnight)
    assert [support_at(hours, moment).is_open for moment in at] == [False, True, True, False, False, True, True, False]
    state = support_at(hours, one)
    assert (state.opens_at, state.day_ends_at) == (eight, midnight)


def test_an_opening_on_a_day_without_hours_opens_it() -> None:
    hours = SupportHours("Europe/Rome", WEEK, openings=(Opening(date(2026, 11, 28), time(10), time(12)),))
    state = support_at(hours, local(hours, 2026, 11, 27, 18))
    assert state.opens_at == local(hours, 2026, 11, 28, 10)


def test_a_closure_wins_over_an_opening_of_its_date() -> None:
    hours = SupportHours("Europe/Rome", WEEK, frozenset({CHRISTMAS_EVE}), (MORNING,))
    assert not support_at(hours, local(hours, 2026, 12, 24, 10)).is_open


def test_a_region_with_a_calendar_is_closed_on_holidays_but_for_openings() -> None:
    hours = SupportHours(
        "Europe/Rome", WEEK, openings=(Opening(date(2026, 1, 6), time(9), time(11)),), holidays=BAVARIA
    )
    assert support_at(hours, local(hours, 2026, 1, 6, 10)).is_open  # Epiphany, a Tuesday, with an opening
    assert not support_at(hours, local(hours, 2026, 1, 6, 12)).is_open
    labour_day = support_at(hours, local(hours, 2026, 5, 1, 10))  # a Friday
    assert (labour_day.is_open, labour_day.opens_at) == (False, local(hours, 2026, 5, 4, 9))


def test_the_first_working_day_after_holidays_and_a_weekend_is_the_day_that_counts() -> None:
    hours = SupportHours("Europe/Rome", WEEK, holidays=BAVARIA)
    good_friday = support_at(hours, local(hours, 2026, 4, 2, 18))
    assert good_friday.day_ends_at == local(hours, 2026, 4, 7, 18)  # the Tuesday after Easter


def test_without_a_calendar_no_holiday_is_kept() -> None:
    assert support_at(ROME, local(ROME, 2026, 12, 25, 10)).is_open


def test_f11_hours_whose_calendar_does_not_answer_are_never_silently_open() -> None:
    hours = SupportHours("Europe/Rome", WEEK, holidays=HolidayCalendar("XX"))
    with pytest.raises(HolidaysUnknown, match="XX"):
        support_at(hours, local(hours, 2026, 11, 25, 10))


def test_a_date_of_its_own_is_known_though_the_calendar_does_not_answer() -> None:
    opening = Opening(date(2026, 11, 29), time(9), time(11))
    hours = SupportHours("Europe/Rome", WEEK, openings=(opening,), holidays=HolidayCalendar("XX"))
    assert support_at(hours, local(hours, 2026, 11, 29, 10)).is_open  # a Sunday after a Saturday: nothing was asked
