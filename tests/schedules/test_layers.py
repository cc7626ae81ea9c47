"""Restrictions of layers: windows over midnight, nth weekdays, holidays; and turns shorter than a day."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from schedules.holidays import HolidayCalendar
from schedules.layers import pieces_between
from schedules.rota import Layer, Rota, Window, final_schedule, who_is_on_call
from schedules.rotation import Rotation
from schedules.wallclock import to_utc

ROME = "Europe/Rome"
INSTANT = timedelta(microseconds=1)
EVERYBODY = Rotation((("base",),), date(2024, 1, 1), time(9), ROME, 7)
NIGHT_SHIFT = Rotation((("night",),), date(2024, 1, 1), time(9), ROME, 7)
BAVARIA = HolidayCalendar("DE", "BY", ("public", "catholic"))


def local(*parts: int) -> datetime:
    return to_utc(datetime(*parts), ROME)  # type: ignore[arg-type]


def with_layer(*only: Window, holidays: HolidayCalendar | None = None) -> Rota:
    return Rota("noc", "NOC", (Layer("base", EVERYBODY), Layer("top", NIGHT_SHIFT, 1, only, holidays)))


def who(rota: Rota, at: datetime) -> str:
    (person,) = who_is_on_call(rota, at)
    return person.engineer


def test_a_window_over_midnight_belongs_to_the_weekday_on_which_it_begins() -> None:
    rota = with_layer(Window(4, time(18), time(9)))  # Friday evening to Saturday morning
    friday, saturday = local(2026, 11, 27, 18), local(2026, 11, 28, 9)
    at = [friday - INSTANT, friday, local(2026, 11, 28, 3), saturday - INSTANT, saturday, local(2026, 11, 27, 3)]
    assert [who(rota, moment) for moment in at] == ["base", "night", "night", "night", "base", "base"]


def test_a_window_of_a_whole_day_ends_at_midnight() -> None:
    rota = with_layer(Window(6, time(0), time(0)))
    sunday, monday = local(2026, 11, 29), local(2026, 11, 30)
    assert [who(rota, at) for at in (sunday - INSTANT, sunday, monday - INSTANT, monday)] == [
        "base",
        "night",
        "night",
        "base",
    ]


@pytest.mark.parametrize(
    ("nth", "days"),
    [(1, [2]), (2, [9]), (3, [16]), (4, [23]), (5, [30]), (-1, [30]), (None, [2, 9, 16, 23, 30])],
)
def test_the_nth_monday_of_november(nth: int | None, days: list[int]) -> None:
    rota = with_layer(Window(0, time(9), time(18), nth))
    assert [day for day in range(1, 31) if who(rota, local(2026, 11, day, 12)) == "night"] == days


def test_a_month_without_a_fifth_monday_has_none_and_its_last_is_the_fourth() -> None:
    fifth, last = with_layer(Window(0, time(9), time(18), 5)), with_layer(Window(0, time(9), time(18), -1))
    december = [(day, local(2026, 12, day, 12)) for day in range(1, 32)]
    assert [day for day, at in december if who(fifth, at) == "night"] == []
    assert [day for day, at in december if who(last, at) == "night"] == [28]


def test_the_night_of_the_last_day_of_a_month_goes_on_into_the_next() -> None:
    rota = with_layer(Window(0, time(18), time(9), -1))
    assert who(rota, local(2026, 12, 1, 3)) == "night"
    assert who(rota, local(2026, 12, 8, 3)) == "base"


def test_half_days_hand_off_every_twelve_hours_on_the_wall_clock() -> None:
    rotation = Rotation((("a",), ("b",), ("c",)), date(2026, 10, 24), time(8), ROME, 1, per_day=2)
    rota = Rota("noc", "NOC", (Layer("halves", rotation),))
    handoffs = [part.starts_at for part in final_schedule(rota, local(2026, 10, 24, 8), local(2026, 10, 27, 8))]
    assert handoffs == [local(2026, 10, day, hour) for day in (24, 25, 26) for hour in (8, 20)]
    assert [who(rota, at) for at in handoffs] == ["a", "b", "c", "a", "b", "c"]
    assert who_is_on_call(rota, handoffs[1])[0].because == "halves, from 2026-10-24 20:00"


def test_the_pieces_of_a_layer_lie_within_the_range_and_leave_out_turns_of_nobody() -> None:
    rotation = Rotation((("mia",), (), ("jon", "ada")), date(2026, 11, 2), time(9), ROME, 7)
    since, until = local(2026, 11, 4, 12), local(2026, 11, 20, 12)
    whole = pieces_between(Layer("weekly", rotation), since, until)
    assert [(piece.since, piece.until, piece.engineers) for piece in whole] == [
        (since, local(2026, 11, 9, 9), ("mia",)),
        (local(2026, 11, 16, 9), until, ("jon", "ada")),
    ]
    fridays = pieces_between(Layer("fridays", rotation, 0, (Window(4, time(9), time(18)),)), since, until)
    assert [(piece.since, piece.until, piece.because.layer) for piece in fridays] == [
        (local(2026, 11, 6, 9), local(2026, 11, 6, 18), "fridays, week 45"),
        (local(2026, 11, 20, 9), until, "fridays, week 47"),
    ]


def test_a_layer_switches_on_for_holidays() -> None:
    rota = with_layer(holidays=BAVARIA)
    assumption = local(2026, 8, 15)
    at = [
        assumption - INSTANT,
        assumption,
        assumption + timedelta(hours=24) - INSTANT,
        assumption + timedelta(hours=24),
    ]
    assert [who(rota, moment) for moment in at] == ["base", "night", "night", "base"]


def test_assumption_is_a_holiday_in_bavaria_for_catholics_only() -> None:
    assert who(with_layer(holidays=HolidayCalendar("DE", "BY")), local(2026, 8, 15, 12)) == "base"
    assert (
        who(with_layer(holidays=HolidayCalendar("DE", "BE", ("public", "catholic"))), local(2026, 8, 15, 12)) == "base"
    )


def test_windows_and_holidays_must_both_hold() -> None:
    rota = with_layer(Window(4, time(9), time(18)), holidays=HolidayCalendar("IT"))
    assert who(rota, local(2026, 12, 25, 12)) == "night"  # a Friday
    assert who(rota, local(2026, 12, 25, 8)) == "base"
    assert who(rota, local(2026, 12, 18, 12)) == "base"


def test_f11_a_layer_whose_calendar_does_not_answer_is_not_in_force_and_those_below_decide() -> None:
    rota = with_layer(holidays=HolidayCalendar("XX"))
    assert who(rota, local(2026, 12, 25, 12)) == "base"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"days": 2, "per_day": 2}, "one to four turns"),
        ({"per_day": 5}, "one to four turns"),
        ({"per_day": 0}, "one to four turns"),
        ({"weekdays": (0, 7)}, "0 to 6"),
        ({"zone": "CET"}, "named one"),
    ],
)
def test_what_could_never_rotate_is_refused(wrong: dict[str, object], said: str) -> None:
    fields = {"participants": (), "starts_on": date(2024, 1, 1), "handoff": time(9), "zone": ROME, "days": 1}
    with pytest.raises(ValueError, match=said):
        Rotation(**{**fields, **wrong})  # type: ignore[arg-type]


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Apia", date(2011, 12, 30)), ("America/Havana", date(2026, 3, 8))])
def test_a_zone_that_skips_midnight_or_a_whole_day_has_no_hole(zone: str, day: date) -> None:
    rotation = Rotation((("a",), ("b",)), day - timedelta(days=20), time(0), zone, 1)
    only = tuple(Window(weekday, time(0), time(0)) for weekday in range(7))
    rota = Rota("noc", "NOC", (Layer("daily", rotation, 0, only),))
    start = datetime.combine(day - timedelta(days=5), time(0), UTC)
    schedule = final_schedule(rota, start, start + timedelta(days=10))
    assert all(part.on_call and part.starts_at < part.ends_at for part in schedule)
    assert all(who_is_on_call(rota, part.starts_at)[0].engineer == part.on_call[0] for part in schedule)
