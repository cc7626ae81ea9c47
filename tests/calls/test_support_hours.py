"""Calls in support hours: the desk first, and the screening when it does not answer."""

import itertools
from datetime import timedelta

import pytest

from ivr.rehearsal.handsets import answers, busy, manual, rings_out, unreachable
from routing.service import ClassOfService
from tests.line import DAY, ITALIAN_DESK, JON, Line


def with_desk(line: Line, *behaviours: object) -> None:
    for number, behaviour in zip(ITALIAN_DESK, behaviours, strict=False):
        line.carrier.add_phone(number, behaviour)  # type: ignore[arg-type]


def test_the_desk_is_greeted_in_the_regions_language_and_connected(day_line: Line) -> None:
    with_desk(day_line, rings_out, answers)
    caller = day_line.dial()
    caller.wait_for("Benvenuti al supporto")
    desk = day_line.carrier.phones[ITALIAN_DESK[1]].wait_for_ring()
    caller.wait_until_with(desk)
    desk.hang_up()
    caller.wait_until("completed")
    assert not day_line.tickets()


def test_a_silent_desk_leads_to_the_screening_and_a_critical_ticket_due_in_thirty_minutes(day_line: Line) -> None:
    with_desk(day_line, rings_out, busy)
    day_line.phone(JON, manual)
    caller = day_line.dial()
    caller.wait_for("Proseguiamo in inglese", 30)
    caller.wait_for("platform")
    caller.press("1")
    caller.wait_for("calling the engineer")
    ticket = day_line.ticket()
    assert ticket.class_of_service is ClassOfService.CRITICAL
    assert ticket.response_due_at == ticket.opened_at + timedelta(minutes=30)
    day_line.phone(JON).wait_for_ring()


def test_a_standard_issue_in_support_hours_is_due_the_same_day(day_line: Line) -> None:
    with_desk(day_line, busy, busy)
    caller = day_line.dial()
    caller.wait_for("platform", 30)
    caller.press("4")
    caller.wait_for("billing")
    caller.press("3")
    caller.wait_for("by six p.m. on Wednesday")


@pytest.mark.parametrize("outcomes", list(itertools.product((rings_out, busy, unreachable), repeat=2)))
def test_f6_every_mix_of_desk_failures_ends_in_exactly_one_screening(make_line, outcomes) -> None:  # type: ignore[no-untyped-def]
    line = make_line(now=DAY)
    with_desk(line, *outcomes)
    caller = line.dial()
    caller.wait_for("platform", 30)
    caller.press("1")
    caller.wait_for("calling the engineer")
    assert sum("platform" in heard for heard in caller.heard) == 1
    assert len(line.tickets()) == 1


def test_a_caller_who_hangs_up_while_the_desk_rings_leaves_nothing(day_line: Line) -> None:
    with_desk(day_line, manual, manual)
    caller = day_line.dial()
    day_line.carrier.phones[ITALIAN_DESK[0]].wait_for_ring()
    caller.hang_up()
    day_line.wait_until_ended(caller)
    assert not day_line.tickets()
