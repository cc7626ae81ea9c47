"""Holiday calendars: whose days they are, and what is said of one that nobody knows."""

from datetime import date

import pytest

from schedules.holidays import HolidayCalendar, HolidaysUnknown, calendar_fault, holidays_of, is_holiday

ASSUMPTION = date(2026, 8, 15)


def test_a_subdivision_has_more_holidays_than_its_country() -> None:
    assert not is_holiday(HolidayCalendar("DE"), date(2026, 1, 6))
    assert is_holiday(HolidayCalendar("DE", "BY"), date(2026, 1, 6))


def test_bavarias_assumption_needs_the_catholic_category() -> None:
    assert not is_holiday(HolidayCalendar("DE", "BY"), ASSUMPTION)
    assert is_holiday(HolidayCalendar("DE", "BY", ("public", "catholic")), ASSUMPTION)


def test_a_years_holidays_are_of_that_year_and_have_names() -> None:
    found = holidays_of(HolidayCalendar("US"), 2027)
    assert {on.year for on in found} == {2027}
    assert found[date(2027, 7, 5)] == "Independence Day (observed)"


@pytest.mark.parametrize(
    "calendar",
    [HolidayCalendar("XX"), HolidayCalendar("DE", "XX"), HolidayCalendar("DE", "BY", ("bank",)), HolidayCalendar("")],
    ids=repr,
)
def test_a_calendar_that_nobody_knows_has_a_fault_and_never_answers_that_a_day_is_none(
    calendar: HolidayCalendar,
) -> None:
    assert calendar_fault(calendar)
    with pytest.raises(HolidaysUnknown):
        is_holiday(calendar, ASSUMPTION)


@pytest.mark.parametrize("country", ["US", "GB", "IT", "DE", "AT", "CH", "FR", "ES"])
def test_the_countries_of_the_regional_numbers_have_calendars(country: str) -> None:
    assert calendar_fault(HolidayCalendar(country)) == ""
    assert is_holiday(HolidayCalendar(country), date(2026, 12, 25))


def test_a_calendar_without_categories_is_a_fault() -> None:
    assert "no kind of holiday" in calendar_fault(HolidayCalendar("DE", "", ()))
