"""Legs of which the service does not know everything: given up while the API is down, rung just before a crash."""

from dataclasses import replace
from pathlib import Path

import pytest

from ivr.paging.legs import find_leg
from ivr.paging.sweeper import sweep
from ivr.store import attempts
from ivr.store.attempts import AttemptRecord
from routing.escalation import Outcome
from routing.tickets import TicketState
from tests.faults.night import Night
from tests.faults.scripted import Fault, ScriptedLeg
from tests.faults.test_escalation_machine import Escalations
from tests.line import ADA, JON, JON_TOO, LEO


@pytest.fixture
def state(tmp_path: Path) -> Escalations:
    Escalations.night = Night(tmp_path)
    return Escalations()


def attempt_of(state: Escalations, leg: ScriptedLeg) -> AttemptRecord:
    with state.night.engine.begin() as connection:
        found = attempts.find_attempt(connection, leg.attempt)
    assert found is not None
    return found


def sweeps(state: Escalations) -> None:
    sweep(state.night.house, state.night.moves.phone)  # type: ignore[arg-type]


def listens_until_the_time_is_over_and_the_api_is_down(state: Escalations) -> ScriptedLeg:
    """Jon answers and presses nothing; a minute later his leg cannot be ended."""
    state.somebody_called_and_the_first_phone_is_rung(count=1, fault=None)
    (leg,) = state.night.live_legs()
    state.people.move(leg, "in-progress", "now")
    state.night.carrier.fault = Fault.DOWN
    state.night.pass_time(61)
    state.workers_keep_up()
    return leg


def test_key_1_on_a_leg_that_could_not_be_ended_takes_the_ticket_and_its_person_is_not_rung_again(
    state: Escalations,
) -> None:
    leg = listens_until_the_time_is_over_and_the_api_is_down(state)
    assert (attempt_of(state, leg).outcome, attempt_of(state, leg).ended_at) == (Outcome.NOT_ACCEPTED, None)
    assert {attempt.person for attempt in state.night.living()} == {"jon", "ada"}  # and the next one's turn has come
    state.people.press(leg, "1", "now")
    state.night.carrier.fault = None
    for _ in range(5):
        state.workers_keep_up()
        sweeps(state)
    (ticket,) = state.night.tickets()
    assert (ticket.state, ticket.acknowledged_by, leg.in_room) == (TicketState.ACKNOWLEDGED, "jon", True)
    assert attempt_of(state, leg).outcome is Outcome.ACCEPTED
    assert [rung.to for rung in state.night.carrier.legs.values()] == [JON]


def test_a_leg_that_could_not_be_ended_is_ended_once_the_api_is_back(state: Escalations) -> None:
    leg = listens_until_the_time_is_over_and_the_api_is_down(state)
    sweeps(state)
    assert leg.is_live
    state.night.carrier.fault = None
    sweeps(state)
    assert (leg.status, attempt_of(state, leg).ended_at) == ("completed", state.night.at)


def test_while_the_api_stays_down_nobody_is_held_longer_than_any_leg_may_last(state: Escalations) -> None:
    leg = listens_until_the_time_is_over_and_the_api_is_down(state)
    state.night.pass_time(60)
    sweeps(state)
    assert attempt_of(state, leg).ended_at is None
    state.night.pass_time(60)
    sweeps(state)
    assert attempt_of(state, leg).ended_at == state.night.at


def test_somebody_whose_leg_could_not_be_ended_and_who_passes_on_is_freed(state: Escalations) -> None:
    leg = listens_until_the_time_is_over_and_the_api_is_down(state)
    state.people.press(leg, "2", "now")
    assert attempt_of(state, leg).ended_at == state.night.at
    assert state.night.tickets()[0].state is TicketState.PAGING


def test_an_attempt_that_is_over_without_an_outcome_does_not_hold_the_page_up(state: Escalations) -> None:
    state.somebody_called_and_the_first_phone_is_rung(count=1, fault=None)
    (leg,) = state.night.live_legs()
    leg.status = "no-answer"
    with state.night.engine.begin() as connection:
        assert attempts.set_once(connection, leg.attempt, ended_at=state.night.at)
    state.night.pass_time(200)
    state.workers_keep_up()
    assert attempt_of(state, leg).outcome is Outcome.NO_ANSWER
    assert [rung.to for rung in state.night.live_legs()] == [JON_TOO]


def rung_and_not_noted(state: Escalations) -> ScriptedLeg:
    """The worker dies between the carrier's yes and its note; no report came yet."""
    state.somebody_calls()
    state.night.carrier.fault = Fault.CRASH_AFTER
    state.do("escalation-1042-1")
    (leg,) = state.night.live_legs()
    assert attempt_of(state, leg).leg is None
    return leg


def test_f17_a_worker_that_dies_between_request_and_note_finds_the_leg_and_rings_no_phone_twice(
    state: Escalations,
) -> None:
    jons = rung_and_not_noted(state)
    state.workers_keep_up()
    assert attempt_of(state, jons).leg == jons.sid
    assert list(state.night.carrier.legs) == [jons.sid]


@pytest.mark.parametrize("goes_on", ["the step is done again", "another look"])
def test_a_leg_that_exists_and_was_never_noted_is_canceled_when_somebody_else_takes_the_ticket(
    state: Escalations, goes_on: str
) -> None:
    jons = rung_and_not_noted(state)
    if goes_on == "another look":
        state.stuck.clear()
    state.an_engineer_texts(0, ADA, "1", False)
    state.workers_keep_up()
    assert jons.status == "canceled"
    assert attempt_of(state, jons).outcome is Outcome.CANCELED
    assert [leg.to for leg in state.night.live_legs()] == [ADA]


def test_a_leg_that_was_never_noted_is_canceled_by_the_sweeper_when_the_api_was_down_at_the_acceptance(
    state: Escalations,
) -> None:
    jons = rung_and_not_noted(state)
    state.an_engineer_texts(0, LEO, "1", False)
    state.night.carrier.fault = Fault.DOWN
    state.workers_keep_up()
    assert (jons.status, attempt_of(state, jons).ended_at) == ("queued", None)
    state.night.carrier.fault = None
    sweeps(state)
    assert (jons.status, attempt_of(state, jons).outcome) == ("canceled", Outcome.CANCELED)


def test_a_leg_that_is_known_to_ring_another_attempt_is_never_taken_for_this_one(state: Escalations) -> None:
    state.somebody_called_and_the_first_phone_is_rung(count=1, fault=None)
    night = state.night
    (jons,) = night.live_legs()
    duty_phone = replace(attempt_of(state, jons), id="1042-9", position=9, round=2, person=JON, leg=None)
    with night.engine.begin() as connection:
        assert attempts.insert_attempt(connection, duty_phone)
    assert find_leg(night.house, night.moves.phone, duty_phone) is None
    lost = night.carrier.new_leg("1042-9", JON)
    assert find_leg(night.house, night.moves.phone, duty_phone) == lost.sid


def test_a_leg_that_was_taken_for_another_attempts_goes_to_the_one_that_its_own_report_names(
    state: Escalations,
) -> None:
    jons = rung_and_not_noted(state)
    mistaken = replace(attempt_of(state, jons), id="1042-9", position=9, person=JON, leg=jons.sid)
    with state.night.engine.begin() as connection:
        assert attempts.insert_attempt(connection, replace(mistaken, placed_at=state.night.at))
    state.people.move(jons, "ringing", "now")
    assert attempt_of(state, jons).leg == jons.sid
    with state.night.engine.begin() as connection:
        again = attempts.find_attempt(connection, "1042-9")
    assert again is not None
    assert (again.leg, again.placed_at) == (None, None)
