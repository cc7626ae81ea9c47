"""The database goes away in the middle of calls: they go on from the standby, and nothing is lost or doubled."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import OperationalError

from ivr.configuration.apply import apply_file
from ivr.rehearsal.handsets import answers_and_presses, manual
from ivr.standby import houses as houses_module
from ivr.standby import journal as journal_module
from ivr.standby import replay as replay_module
from ivr.store import messages, numbers
from ivr.store.configuration import partner_by_phone
from ivr.store.tables import attempts, counters, incoming_messages, reserved_numbers, tickets
from ivr.store.tickets import timeline
from routing.escalation import Outcome
from routing.tickets import TicketState
from tests.line import ADA, EXAMPLE, ITALY, JON, JON_TOO, LEO, ROSSI, Line

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


@pytest.mark.parametrize("recorded", ["before the database went away", "while it is away"])
def test_the_callers_message_is_played_while_the_database_is_away(make_line: MakeLine, recorded: str) -> None:
    line = make_line("postgresql")
    line.dial().wait_for("platform")
    jon = line.phone(JON, manual)
    if recorded == "before the database went away":
        line.critical_call()
        assert line.eventually(lambda: "caller's message" in line.events())
    with line.database_away():
        if recorded == "while it is away":
            line.critical_call().wait_for("[music]")
        ring = jon.wait_for_ring()
        ring.answer()
        ring.wait_for("Critical ticket")
        ring.press("3")
        ring.wait_for("[music]")
        ring.wait_for("Critical ticket")
    assert any("/media/" in request.url for request in line.requests)


def test_a_page_that_began_goes_on_with_the_next_phone_while_the_database_is_away(make_line: MakeLine) -> None:
    line = make_line(ring_seconds=20)
    line.phone(JON, manual)
    caller = line.critical_call()
    first = line.phone(JON).wait_for_ring()
    with line.database_away():
        first.decline()
        second = line.phone(JON_TOO, manual).wait_for_ring(60)
        line.take(second, caller)
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
    line.take(ring)
    assert line.eventually(lambda: line.ticket(ticket.number).state is TicketState.ACKNOWLEDGED)
    assert len(line.phone(JON).legs) == 1


def test_a_ticket_of_two_calls_that_is_taken_while_the_database_is_away_is_taken_afterwards(
    make_line: MakeLine,
) -> None:
    line = make_line(storms=True)
    jon = line.phone(JON, manual)
    first = line.critical_call()
    ring = jon.wait_for_ring()
    first.hang_up()
    first.wait_until("completed")
    again = line.dial(ROSSI)
    again.wait_for("is open")
    again.press("1")
    again.wait_for("[music]")
    again.hang_up()
    again.wait_until("completed")
    ring.answer()
    ring.wait_for("Critical ticket")
    with line.database_away():
        ring.press("1")
        assert line.eventually(lambda: journal_tickets(line) == [(1042, again.sid)])
    assert line.eventually(lambda: line.ticket().state is TicketState.ACKNOWLEDGED)
    assert line.eventually(lambda: journal_tickets(line) == [])
    assert len(jon.legs) == 1


def journal_tickets(line: Line) -> list[tuple[int, str]]:
    """The tickets that the standby holds, each with its call."""
    with line.houses.standby.engine.connect() as connection:
        return [(row.number, row.call) for row in connection.execute(select(tickets.c.number, tickets.c.call))]


def test_a_request_that_was_on_its_way_to_the_standby_when_its_call_was_moved_goes_to_the_database(
    make_line: MakeLine,
) -> None:
    line = make_line()
    line.phone(JON, manual)
    with line.database_away():
        caller = line.critical_call()
        line.phone(JON).wait_for_ring()
        asked_at = line.house.clock()
    assert line.eventually(lambda: len(line.tickets()) == 1)
    attempt, *_later = line.attempts(line.tickets()[0].number)  # on a slow machine the next phone rings by now
    houses = line.houses
    assert line.keeper is not None
    line.keeper.stop()

    def is_in_database(**about: str) -> bool:
        houses.is_away = True  # as in a process that has not looked since
        return houses.run(lambda house, _connection: house is houses.main, **about)

    assert is_in_database(call=caller.sid)
    assert is_in_database(attempt=attempt.id)
    houses.main_failed(asked_at)  # it hung, and failed after the call was moved
    assert is_in_database(call=caller.sid)
    houses.main_failed(line.house.clock())
    assert not is_in_database(call=caller.sid)
    assert not is_in_database(attempt=attempt.id)


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
        number = int(jon.wait_for_text('1" to take it').body.split()[2])
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


def test_stop_and_start_that_are_texted_while_the_database_is_away_hold_afterwards(make_line: MakeLine) -> None:
    line = make_line()
    jon, ada = line.phone(JON, manual), line.phone(ADA, manual)
    ada.text(ITALY, "STOP")
    assert line.eventually(lambda: line.stopped_phones() == {ADA})

    def heard_by_the_standby() -> int:
        with line.houses.standby.engine.connect() as connection:
            return len(connection.execute(select(incoming_messages)).all())

    with line.database_away():
        jon.text(ITALY, "STOP")
        ada.text(ITALY, "START")
        assert line.eventually(lambda: heard_by_the_standby() == 2)
    assert line.eventually(lambda: line.stopped_phones() == {JON})
    assert line.eventually(lambda: heard_by_the_standby() == 0)


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


def test_an_attempt_that_the_standby_never_tried_rings_no_phone_of_somebody_who_is_rung(make_line: MakeLine) -> None:
    line = make_line()
    jon, second_phone = line.phone(JON, manual), line.phone(JON_TOO, manual)
    line.critical_call()
    ring = jon.wait_for_ring()
    assert line.eventually(lambda: line.attempts()[0].placed_at is not None)
    with line.engine.begin() as connection:
        row = dict(connection.execute(select(attempts)).mappings().one())
        empty = dict.fromkeys(("tried_at", "placed_at", "ringing_at", "leg"))
        replay_module._merge_attempt(line.house, connection, {**row, **empty, "id": "1042-502", "position": 502})
    ring.decline()
    line.take(second_phone.wait_for_ring(60))
    assert line.eventually(lambda: line.ticket().state is TicketState.ACKNOWLEDGED)
    assert [(one.phone, one.outcome) for one in line.attempts()] == [
        (JON, Outcome.BUSY),
        (JON, Outcome.CANCELED),
        (JON_TOO, Outcome.ACCEPTED),
    ]
    assert len(jon.legs) == 1


def test_a_ticket_that_both_sides_opened_for_one_call_is_named_in_the_other(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(JON, manual)
    line.critical_call()
    second = replace(line.ticket(), number=5000)
    with line.engine.begin() as connection:
        replay_module._settle_ticket(line.house, connection, second)
        replay_module._settle_ticket(line.house, connection, second)
    assert line.ticket(5000).call is None
    with line.engine.begin() as connection:
        for number, other in ((1042, 5000), (5000, 1042)):
            told = [one.detail for one in timeline(connection, number) if one.event == "same call"]
            assert told == [f"as ticket {other}"]


def test_reserved_numbers_are_never_handed_out_twice(make_line: MakeLine) -> None:
    line = make_line()
    with line.engine.begin() as connection:
        reserved = list(numbers.reserve_numbers(connection, 5))
        connection.execute(update(counters).where(counters.c.name == "ticket").values(value=reserved[0] - 2))
        handed_out = [numbers.next_ticket_number(connection) for _ in range(3)]
        again = list(numbers.reserve_numbers(connection, 5))
    assert not set(handed_out) & set(reserved)
    assert not set(again) & (set(reserved) | set(handed_out))


def broken(*_: object) -> None:
    raise OperationalError("a statement", {}, Exception("disk I/O error"))


def test_when_the_journal_fails_too_the_callers_leg_rings_the_last_known_people(
    make_line: MakeLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = make_line()
    jon = line.phone(JON, manual)
    caller = line.dial()
    caller.wait_for("platform")
    with line.database_away():
        monkeypatch.setattr(houses_module, "hold", broken)
        caller.press("1")
        ring = jon.wait_for_ring()
        assert ring.direction == "outbound-dial"
        ring.answer()
        ring.wait_for("critical caller")
        assert not caller.with_
        ring.press("1")
        caller.wait_until_with(ring)
        monkeypatch.undo()


def test_a_broken_journal_hurts_nobody_while_the_database_is_well(
    make_line: MakeLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = make_line()
    monkeypatch.setattr(houses_module, "_knows", broken)
    line.houses.journal_in_use = True
    caller = line.critical_call()
    line.take(line.phone(JON, manual).wait_for_ring(), caller)
    assert line.ticket().acknowledged_by == "jon"


def test_numbers_that_another_database_reserved_are_not_used(make_line: MakeLine) -> None:
    line = make_line()
    with line.engine.begin() as main, line.houses.standby.engine.begin() as journal:
        journal.execute(delete(reserved_numbers))
        journal.execute(insert(reserved_numbers).values(number=77))
        journal_module.refresh(main, journal, always=True)
        here = set(journal.execute(select(reserved_numbers.c.number)).scalars())
        there = set(main.execute(select(reserved_numbers.c.number)).scalars())
    assert 77 not in here
    assert here
    assert here <= there


def test_a_partner_who_is_changed_is_known_to_the_standby_within_seconds(make_line: MakeLine, tmp_path: Path) -> None:
    line = make_line()
    line.dial("+442079460299").wait_for("partner number")
    changed = tmp_path / "changed.toml"
    text = EXAMPLE.read_text()
    changed.write_text(text.replace('phones = ["+44 20 7946 0201"]', 'phones = ["+44 20 7946 0299"]'))
    with line.engine.begin() as connection:
        apply_file(connection, changed)

    def known() -> bool:
        with line.houses.standby.engine.connect() as connection:
            return partner_by_phone(connection, "+442079460299") is not None

    assert line.eventually(known)
