"""The warning before a response goal is missed: who is told, once, and when it is not worth telling any more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ivr.desk.goals import people_told, warn_of_goals
from ivr.paging.outbox import still_to_send
from ivr.store import tickets
from ivr.store.configuration import load_configuration
from ivr.store.tables import messages
from routing.service import ClassOfService
from routing.tickets import TicketState
from tests.calendars.desk import Desk
from tests.line import JON, SARA
from tests.routing.test_goals_and_essentials import TICKET

DUE = datetime(2026, 11, 25, 17, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STANDARD, CRITICAL = ClassOfService.STANDARD, ClassOfService.CRITICAL


def opened(desk: Desk, number: int, due_at: datetime = DUE, class_: ClassOfService = STANDARD) -> None:
    ticket = TICKET.__class__(
        **{**TICKET.__dict__, "number": number, "class_of_service": class_, "response_due_at": due_at}
    )
    with desk.engine.begin() as connection:
        tickets.insert_ticket(connection, ticket)


def warned(desk: Desk, at: datetime) -> int:
    desk.at = at
    return warn_of_goals(desk.house)


def texts(desk: Desk) -> list[tuple[str, str]]:
    with desk.engine.begin() as connection:
        return [(row.to, row.body) for row in connection.execute(select(messages).order_by(messages.c.to))]


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, make_desk: Callable[..., Desk]) -> Desk:
    return make_desk(request.param)


def test_managers_and_whoever_is_on_call_are_told_once(either: Desk) -> None:
    opened(either, 1042)
    assert warned(either, DUE - 61 * MINUTE) == 0
    assert warned(either, DUE - 60 * MINUTE) == 2
    assert warned(either, DUE - 59 * MINUTE) == 0
    assert {to for to, _ in texts(either)} == {SARA, JON}
    body = texts(either)[0][1]
    assert body == (
        "Nightline: nobody has answered Standard ticket 1042 (unverified caller: a question or planned work). "
        'Response due Wed 25 Nov 18:00 CET. Reply "1042 1" to take it.'
    )
    with either.engine.begin() as connection:
        assert [one.event for one in tickets.timeline(connection, 1042)] == ["goal warning"]


def test_whoever_the_tickets_own_policy_rings_is_told_and_not_the_regions(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        known = load_configuration(connection)
    policy = known.policy_of("it")
    turned = replace(known, policies={**known.policies, "own": replace(policy, key="own", levels=policy.levels[::-1])})
    told = [people_told(turned, replace(TICKET, policy=named), DUE) for named in ("", "own")]
    assert "jon" in told[0]
    assert "jon" not in told[1]


def test_many_tickets_due_together_are_one_text(desk: Desk) -> None:
    for number in range(1042, 1052):
        opened(desk, number)
    assert warned(desk, DUE - 30 * MINUTE) == 2
    assert len(texts(desk)) == 2
    assert "10 tickets (1042, 1043, 1044, 1045, 1046, 1047, 1048, 1049 and more)" in texts(desk)[0][1]


def test_a_whole_days_tickets_are_told_of_however_many_they_are(desk: Desk) -> None:
    for number in range(1042, 1102):
        opened(desk, number)
    assert warned(desk, DUE - MINUTE) == 2
    assert {body.partition(" (")[0] for _, body in texts(desk)} == {"Nightline: nobody has answered 60 tickets"}


def test_a_critical_ticket_is_warned_of_later_than_a_standard_one(desk: Desk) -> None:
    opened(desk, 1042, class_=CRITICAL)
    assert warned(desk, DUE - 30 * MINUTE) == 0
    assert warned(desk, DUE - 10 * MINUTE) == 2


def test_nobody_is_told_of_a_ticket_that_somebody_has_or_whose_goal_is_past(desk: Desk) -> None:
    opened(desk, 1042)
    opened(desk, 1043, DUE - 45 * MINUTE)
    with desk.engine.begin() as connection:
        tickets.update_ticket(connection, 1042, state=TicketState.ACKNOWLEDGED, acknowledged_at=desk.at)
    assert warned(desk, DUE - 30 * MINUTE) == 0


def test_it_is_switched_off_with_zero(desk: Desk) -> None:
    desk.set(standard_warning_minutes=0, critical_warning_minutes=0)
    opened(desk, 1042)
    assert warned(desk, DUE - 5 * MINUTE) == 0


def test_a_warning_that_waits_is_not_sent_once_somebody_took_the_ticket(desk: Desk) -> None:
    opened(desk, 1042)
    warned(desk, DUE - 30 * MINUTE)
    with desk.engine.begin() as connection:
        key = connection.execute(select(messages.c.key).limit(1)).scalar_one()
        assert still_to_send(desk.house, connection, key)
        tickets.update_ticket(connection, 1042, state=TicketState.ACKNOWLEDGED)
        assert still_to_send(desk.house, connection, key) is None
