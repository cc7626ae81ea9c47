"""The standby's pager: who works on a ticket of the journal."""

import threading
from collections.abc import Callable
from pathlib import Path
from queue import Queue

import pytest

from ivr.house import build_house
from ivr.paging import loop
from ivr.standby.pager import LocalEscalations
from ivr.store import tickets
from ivr.store.engine import connect
from routing.tickets import TicketEvent
from tests.line import NIGHT, settings_of
from tests.scenes import paging_ticket


def threads_of(ticket: int) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith(f"escalation-{ticket}-")]


def test_a_ticket_that_is_taken_stays_with_the_thread_that_pages_for_it_and_gets_another_once_that_ended(
    make_prepared: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = Queue[int](), threading.Event()

    def escalate(_moves: object, _steps: object, ticket: int, _escalation: int) -> None:
        begun.put(ticket)
        may_end.wait()

    monkeypatch.setattr(loop, "escalate", escalate)
    url = make_prepared("sqlite")
    house = build_house(settings_of(url, tmp_path, account_sid="AC1"), connect(url))
    with house.engine.begin() as connection:
        tickets.insert_ticket(connection, paging_ticket(call=None, escalation=1))
    escalations = LocalEscalations(house, threading.Condition())
    escalations.look()
    (pages,) = threads_of(1042)
    with house.engine.begin() as connection:
        taken = {"acknowledged_by": "jon", "acknowledged_at": NIGHT, "acknowledged_via": "text"}
        assert tickets.move_ticket(connection, 1042, TicketEvent.ACKNOWLEDGE, **taken)
    escalations.look()
    assert threads_of(1042) == [pages]
    may_end.set()
    pages.join()
    escalations.look()
    assert [begun.get(timeout=20) for _ in range(2)] == [1042, 1042]
    escalations.stop()
    house.engine.dispose()
