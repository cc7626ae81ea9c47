"""Response goals and the fields of article 17.7, as plain values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from routing.essentials import LABELS, Essentials, missing
from routing.goals import Goal, goal_of
from routing.screening import Symptom
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState

DUE = datetime(2026, 11, 30, 17, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
TICKET = Ticket(
    number=1042,
    call=None,
    region="it",
    partner=None,
    partner_name="",
    class_of_service=ClassOfService.STANDARD,
    symptom=Symptom.PLANNED,
    article="16.5",
    answers={},
    caller="anonymous",
    called="",
    pbx="",
    verified=False,
    state=TicketState.OPEN,
    opened_at=DUE - 30 * HOUR,
    response_due_at=DUE,
)


@pytest.mark.parametrize(
    ("at", "stands"),
    [
        (DUE - HOUR - SECOND, Goal.WAITING),
        (DUE - HOUR, Goal.SOON),
        (DUE, Goal.SOON),
        (DUE + SECOND, Goal.OVERDUE),
    ],
)
def test_a_goal_that_nobody_answered_becomes_urgent_to_the_second(at: datetime, stands: Goal) -> None:
    assert goal_of(TICKET, at, HOUR) is stands


def test_without_a_warning_nothing_is_due_soon() -> None:
    assert goal_of(TICKET, DUE, timedelta()) is Goal.WAITING


def test_the_acknowledgement_is_the_response_and_the_instant_that_is_due_still_counts() -> None:
    taken = replace(TICKET, state=TicketState.CLOSED, responded_at=DUE)
    assert goal_of(taken, DUE + 9 * HOUR, HOUR) is Goal.KEPT
    assert goal_of(replace(taken, responded_at=DUE + SECOND), DUE, HOUR) is Goal.MISSED


def test_a_line_that_drops_later_takes_back_no_response() -> None:
    again = replace(TICKET, state=TicketState.PAGING, responded_at=DUE)
    assert goal_of(again, DUE + HOUR, HOUR) is Goal.KEPT


def test_a_ticket_without_a_clock_has_no_goal() -> None:
    assert goal_of(replace(TICKET, response_due_at=None), DUE, HOUR) is None
    assert goal_of(replace(TICKET, state=TicketState.CLOSED), DUE, HOUR) is None


def test_everything_is_missing_of_a_ticket_of_which_nothing_is_known() -> None:
    assert missing(Essentials(), pbx="", spoken=False, traces=False) == tuple(LABELS)


def test_what_the_call_brought_is_not_missing() -> None:
    found = missing(Essentials(error="SIP 503"), pbx="pbx-01", spoken=True, traces=True)
    assert not {"pbx", "message", "traces", "error"} & set(found)
    assert "firmware" in found


def test_credentials_are_never_asked_for() -> None:
    asked = " ".join(LABELS.values()).lower()
    assert not any(word in asked for word in ("password", "credential", "login", "secret"))
