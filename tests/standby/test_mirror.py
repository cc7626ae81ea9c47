"""The mirror: what a web machine last knew of each call, in a file beside the database."""

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ivr.standby.mirror import KEPT, Mirror, Seen
from ivr.store.calls import CallRecord
from routing.screening import Symptom
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState
from tests.line import ITALY, NIGHT, ROSSI

FIRST = Seen(CallRecord("CA1", "it", ITALY, ROSSI, ROSSI, NIGHT, False), {"symptom": "2"}, None, ())
OPENED = Ticket(
    number=1042,
    call="CA1",
    region="it",
    partner="4001",
    partner_name="Rossi Telecom",
    class_of_service=ClassOfService.CRITICAL,
    symptom=Symptom.DROPS,
    article="16.3",
    answers={"symptom": "2"},
    caller=ROSSI,
    called=ITALY,
    pbx="",
    verified=True,
    state=TicketState.PAGING,
    opened_at=NIGHT,
)


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    made = Mirror(tmp_path / "mirror.db")
    yield made
    made.close()


def test_a_call_is_recalled_as_it_was_seen_last(mirror: Mirror, tmp_path: Path) -> None:
    mirror.keep(FIRST, NIGHT)
    later = replace(FIRST, answers={"symptom": "1"}, ticket=OPENED)
    mirror.keep(later, NIGHT)
    another_process = Mirror(tmp_path / "mirror.db")
    assert another_process.recall("CA1") == mirror.recall("CA1") == later
    assert another_process.recall("CA2") is None
    another_process.close()


def test_of_a_ticket_the_call_is_recalled_that_opened_it(mirror: Mirror) -> None:
    opening = replace(FIRST, ticket=OPENED)
    again = replace(FIRST, record=replace(FIRST.record, sid="CA0"), ticket=OPENED)
    mirror.keep(FIRST, NIGHT)
    mirror.keep(again, NIGHT)
    mirror.keep(opening, NIGHT)
    assert mirror.recall_ticket(1042) == opening
    assert mirror.recall_ticket(1043) is None


def test_old_calls_are_forgotten_also_those_that_an_older_release_kept(mirror: Mirror, tmp_path: Path) -> None:
    mirror.keep(FIRST, NIGHT)
    written = sqlite3.connect(tmp_path / "mirror.db")
    row = "insert into seen_calls select 'CA2', ticket, '2026-11-28 01:59:59.000000', body from seen_calls"
    with written:
        written.execute(row)
    mirror.forget_old(NIGHT + KEPT)
    assert mirror.recall("CA1") == FIRST
    assert written.execute("select sid from seen_calls").fetchall() == [("CA1",)]
    mirror.forget_old(NIGHT + KEPT + timedelta(seconds=1))
    assert mirror.recall("CA1") is None
    written.close()


def test_a_mirror_that_is_closed_while_others_use_it_refuses_them(tmp_path: Path) -> None:
    mirror, refused, begun = Mirror(tmp_path / "mirror.db"), threading.Event(), threading.Event()

    def use_it(at: datetime = NIGHT) -> None:
        try:
            while True:
                mirror.keep(FIRST, at)
                begun.set()
        except sqlite3.ProgrammingError:
            refused.set()

    user = threading.Thread(target=use_it)
    user.start()
    assert begun.wait(30)
    mirror.close()
    user.join(30)
    assert refused.is_set()
