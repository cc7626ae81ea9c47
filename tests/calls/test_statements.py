"""How often a request of a call asks the database: ceilings, since each statement costs every caller time.

Counted are statements that reach a cursor of the database, in the thread that answers the request. BEGIN, COMMIT and
savepoints are not among them, nor what a standby keeps on the machine's own disk, unless said so.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from ivr.rehearsal.webhooks import signed
from ivr.store.announcements import add_announcement
from ivr.store.audit import Author
from routing.announcements import Announcement, Kind
from tests.line import ITALY, PUBLIC_URL, ROSSI, STRANGER, TOKEN, Line

MakeLine = Callable[..., Line]
BOTH = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])

ANSWER, KEY, HOLD, STRANGERS_ANSWER = 3, 3, 2, 6


@contextmanager
def statements() -> Iterator[list[tuple[Engine, str]]]:
    """What this thread asks of any database, as it goes to the cursor, with the engine that was asked."""
    asked: list[tuple[Engine, str]] = []
    me = threading.get_ident()

    def note(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if threading.get_ident() == me:
            asked.append((connection.engine, statement))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def ask(line: Line, step: str, sid: str, caller: str = ROSSI, **more: str) -> str:
    """One signed request of a caller's leg; the document that came back."""
    params = {"CallSid": sid, "From": caller, "To": ITALY, "CallStatus": "in-progress", **more}
    request = signed(TOKEN, f"{PUBLIC_URL}/voice/{step}", tuple(params.items()))
    path = request.url.removeprefix(PUBLIC_URL)
    response = line.app.test_client().post(path, data=dict(request.params), headers=dict(request.headers))
    assert response.status_code == 200
    return response.text


def asked_of_the_database(line: Line, *request: str, **more: str) -> list[str]:
    """The statements that one request costs."""
    with statements() as asked:
        ask(line, *request, **more)
    return [statement for engine, statement in asked if engine is line.web_engine]


@BOTH
def test_a_call_that_comes_in_and_a_key_that_is_written_ask_little(make_line: MakeLine, kind: str) -> None:
    line = make_line(kind)
    ask(line, "answer", "CAbefore")
    found = asked_of_the_database(line, "answer", "CA1")
    assert len(found) <= ANSWER, found
    found = asked_of_the_database(line, "heard_answer?question=symptom&try=1", "CA1", Digits="2")
    assert len(found) <= KEY, found
    assert any(statement.startswith("INSERT") for statement in found)


@BOTH
def test_a_call_that_hears_an_announcement_asks_once_more_to_keep_that(make_line: MakeLine, kind: str) -> None:
    line = make_line(kind)
    assert line.clock is not None
    at = line.clock()
    wanted = Announcement(Kind.INCIDENT, at - timedelta(hours=1), None, {"en": "All is slow."}, frozenset(), None)
    with line.engine.begin() as connection:
        add_announcement(connection, Author("Sara Vogel", at), wanted)
    assert "All is slow" in ask(line, "answer", "CAbefore")
    found = asked_of_the_database(line, "answer", "CA1")
    assert len(found) <= ANSWER + 1, found


@BOTH
def test_a_stranger_is_counted_against_both_limits_and_that_is_written(make_line: MakeLine, kind: str) -> None:
    line = make_line(kind)
    ask(line, "answer", "CAbefore")
    found = asked_of_the_database(line, "answer", "CA1", STRANGER)
    assert len(found) <= STRANGERS_ANSWER, found


@BOTH
def test_a_turn_on_hold_asks_twice_and_writes_nothing_anywhere(make_line: MakeLine, kind: str) -> None:
    line = make_line(kind)
    ask(line, "answer", "CA1")
    with line.frozen_worker():
        ask(line, "heard_answer?question=symptom&try=1", "CA1", Digits="1")
        ask(line, "after_details", "CA1", RecordingDuration="0")
        ask(line, "tell_progress", "CA1")
        with statements() as asked:
            assert "Gather" in ask(line, "tell_progress", "CA1")
    of_all = [statement for _, statement in asked]
    assert len(of_all) <= HOLD, of_all
    assert all(statement.startswith("SELECT") for statement in of_all)


def test_what_a_turn_on_hold_finds_changed_is_kept_for_the_standby(make_line: MakeLine) -> None:
    line = make_line()
    ask(line, "answer", "CA1")
    with line.frozen_worker():
        ask(line, "heard_answer?question=symptom&try=1", "CA1", Digits="1")
        ask(
            line,
            "after_details",
            "CA1",
            RecordingDuration="4",
            RecordingSid="RE1",
            RecordingUrl="https://a.example/RE1",
        )
        ask(line, "tell_progress", "CA1")
        kept = line.houses.mirror.recall("CA1")
    assert kept is not None
    assert kept.answers["symptom"] == "1"
    assert kept.ticket is not None
    assert kept.record.on_hold_at is not None
    assert [recording.sid for recording in kept.recordings] == ["RE1"]
