"""Undoing, turns that are kept, and who could cover."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schedules.cover import candidates
from schedules.edits import edit_layers, edit_overrides
from schedules.layers import Layer
from schedules.leave import Absence
from schedules.overrides import Override, OverrideKind
from schedules.rota import Rota, final_schedule, who_is_on_call
from schedules.rotation import Rotation
from schedules.turns import whoever_has_it_keeps_it
from schedules.undoing import brought_back, is_as

NOW = datetime(2026, 11, 28, 2, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PEOPLE = ("mia", "jon", "ada", "leo")


def layer(*people: str, days: int = 7, starts_on: date = date(2026, 1, 5)) -> Layer:
    return Layer("weekly", Rotation(tuple((one,) for one in people), starts_on, time(9), "Europe/Rome", days))


def on_call(rota: Rota, at: datetime) -> list[str]:
    return [one.engineer for one in who_is_on_call(rota, at)]


def hours_from_now(low: int, high: int) -> st.SearchStrategy[datetime]:
    return st.integers(low, high).map(lambda hours: NOW + timedelta(hours=hours))


OVERRIDES = st.builds(
    lambda who, at, hours, kind, other: Override(
        who, at, at + timedelta(hours=hours), "", kind, other if kind is OverrideKind.REPLACE and other != who else ""
    ),
    st.sampled_from(PEOPLE),
    hours_from_now(-24, 48),
    st.integers(12, 72),
    st.sampled_from([OverrideKind.REPLACE, *OverrideKind]),
    st.sampled_from(["", "", "", *PEOPLE]),
)
EDITS = st.lists(
    st.tuples(
        st.integers(1, 24), st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3), st.lists(OVERRIDES, max_size=3)
    ),
    min_size=1,
    max_size=4,
)


@given(st.lists(OVERRIDES, max_size=5), EDITS, st.integers(0, 24), st.data())
def test_undoing_brings_back_the_future_and_leaves_the_past(
    first: list[Override], edits: list[tuple[int, list[str], list[Override]]], wait: int, data: st.DataObject
) -> None:
    at, before = NOW, Rota("noc", "NOC", (layer("mia", "jon"),), tuple(first))
    after = before
    for hours, people, overrides in edits:
        at += timedelta(hours=hours)
        kept = [one for one in after.overrides if data.draw(st.booleans())]
        after = edit_overrides(edit_layers(after, (layer(*people),), at), [*kept, *overrides], at)
    at += timedelta(hours=wait)
    back = brought_back(after, before, at)
    assert final_schedule(back, NOW - 9 * DAY, at) == final_schedule(after, NOW - 9 * DAY, at)
    assert final_schedule(back, at, at + 30 * DAY) == final_schedule(before, at, at + 30 * DAY)
    assert is_as(back, before, at)
    assert brought_back(back, before, at) == back


def test_an_override_that_comes_back_has_no_more_to_say_than_before() -> None:
    under = Override("leo", NOW - 3 * HOUR, NOW + 9 * HOUR)
    above = Override("mia", NOW - HOUR, NOW + 3 * HOUR)
    before = Rota("noc", "NOC", (layer("jon"),), (under, above))
    removed = edit_overrides(before, [above], NOW)
    assert removed.overrides == (replace(under, ends_at=NOW), above)
    soon = NOW + timedelta(minutes=5)
    back = brought_back(removed, before, soon)
    assert [on_call(back, NOW + hours * HOUR) for hours in (-2, 0, 1, 2, 3)] == [["leo"], *[["mia"]] * 3, ["leo"]]
    assert back.overrides[1:] == (
        replace(above, ends_at=soon),
        replace(under, starts_at=soon),
        replace(above, starts_at=soon),
    )


def test_undoing_brings_back_layers_that_were_planned() -> None:
    planned = edit_layers(Rota("noc", "NOC", (layer("mia"),)), (layer("jon"),), NOW + 7 * DAY)
    other = edit_layers(planned, (layer("leo"),), NOW)
    back = brought_back(other, planned, NOW + DAY)
    assert [on_call(back, NOW + days * DAY) for days in (0, 1, 6, 7)] == [["leo"], ["mia"], ["mia"], ["jon"]]


@given(st.permutations(PEOPLE), st.permutations(PEOPLE), st.integers(1, 4), st.integers(1, 10), st.integers(0, 400))
def test_whoever_has_the_turn_keeps_it_whatever_happens_to_the_others(
    old: list[str], new: list[str], count: int, days: int, later: int
) -> None:
    at = NOW + later * DAY
    before = Rota("noc", "NOC", (layer(*old, days=days),))
    (present,) = on_call(before, at)
    kept = list(dict.fromkeys([present, *new]))[:count]
    after = whoever_has_it_keeps_it(before.layers[0], layer(*sorted(kept), days=days), at)
    assert on_call(replace(before, layers=(after,)), at) == [present]
    assert who_is_on_call(replace(before, layers=(after,)), at)[0].until >= at


def test_of_two_turns_that_somebody_has_the_one_in_progress_goes_on() -> None:
    before = layer("mia", "jon", "mia", "ada", days=1, starts_on=NOW.date() - 3 * DAY)  # its third turn
    joined = layer("mia", "jon", "mia", "leo", "ada", days=1, starts_on=NOW.date() - 3 * DAY)
    after = whoever_has_it_keeps_it(before, joined, NOW)
    rota = Rota("noc", "NOC", (after,))
    assert [on_call(rota, NOW + days * DAY)[0] for days in range(5)] == ["mia", "leo", "ada", "mia", "jon"]


def test_a_turn_is_not_kept_where_more_than_the_people_changes() -> None:
    shorter = layer("leo", "jon", days=3)
    assert whoever_has_it_keeps_it(layer("mia", "jon"), shorter, NOW) is shorter


def test_those_who_are_on_leave_or_on_call_cannot_cover_and_the_fewest_hours_come_first() -> None:
    rota = Rota("noc", "NOC", (layer("mia", "jon"),))
    (present,) = on_call(rota, NOW)
    other = "jon" if present == "mia" else "mia"
    away = (Absence("ada", NOW, NOW + DAY),)
    found = candidates({"noc": rota}, PEOPLE, away, NOW, NOW + timedelta(hours=6))
    assert [one.engineer for one in found] == ["leo", other]
    assert found[0].hours == timedelta(0) < found[1].hours
