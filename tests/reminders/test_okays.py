"""Replies to reminders: an OK confirms the shift and never takes a ticket, and on the line each is texted once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from ivr.rehearsal.handsets import manual
from ivr.reminders.keeper import remind
from ivr.store.reminders import confirmed_shifts, told_of_shifts, withdraw_reminder
from routing.replies import Action, Confirmed, Reply, Unclear, understand
from routing.tickets import TicketState
from tests.line import ADA, ITALY, JON, MIA, Line, WorkerProcess

MakeLine = Callable[..., Line]
HANDOFF = datetime(2026, 11, 30, 8, tzinfo=UTC)
DAY_BEFORE = HANDOFF - timedelta(hours=24) + timedelta(seconds=5)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("OK", Reply(Action.TAKE, None, may_confirm=True)),
        ("okay, thanks!", Reply(Action.TAKE, None, may_confirm=True)),
        ("Yes.", Reply(Action.TAKE, None, may_confirm=True)),
        ("ok 1042", Reply(Action.TAKE, 1042)),
        ("1", Reply(Action.TAKE, None)),
        ("ok take", Reply(Action.TAKE, None)),
        ("shift OK", Confirmed()),
        ("OK shift", Confirmed()),
        ("shift", Unclear()),
        ("no ok", Unclear()),
        ("shift ok 1042", Reply(Action.TAKE, 1042)),
    ],
)
def test_f32_an_ok_may_be_about_a_shift_and_a_number_never_is(body: str, expected: object) -> None:
    assert understand(body) == expected


def reminded(line: Line, number: str = ADA) -> None:
    remind(line.house)
    line.phone(number).wait_for_text("Reply OK to confirm")
    line.phone(MIA).wait_for_text("Reply OK to confirm")


def confirmed(line: Line) -> set[str]:
    with line.engine.begin() as connection:
        return {engineer for _, engineer, _ in confirmed_shifts(connection, HANDOFF - timedelta(days=2))}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_reminder_is_texted_once_and_an_ok_confirms_it(make_line: MakeLine, kind: str) -> None:
    line = make_line(kind, now=DAY_BEFORE)
    reminded(line)
    for _ in range(3):
        remind(line.house)
    ada = line.phone(ADA)
    ada.text(ITALY, "OK")
    ada.wait_for_text("Confirmed: your shift on NOC on call from Mon 30 Nov 09:00 CET")
    assert confirmed(line) == {"ada"}
    ada.text(ITALY, "ok")
    ada.wait_for_text("Nothing of yours waits")
    assert len([text for text in ada.texts if "Reply OK" in text.body]) == 1
    line.let_pass(timedelta(hours=23))
    remind(line.house)
    ada.wait_for_text("You have confirmed it")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_f17_two_workers_remind_by_themselves_and_each_engineer_gets_one_text(make_line: MakeLine, kind: str) -> None:
    line = make_line(kind, now=DAY_BEFORE)
    another = WorkerProcess(line.settings)
    another.start()
    line.phone(ADA).wait_for_text("Reply OK to confirm", 60)
    line.phone(MIA).wait_for_text("Reply OK to confirm", 60)
    remind(line.house)
    another.stop()
    line.phone(ADA).text(ITALY, "OK")
    line.phone(ADA).wait_for_text("Confirmed", 60)
    assert [len(line.phone(number).texts) for number in (ADA, MIA)] == [2, 1]


def test_f32_an_ok_to_a_reminder_takes_no_ticket_though_one_pages(make_line: MakeLine) -> None:
    line = make_line(now=DAY_BEFORE)
    line.phone(JON, manual)
    line.critical_call()
    line.phone(JON).wait_for_ring()
    reminded(line)
    for answer in ("ok", "OK!", "yes"):
        line.phone(ADA).text(ITALY, answer)
    line.phone(ADA).wait_for_text("Confirmed")
    line.phone(ADA).wait_for_text("Nothing of yours waits")
    assert line.ticket().state is TicketState.PAGING
    assert confirmed(line) == {"ada"}


def test_f32_where_a_ticket_was_texted_since_an_ok_is_asked_what_it_means(make_line: MakeLine) -> None:
    line = make_line(now=DAY_BEFORE)
    reminded(line)
    jon, ada = line.phone(JON, manual), line.phone(ADA, manual)
    line.critical_call()
    jon.wait_for_ring().decline()
    ada.wait_for_text("CRITICAL 1042", 60)
    ada.text(ITALY, "ok")
    ada.wait_for_text('Reply "1042 1" to take the ticket, "shift OK" to confirm your shift.')
    assert (line.ticket().state, confirmed(line)) == (TicketState.PAGING, set())
    ada.text(ITALY, "shift ok")
    ada.wait_for_text("Confirmed")
    ada.text(ITALY, "1042 1")
    assert line.eventually(lambda: line.ticket().acknowledged_by == "ada")


def test_f32_without_any_reminder_an_ok_still_takes_the_one_ticket(make_line: MakeLine) -> None:
    line = make_line()
    jon = line.phone(JON, manual)
    line.critical_call()
    jon.wait_for_text("CRITICAL 1042")
    jon.text(ITALY, "ok")
    assert line.eventually(lambda: line.ticket().acknowledged_by == "jon")
    jon.text(ITALY, "shift ok")
    jon.wait_for_text("No shift of yours waits")


def test_f19_reminders_that_wait_for_a_worker_are_dropped_once_late_and_not_summarised(make_line: MakeLine) -> None:
    line = make_line(now=DAY_BEFORE)
    with line.frozen_worker():
        remind(line.house)
        line.let_pass(timedelta(minutes=30))
    line.phone(JON, manual)
    line.critical_call()
    line.phone(JON).wait_for_ring(60)
    assert [text.body for text in line.phone(ADA).texts] == []


def test_f18_a_reminder_of_a_shift_that_moved_while_no_worker_ran_is_not_sent(make_line: MakeLine) -> None:
    line = make_line(now=DAY_BEFORE)
    with line.frozen_worker():
        remind(line.house)
        with line.engine.begin() as connection:
            (ada,) = [one for one in told_of_shifts(connection, DAY_BEFORE) if one.engineer == "ada"]
            assert withdraw_reminder(connection, ada.key, DAY_BEFORE)
    line.phone(MIA).wait_for_text("Reply OK", 60)
    assert line.phone(ADA).texts == []
