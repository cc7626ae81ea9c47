"""Somebody has the ticket: nobody else is rung or texted any more, at whatever instant it was taken."""

from collections.abc import Callable

import pytest

from ivr.paging.moves import Moves
from ivr.paging.phone import Phone
from ivr.rehearsal.handsets import manual
from ivr.store import tickets
from ivr.store.messages import WAITING, texts_of
from routing.escalation import Outcome
from routing.tickets import TicketEvent, TicketState
from tests.line import ADA, ITALY, JON, JON_TOO, LEO, Line

MakeLine = Callable[..., Line]


def texts_are_settled(line: Line) -> bool:
    with line.engine.begin() as connection:
        return all(text.status != WAITING for text in texts_of(connection, 1042))


@pytest.mark.parametrize("asked", ["Calls.json", "Messages.json"])
def test_f18_a_ticket_that_is_taken_while_the_carrier_is_asked_for_a_ring_or_a_text_asks_nobody_else(
    make_line: MakeLine, asked: str
) -> None:
    line = make_line()
    jon, ada = line.phone(JON, manual), line.phone(ADA, manual)
    taken: list[str] = []

    def taken_meanwhile(method: str, path: str) -> tuple[int, int] | None:
        if method != "POST" or not path.endswith(asked) or taken:
            return None
        taken.append(path)
        ada.text(ITALY, "1042 1")
        return (503, 20503) if asked == "Messages.json" else None

    line.carrier.fail_rest = taken_meanwhile
    caller = line.critical_call()
    ring = ada.wait_for_ring()
    ring.answer()
    caller.wait_until_with(ring)
    assert line.eventually(lambda: texts_are_settled(line))
    assert jon.texts == []
    assert [text.body for text in ada.texts] == ["Ticket 1042 is yours. Answer your phone to speak to the caller."]
    jon.wait_for_ring().wait_until_over()
    assert [attempt.phone for attempt in line.attempts()] == [JON, ADA]


@pytest.mark.parametrize("instant", ["while it rings", "between two phones", "while it is listened to"])
def test_f18_after_the_acknowledgement_no_other_phone_rings(make_line: MakeLine, instant: str) -> None:
    line = make_line()
    jon, ada = line.phone(JON, manual), line.phone(ADA, manual)
    caller = line.critical_call()
    ring = jon.wait_for_ring()
    jon.wait_for_text("Reply")
    if instant == "while it is listened to":
        ring.answer()
        ring.wait_for("Critical ticket")
    if instant == "between two phones":
        with line.frozen_worker():
            ring.decline()
            ring.wait_until_over()
            ada.text(ITALY, "1042 1")
    else:
        ada.text(ITALY, "1042 1")
    hers = ada.wait_for_ring()
    hers.answer()
    caller.wait_until_with(hers)
    ring.wait_until_over()
    assert line.eventually(lambda: texts_are_settled(line))
    assert [attempt.phone for attempt in line.attempts()] == [JON, ADA]
    assert line.attempts()[0].outcome is (Outcome.BUSY if instant == "between two phones" else Outcome.CANCELED)
    assert not line.phone(JON_TOO).legs + line.phone(LEO).legs
    assert len(jon.texts) == 1


def test_f18_what_was_decided_before_the_acknowledgement_is_not_done_after_it(make_line: MakeLine) -> None:
    line = make_line()
    with line.frozen_worker():
        line.critical_call().hang_up()
        moves = Moves(line.house, Phone(line.settings))
        decided = moves.look(1042, 1)
        assert decided["do"] == "place"
        line.phone(ADA).text(ITALY, "1042 1")
        moves.place(decided["attempt"])
        (jons,) = line.attempts()
        assert (jons.outcome, jons.leg, line.phone(JON).legs) == (Outcome.CANCELED, None, [])


@pytest.mark.parametrize("over", ["a later escalation pages", "resolved", "closed"])
def test_f18_a_late_workflow_of_an_escalation_that_is_over_does_nothing(make_line: MakeLine, over: str) -> None:
    line = make_line()
    with line.frozen_worker():
        line.critical_call().hang_up()
        with line.engine.begin() as connection:
            if over == "a later escalation pages":
                assert tickets.next_escalation(connection, 1042, 1)
            else:
                assert tickets.move_ticket(connection, 1042, TicketEvent.ACKNOWLEDGE)
                assert tickets.move_ticket(connection, 1042, TicketEvent.RESOLVE)
            if over == "closed":
                assert tickets.move_ticket(connection, 1042, TicketEvent.CLOSE)
        before = line.ticket()
        assert Moves(line.house, Phone(line.settings)).look(1042, 1) == {"do": "end"}
        assert line.ticket() == before
        assert line.attempts() == []
        with line.engine.begin() as connection:  # what begins again afterwards has nothing to do
            tickets.update_ticket(connection, 1042, state=TicketState.CLOSED)
