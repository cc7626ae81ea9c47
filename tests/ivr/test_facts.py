"""What an escalation knows: the people who may be rung for its ticket, and nobody else's calls."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from ivr.paging.facts import read_facts
from ivr.store.attempts import AttemptRecord, insert_attempt
from ivr.store.tickets import find_ticket, find_tickets, insert_ticket
from routing.escalation import Outcome
from tests.line import Line

COUNT = itertools.count(1)


def ringing(line: Line, person: str, ticket: int, **more: object) -> AttemptRecord:
    """An attempt whose leg has not ended."""
    at = line.house.clock()
    position = next(COUNT)
    record = AttemptRecord(f"{ticket}-{position}", ticket, position, 1, person, person, "on call", "+15550100", 20, at)
    return replace(record, **more)  # type: ignore[arg-type]  # as the test says


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_busy_is_who_may_be_rung_for_the_ticket_and_is_on_another_call(
    make_line: Callable[..., Line], kind: str
) -> None:
    line = make_line(kind)
    with line.frozen_worker():
        line.critical_call()
        with line.engine.connect() as connection:  # nothing of it stays
            mine = find_ticket(connection, 1042)
            assert mine is not None
            insert_ticket(connection, replace(mine, number=900, call=None))
            for attempt in (
                ringing(line, "jon", 900),
                ringing(line, "ada", 1042),
                ringing(line, "leo", 1042, outcome=Outcome.DECLINED),
                ringing(line, "somebody of another team", 900),
            ):
                assert insert_attempt(connection, attempt)
            facts = read_facts(line.house, connection, 1042)
    assert facts is not None
    assert facts.busy == {"jon", "leo"}


def test_tickets_are_found_however_many_are_asked_for(
    make_line: Callable[..., Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = make_line("sqlite")
    monkeypatch.setattr("ivr.store.tickets.AT_ONCE", 2)
    with line.frozen_worker():
        line.critical_call()
        with line.engine.begin() as connection:
            mine = find_ticket(connection, 1042)
            assert mine is not None
            for number in (900, 901, 902):
                insert_ticket(connection, replace(mine, number=number, call=None))
            found = find_tickets(connection, [900, 901, 902, 1000, 1042])
    assert [ticket.number for ticket in found] == [900, 901, 902, 1042]
