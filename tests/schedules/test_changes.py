"""Changes: who gains and loses what by an edit, and the gaps that it opens and closes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings

from schedules.changes import Changed, HoursChanged, changes
from schedules.rota import Layer, Override, OverrideKind, Rota, who_is_on_call
from schedules.rotation import Rotation
from tests.schedules.strategies import instants, rotas

T0 = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY = timedelta(days=1)
WEEKLY = Rotation((("mia",), ("jon",)), date(2026, 11, 23), time(9), "Europe/Rome", 7)
ROTA = Rota("noc", "NOC", (Layer("weekly", WEEKLY),))


def test_a_swap_moves_hours_from_one_to_the_other() -> None:
    swapped = replace(ROTA, overrides=(Override("jon", T0, T0 + DAY, "", OverrideKind.REPLACE, "mia"),))
    found = changes(ROTA, swapped, T0, T0 + 14 * DAY)
    assert found.stretches == (Changed(T0, T0 + DAY, ("mia",), ("jon",)),)
    assert found.hours == (HoursChanged("jon", gained=DAY), HoursChanged("mia", lost=DAY))
    assert (found.new_gaps, found.closed_gaps) == ((), ())


def test_a_removal_opens_a_gap_and_taking_it_back_closes_it() -> None:
    removed = replace(ROTA, overrides=(Override("mia", T0 + DAY, T0 + 9 * DAY, "", OverrideKind.REMOVE),))
    gap = (T0 + DAY, T0 + 7 * DAY)
    assert changes(ROTA, removed, T0, T0 + 14 * DAY).new_gaps == (gap,)
    assert changes(removed, ROTA, T0, T0 + 14 * DAY).closed_gaps == (gap,)


def test_a_gap_over_several_shifts_is_one() -> None:
    assert changes(ROTA, replace(ROTA, layers=()), T0, T0 + 30 * DAY).new_gaps == ((T0, T0 + 30 * DAY),)


def test_another_order_is_a_change_that_moves_no_hours() -> None:
    before = replace(ROTA, layers=(Layer("l", replace(WEEKLY, participants=(("mia", "jon"),))),))
    after = replace(ROTA, layers=(Layer("l", replace(WEEKLY, participants=(("jon", "mia"),))),))
    found = changes(before, after, T0, T0 + DAY)
    assert found.stretches == (Changed(T0, T0 + DAY, ("mia", "jon"), ("jon", "mia")),)
    assert found.hours == ()


def test_another_reason_alone_is_no_change() -> None:
    renamed = replace(ROTA, name="Night", layers=(Layer("every week", WEEKLY),))
    assert not changes(ROTA, renamed, T0, T0 + 14 * DAY)


@given(rotas, rotas, instants)
@settings(max_examples=40)
def test_within_a_changed_stretch_others_are_on_call_and_outside_all_is_as_before(
    before: Rota, after: Rota, start: datetime
) -> None:
    end = start + 30 * DAY
    found = changes(before, after, start, end)
    borders = sorted({start, *(at for part in found.stretches for at in (part.starts_at, part.ends_at)), end})
    for at in (border for border in borders if border < end):
        old, new = (tuple(person.engineer for person in who_is_on_call(rota, at)) for rota in (before, after))
        inside = [part for part in found.stretches if part.starts_at <= at < part.ends_at]
        assert [(part.before, part.after) for part in inside] == ([(old, new)] if old != new else [])
    assert changes(before, before, start, end).stretches == ()
    back = changes(after, before, start, end)
    assert (back.new_gaps, back.closed_gaps) == (found.closed_gaps, found.new_gaps)
    assert [(one.gained, one.lost) for one in back.hours] == [(one.lost, one.gained) for one in found.hours]
