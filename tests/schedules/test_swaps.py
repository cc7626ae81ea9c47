"""Swaps: every pair of state and event, and what an approved one does to the rota."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from schedules.rota import Layer, Rota, who_is_on_call
from schedules.rotation import Rotation
from schedules.swaps import ENDED, STATES, Swap, SwapEvent, SwapState, moved, next_state, overrides_of

T0 = datetime(2026, 11, 23, 8, tzinfo=UTC)
WEEK = timedelta(weeks=1)
ASKED = Swap("noc", "mia", T0, T0 + WEEK)

TABLE = """
            offer     take    approve   decline   withdraw
asked       offered   taken   -         declined  withdrawn
offered     -         taken   -         asked     withdrawn
taken       -         -       approved  declined  withdrawn
approved    -         -       -         -         -
declined    -         -       -         -         -
withdrawn   -         -       -         -         -
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
PAIRS = [(row[0], event, after) for row in ROWS[1:] for event, after in zip(ROWS[0], row[1:], strict=True)]


@pytest.mark.parametrize(("state", "event", "after"), PAIRS)
def test_every_pair_of_state_and_event(state: str, event: str, after: str) -> None:
    expected = state if after == "-" else after
    assert next_state(SwapState(state), SwapEvent(event)) == expected
    swap = replace(ASKED, state=SwapState(state), taker="" if state == "asked" else "jon")
    assert moved(swap, SwapEvent(event), "jon").state == expected
    if after == "-":
        assert moved(swap, SwapEvent(event), "ada") is swap


def test_the_table_names_every_state_and_event_and_nothing_leaves_an_end() -> None:
    assert {(state, event) for state, event, _ in PAIRS} == {(s, e) for s in SwapState for e in SwapEvent}
    assert not {state for state, _ in STATES} & ENDED


@pytest.mark.parametrize("taker", ["", "mia"])
@pytest.mark.parametrize("event", [SwapEvent.OFFER, SwapEvent.TAKE])
def test_nobody_and_oneself_can_neither_offer_nor_take(event: SwapEvent, taker: str) -> None:
    with pytest.raises(ValueError, match="somebody else"):
        moved(ASKED, event, taker)


def test_who_took_it_stays_through_approval_and_an_offer_that_is_declined_leaves_no_taker() -> None:
    hours = (T0 + WEEK, T0 + 2 * WEEK)
    offered = moved(ASKED, SwapEvent.OFFER, "jon", hours)
    assert (offered.taker, offered.in_return) == ("jon", hours)
    assert moved(offered, SwapEvent.DECLINE) == ASKED
    approved = moved(moved(offered, SwapEvent.TAKE, "ada"), SwapEvent.APPROVE)
    assert (approved.taker, approved.in_return) == ("jon", hours)


def rota(*overrides: object) -> Rota:
    rotation = Rotation((("mia", "leo"), ("jon",)), date(2026, 11, 23), time(9), "Europe/Rome", 7)
    return Rota("noc", "NOC", (Layer("weekly", rotation),), overrides)  # type: ignore[arg-type]


def test_an_approved_swap_takes_the_askers_place_and_gives_the_hours_in_return() -> None:
    hours = (T0 + WEEK, T0 + 2 * WEEK)
    swap = replace(ASKED, state=SwapState.APPROVED, taker="jon", in_return=hours)
    found = rota(*overrides_of(swap, "Sara"))
    at = [T0 + timedelta(days=days) for days in (1, 8, 15)]
    assert [[person.engineer for person in who_is_on_call(found, moment)] for moment in at] == [
        ["jon", "leo"],
        ["mia"],
        ["mia", "leo"],
    ]


@pytest.mark.parametrize("state", [state for state in SwapState if state is not SwapState.APPROVED])
def test_a_swap_that_is_not_approved_changes_nothing(state: SwapState) -> None:
    assert overrides_of(replace(ASKED, state=state, taker="jon"), "Sara") == ()


def test_f13_a_swap_has_no_effect_where_the_askers_shift_has_moved_away() -> None:
    (override,) = overrides_of(replace(ASKED, state=SwapState.APPROVED, taker="jon"), "Sara")
    rotation = Rotation((("jon",), ("mia",)), date(2026, 11, 23), time(9), "Europe/Rome", 7)
    moved_away = Rota("noc", "NOC", (Layer("weekly", rotation),), (override,))
    assert [person.because for person in who_is_on_call(moved_away, T0)] == ["weekly, week 48"]
