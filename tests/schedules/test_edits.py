"""Edits: whatever is changed from an instant on, the past stays as it was."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.edits import edit_layers, edit_overrides, without_engineers
from schedules.rota import Earlier, Layer, Override, OverrideKind, Rota, final_schedule, layers_at, who_is_on_call
from schedules.rotation import Rotation
from tests.schedules.strategies import instants, layers, overrides, rotas

T0 = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def weekly(*people: str) -> tuple[Layer, ...]:
    participants = tuple((person,) for person in people)
    return (Layer("weekly", Rotation(participants, date(2024, 1, 1), time(9), "Europe/Rome", 7)),)


def past(rota: Rota, until: datetime) -> object:
    return final_schedule(rota, until - 40 * DAY, until)


def future(rota: Rota, since: datetime) -> object:
    return final_schedule(rota, since, since + 40 * DAY)


@given(rotas, st.lists(layers, max_size=2).map(tuple), instants)
@settings(max_examples=60)
def test_f15_editing_layers_never_changes_the_past_and_sets_the_future(
    rota: Rota, wanted: tuple[Layer, ...], at: datetime
) -> None:
    edited = edit_layers(rota, wanted, at)
    assert past(edited, at) == past(rota, at)
    assert future(edited, at) == future(replace(rota, layers=wanted, earlier=()), at)
    assert edit_layers(edited, wanted, at) == edited
    assert edit_layers(edited, wanted, at + DAY) == edited


@given(rotas, st.lists(layers, max_size=2).map(tuple), st.lists(layers, max_size=2).map(tuple), instants)
@settings(max_examples=25)
def test_an_edit_that_is_taken_back_at_once_leaves_no_trace(
    rota: Rota, one: tuple[Layer, ...], other: tuple[Layer, ...], at: datetime
) -> None:
    assert edit_layers(edit_layers(rota, one, at), other, at) == edit_layers(rota, other, at)


@given(rotas, st.lists(overrides, max_size=6), st.data())
@settings(max_examples=60)
def test_f15_editing_overrides_never_changes_the_past_and_doing_it_twice_is_doing_it_once(
    rota: Rota, new: list[Override], data: st.DataObject
) -> None:
    at = data.draw(instants)
    kept = data.draw(st.lists(st.sampled_from(rota.overrides), unique=True)) if rota.overrides else []
    wanted = [*kept, *new]
    edited = edit_overrides(rota, wanted, at)
    assert past(edited, at) == past(rota, at)
    assert edit_overrides(edited, wanted, at) == edited
    assert edit_overrides(edited, wanted, at + DAY) == edited
    assert future(edited, at) == future(replace(rota, overrides=tuple(wanted)), at)
    ahead = {replace(override, starts_at=max(override.starts_at, at)) for override in wanted if override.ends_at > at}
    found = {replace(override, starts_at=max(override.starts_at, at)) for override in edited.overrides}
    assert {override for override in found if override.ends_at > at} <= ahead


def test_a_person_who_is_removed_gets_nothing_from_then_on_and_stays_in_the_past() -> None:
    rota = Rota("noc", "NOC", weekly("mia", "jon"), (Override("jon", T0 - DAY, T0 + DAY),))
    edited = without_engineers(edit_layers(rota, weekly("mia"), T0), frozenset({"jon"}), T0)
    assert past(edited, T0) == past(rota, T0)
    assert {who for part in final_schedule(edited, T0, T0 + 90 * DAY) for who in part.on_call} == {"mia"}
    assert edited.overrides == (Override("jon", T0 - DAY, T0),)


def test_an_edit_may_take_effect_later_and_drops_versions_that_would_begin_after_it() -> None:
    rota = Rota("noc", "NOC", weekly("mia"))
    later = edit_layers(edit_layers(rota, weekly("jon"), T0 + 5 * DAY), weekly("ada"), T0 + 9 * DAY)
    assert [layers_at(later, T0 + days * DAY) for days in (4, 5, 8, 9)] == [
        weekly(who) for who in ("mia", "jon", "jon", "ada")
    ]
    sooner = edit_layers(later, weekly("leo"), T0 + 2 * DAY)
    assert sooner == Rota("noc", "NOC", weekly("leo"), (), (Earlier(weekly("mia"), T0 + 2 * DAY),))


def test_a_version_begins_and_ends_half_open() -> None:
    rota = edit_layers(Rota("noc", "NOC", weekly("mia")), weekly("jon"), T0)
    before = who_is_on_call(rota, T0 - timedelta(microseconds=1))
    assert [(person.engineer, person.until) for person in before] == [("mia", T0)]
    assert [(person.engineer, person.since) for person in who_is_on_call(rota, T0)] == [("jon", T0)]


def test_a_new_override_cannot_reach_into_the_past() -> None:
    edited = edit_overrides(Rota("noc", "NOC", weekly("mia")), [Override("jon", T0 - DAY, T0 + DAY)], T0)
    assert edited.overrides == (Override("jon", T0, T0 + DAY),)
    assert edit_overrides(edited, [Override("jon", T0 - 3 * DAY, T0 - DAY)], T0).overrides == ()


def test_an_override_in_progress_may_be_made_longer_or_shorter_and_keeps_its_beginning() -> None:
    running = Override("jon", T0 - DAY, T0 + DAY, "Sara", OverrideKind.ADD)
    rota = Rota("noc", "NOC", weekly("mia"), (running, Override("zoe", T0 - DAY / 2, T0 + 5 * DAY)))
    longer = replace(running, ends_at=T0 + 3 * DAY)
    edited = edit_overrides(rota, [longer, rota.overrides[1]], T0)
    assert edited.overrides == (longer, rota.overrides[1])


def test_an_override_that_ended_is_kept_though_nobody_wants_it() -> None:
    ended = Override("jon", T0 - 3 * DAY, T0 - DAY)
    assert edit_overrides(Rota("noc", "NOC", weekly("mia"), (ended,)), [], T0).overrides == (ended,)


def test_of_two_overrides_that_differ_only_in_their_end_the_longer_one_is_kept_however_often_they_are_entered() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    short, long = (Override("jon", at, at + hours * HOUR) for hours in (1, 12))
    once = edit_overrides(Rota("noc", "NOC", ()), (short, long), at)
    assert once.overrides == (long,)
    assert edit_overrides(once, (short, long), at) == once
