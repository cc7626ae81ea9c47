"""The database goes away in the middle of calls: they go on from the standby, and nothing is lost or doubled."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from ivr.rehearsal.handsets import answers_and_presses, manual
from ivr.standby import replay as replay_module
from ivr.store import messages, numbers
from ivr.store.tables import counters
from routing.escalation import Outcome
from routing.tickets import TicketState
from tests.line import ADA, ITALY, JON, JON_TOO, LEO, ROSSI, Line

MakeLine = Callable[..., Line]


def test_a_whole_critical_call_without_the_database(line: Line) -> None:
    line.dial().wait_for("platform")
    jon = line.phone(JON, manual)
    with line.database_away():
        caller = line.critical_call()
        ring = jon.wait_for_ring()
        ring.answer()
        assert "Rossi Telecom" in ring.wait_for("Critical ticket")
        ring.press("1")
        caller.wait_until_with(ring)
        jon.wait_for_text('2041 1" to take it')
        caller.hang_up()
        ring.wait_until_over()
    assert line.eventually(lambda: len(line.tickets()) == 1)
    (ticket,) = line.tickets()
    assert (ticket.state, ticket.acknowledged_by) == (TicketState.ACKNOWLEDGED, "jon")
    assert ticket.caller == ROSSI
    assert [attempt.phone for attempt in line.attempts(ticket.number)] == [JON]
    assert len(jon.legs) == 1
    assert {"opened", "acknowledged", "caller joined", "standby"} <= set(line.events(ticket.number))
    assert f"Your ticket is {' '.join(str(ticket.number))}" in " ".join(caller.heard)


def test_an_engineer_who_rings_when_the_database_goes_takes_the_ticket_all_the_same(make_line: MakeLine) -> None:
    line = make_line("postgresql")
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    ring = jon.wait_for_ring()
    with line.database_away():
        ring.answer()
        ring.wait_for("Critical ticket 1 0 4 2")
        ring.press("1")
        caller.wait_until_with(ring)
    assert line.eventually(lambda: line.ticket().state is TicketState.ACKNOWLEDGED)
    assert [(attempt.id, attempt.outcome) for attempt in line.attempts()] == [("1042-1", Outcome.ACCEPTED)]
    assert line.eventually(lambda: line.attempts()[0].joined_at is not None)
    assert len(jon.legs) == 1


def test_a_page_that_began_goes_on_with_the_next_phone_while_the_database_is_away(make_line: MakeLine) -> None:
    line = make_line(ring_seconds=20)
    line.phone(JON, manual)
    caller = line.critical_call()
    first = line.phone(JON).wait_for_ring()
    with line.database_away():
        first.decline()
        second = line.phone(JON_TOO, manual).wait_for_ring(60)
        second.answer()
        second.wait_for("Critical ticket")
        second.press("1")
        caller.wait_until_with(second)
    assert line.eventually(lambda: line.ticket().state is TicketState.ACKNOWLEDGED)
    assert [attempt.phone for attempt in line.attempts()] == [JON, JON_TOO]
    assert len(line.phone(JON).legs) == 1


def test_after_a_hang_up_without_an_answer_the_database_goes_on_paging(make_line: MakeLine) -> None:
    line = make_line()
    for phone in (JON, JON_TOO, ADA, LEO):
        line.phone(phone, manual)
    with line.database_away():
        caller = line.critical_call()
        line.phone(JON).wait_for_ring()
        caller.hang_up()
        caller.wait_until("completed")
    assert line.eventually(lambda: len(line.tickets()) == 1)
    (ticket,) = line.tickets()
    assert ticket.state is TicketState.PAGING
    line.phone(JON).legs[0].decline()
    ring = line.phone(JON_TOO).wait_for_ring(60)
    ring.answer()
    ring.wait_for("Critical ticket")
    ring.press("1")
    assert line.eventually(lambda: line.ticket(ticket.number).state is TicketState.ACKNOWLEDGED)
    assert len(line.phone(JON).legs) == 1


def test_a_web_process_that_starts_while_the_database_is_away_knows_everybody(make_line: MakeLine) -> None:
    line = make_line()
    with line.database_away():
        line.start_web()
        line.phone(JON, answers_and_presses("1"))
        caller = line.dial()
        caller.wait_for("platform")
        caller.press("1")
        caller.wait_until_with(line.phone(JON).wait_for_ring())
        stranger = line.dial("anonymous")
        stranger.wait_for("partner number")
        stranger.press("4001#")
        stranger.wait_for("PIN")
        stranger.press("4821#")
        stranger.wait_for("platform")
        caller.hang_up()
        stranger.hang_up()


def test_standard_tickets_and_texts_are_taken_while_the_database_is_away(make_line: MakeLine) -> None:
    line = make_line()
    jon = line.phone(JON, manual)
    with line.database_away():
        standard = line.dial()
        standard.wait_for("platform")
        standard.press("4")
        standard.wait_for("press 1")
        standard.hang_up()
        caller = line.critical_call()
        jon.wait_for_ring()
        number = int(jon.wait_for_text("Nightline CRITICAL").body.split()[2])
        jon.text(ITALY, f"{number} 1")
        jon.wait_for_text(f"Ticket {number} is yours")
        jon.legs[0].answer()
        caller.wait_until_with(jon.legs[0])
    assert line.eventually(lambda: line.tickets() != [])
    assert line.ticket(number).acknowledged_via == "text"

    def texts() -> list[str]:
        with line.engine.begin() as connection:
            return [text.body for text in messages.texts_of(connection, number)]

    assert line.eventually(lambda: any("CRITICAL" in body for body in texts()))


def test_a_replay_that_dies_before_the_journal_forgets_changes_nothing_when_it_is_repeated(
    make_line: MakeLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = make_line()
    jon = line.phone(JON, answers_and_presses("1"))
    forgotten: list[str] = []

    def die_first(*_: object) -> None:
        forgotten.append("died")
        if len(forgotten) == 1:
            raise RuntimeError("the machine dies here")
        forget(*_)

    forget = replay_module._forget
    monkeypatch.setattr(replay_module, "_forget", die_first)
    with line.database_away():
        caller = line.dial()
        caller.wait_for("platform")
        caller.press("1")
        caller.wait_until_with(jon.wait_for_ring())
        caller.hang_up()
        caller.wait_until("completed")
    assert line.eventually(lambda: len(forgotten) >= 2 and not line.houses.journal_in_use)
    (ticket,) = line.tickets()
    events = line.events(ticket.number)
    assert events.count("opened") == events.count("acknowledged") == events.count("ringing") == 1
    assert len(line.attempts(ticket.number)) == 1
    assert len(jon.legs) == 1


def test_reserved_numbers_are_never_handed_out_twice(make_line: MakeLine) -> None:
    line = make_line()
    with line.engine.begin() as connection:
        reserved = list(numbers.reserve_numbers(connection, 5))
        connection.execute(update(counters).where(counters.c.name == "ticket").values(value=reserved[0] - 2))
        handed_out = [numbers.next_ticket_number(connection) for _ in range(3)]
        again = list(numbers.reserve_numbers(connection, 5))
    assert not set(handed_out) & set(reserved)
    assert not set(again) & (set(reserved) | set(handed_out))
