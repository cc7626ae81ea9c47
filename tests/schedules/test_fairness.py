"""Fairness: hours on call, with nights, weekends and holidays counted apart."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings

from schedules.fairness import Load, loads, together
from schedules.holidays import HolidayCalendar
from schedules.rota import Layer, Rota, final_schedule
from schedules.rotation import Rotation
from schedules.wallclock import to_local, to_utc
from tests.schedules.strategies import instants, rotas

ROME = "Europe/Rome"
HOUR = timedelta(hours=1)


def alone(zone: str = ROME, *people: str) -> Rota:
    rotation = Rotation((people or ("mia",),), date(2024, 1, 1), time(9), zone, 7)
    return Rota("noc", "NOC", (Layer("weekly", rotation),))


def hours(load: Load) -> tuple[float, ...]:
    return tuple(part / HOUR for part in (load.total, load.nights, load.weekends, load.holidays))


def week_of(*monday: int) -> tuple[datetime, datetime]:
    start = datetime(*monday)  # type: ignore[arg-type]
    return to_utc(start, ROME), to_utc(start + timedelta(days=7), ROME)


def test_a_week_has_seven_nights_of_eight_hours_and_a_weekend_of_two_days() -> None:
    (load,) = loads(alone(), *week_of(2026, 11, 23))
    assert hours(load) == (168, 56, 48, 0)


@pytest.mark.parametrize(("monday", "more"), [((2026, 3, 23), -1), ((2026, 10, 19), 1)])
def test_the_hour_of_a_clock_change_counts_as_it_passes(monday: tuple[int, ...], more: int) -> None:
    (load,) = loads(alone(), *week_of(*monday))
    assert hours(load) == (168 + more, 56 + more, 48 + more, 0)


def test_holidays_count_where_a_calendar_says_so() -> None:
    (load,) = loads(alone(), *week_of(2026, 12, 21), HolidayCalendar("DE", "BY"))
    assert hours(load) == (168, 56, 48, 48)  # Christmas Day and the day after, a Friday and a Saturday


def test_a_calendar_that_does_not_answer_counts_no_holidays() -> None:
    (load,) = loads(alone(), *week_of(2026, 12, 21), HolidayCalendar("XX"))
    assert hours(load) == (168, 56, 48, 0)


def test_a_night_is_from_ten_to_six_on_the_rotas_clock() -> None:
    ten = to_utc(datetime(2026, 11, 24, 22), ROME)
    for starts_at, nights in ((ten - HOUR, 0), (ten, 1), (ten + 7 * HOUR, 1), (ten + 8 * HOUR, 0)):
        (load,) = loads(alone(), starts_at, starts_at + HOUR)
        assert hours(load) == (1, nights, 0, 0)
    (elsewhere,) = loads(alone("America/New_York"), ten, ten + HOUR)
    assert elsewhere.nights == timedelta(0)


def test_each_who_shares_a_turn_has_all_of_it_and_rotas_add_up() -> None:
    span = week_of(2026, 11, 23)
    both = loads(alone(ROME, "mia", "jon"), *span)
    assert [(load.engineer, load.total / HOUR) for load in both] == [("jon", 168), ("mia", 168)]
    assert [hours(load) for load in together([both, loads(alone(), *span)])] == [(168, 56, 48, 0), (336, 112, 96, 0)]


@given(rotas, instants)
@settings(max_examples=12)
def test_the_totals_are_the_final_schedule_and_nights_are_what_each_minute_says(rota: Rota, start: datetime) -> None:
    end = start + timedelta(days=20)
    zone = rota.layers[0].rotation.zone if rota.layers else "UTC"
    found = {load.engineer: load for load in loads(rota, start, end)}
    totals: dict[str, timedelta] = {}
    nights: dict[str, int] = {}
    minute = timedelta(minutes=1)
    for part in final_schedule(rota, start, end):
        for who in part.on_call:
            totals[who] = totals.get(who, timedelta(0)) + part.ends_at - part.starts_at
        at = part.starts_at
        while at < part.ends_at:
            if not 6 <= to_local(at, zone).hour < 22:
                for who in part.on_call:
                    nights[who] = nights.get(who, 0) + 1
            at += minute
    assert {who: load.total for who, load in found.items()} == totals
    assert {who: load.nights // minute for who, load in found.items() if load.nights} == nights


def test_a_rota_without_anybody_has_no_loads() -> None:
    assert loads(Rota("noc", "NOC", ()), datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)) == ()
