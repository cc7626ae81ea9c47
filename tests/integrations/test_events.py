"""Events: one row for each thing that happened, in the transaction in which it did."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from threading import get_ident
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from ivr.integrations.delivering import attempt, relay
from ivr.integrations.outward import forget, look
from ivr.integrations.recipients import Recipients
from ivr.integrations.webhooks import WebhookTarget
from ivr.rehearsal.handsets import manual
from ivr.standby.replay import replay
from ivr.store import calls, tickets
from ivr.store.audit import Author, Entry, record, record_all
from ivr.store.engine import connect
from ivr.store.event_tables import events
from ivr.store.events import Event, new_events, relayed
from ivr.store.tickets import log, take_turn
from tests.console.desk import Desk
from tests.integrations.facts import CALL, TICKET
from tests.integrations.outside import endpoint, house_of, later, open_ticket, told
from tests.line import JON, NIGHT, Line


def types(connection: Connection) -> list[str]:
    return [one.type for one in new_events(connection, 100)]


def test_a_night_with_a_decline_is_told_in_order_and_once(make_line: Callable[..., Line]) -> None:
    line = make_line(mode="twice")
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    ring = jon.wait_for_ring()
    ring.answer()
    ring.wait_for("Critical ticket")
    ring.press("1")
    caller.wait_until_with(ring)
    caller.hang_up()
    assert line.eventually(lambda: "call.ended" in all_types(line))
    told = all_types(line)
    assert [one for one in told if told.count(one) > 1 and one != "ticket.changed"] == []
    wanted = ["call.started", "ticket.opened", "page.started", "page.ringing", "ticket.acknowledged", "page.accepted"]
    assert [one for one in told if one in wanted] == wanted


def all_types(line: Line) -> list[str]:
    with line.engine.connect() as connection:
        return list(connection.execute(select(events.c.type).order_by(events.c.id)).scalars())


def test_what_is_told_twice_is_one_event(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        for _ in range(2):
            calls.begin_call(connection, CALL)
            tickets.insert_ticket(connection, TICKET)
            log(connection, TICKET.number, "resolved", desk.at, "resolved", "by Jon")
            calls.update_call_once(connection, CALL.sid, ended_at=desk.at)
        assert types(connection) == ["call.started", "ticket.opened", "ticket.resolved", "call.ended"]


LINES = [
    ("acknowledged-1", "acknowledged", ["ticket.acknowledged", "page.accepted"]),
    ("acknowledged-0", "acknowledged", ["ticket.acknowledged"]),
    ("acknowledged-0-2026-11-28T02:00:00+00:00", "acknowledged", ["ticket.acknowledged"]),
    ("recovered", "closed by itself", ["ticket.closed"]),
    ("round-1", "round over", ["page.exhausted"]),
    ("declined-1042-1", "passed on", ["page.declined"]),
    ("note-1", "note", ["ticket.changed"]),
    ("something-new", "a line of a later release", ["ticket.changed"]),
    ("ended-1042-1", "phone", []),
]


def test_a_line_of_the_timeline_costs_one_insert_more_at_most(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        tickets.insert_ticket(connection, TICKET)
        statements: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda *found: statements.append(found[2]))
        for key, words, told_of in LINES:
            relayed(connection, [one.id for one in new_events(connection, 9)], desk.at)
            statements.clear()
            log(connection, TICKET.number, key, desk.at, words)
            assert len(statements) == (2 if told_of else 1)
            assert types(connection) == told_of


def test_a_transaction_that_fails_leaves_no_event(desk: Desk) -> None:
    with desk.engine.connect() as connection:
        calls.begin_call(connection, CALL)
        connection.rollback()
        assert types(connection) == []


def test_rotas_tell_of_changes_and_other_items_do_not(desk: Desk) -> None:
    author = Author("Sara", desk.at)
    with desk.engine.begin() as connection:
        before = len(types(connection))
        record(connection, author, "rota", "noc", {}, {"name": "NOC"})
        record(connection, author, "engineer", "jon", {}, {"name": "Jon"})
        record_all(
            connection, author, [Entry("rota", "noc-backup", "add", None, {}), Entry("region", "it", "x", {}, {})]
        )
        told = new_events(connection, 100)[before:]
    assert [one.data["rota"] for one in told] == ["noc", "noc-backup"]
    assert {one.type for one in told} == {"rota.changed"}
    assert told[0].data == {"rota": "noc", "action": "change", "by": "Sara"}


def test_a_name_is_the_same_wherever_an_event_is_kept_and_no_other_has_it(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        calls.begin_call(connection, CALL)
        first = new_events(connection, 9)[-1]
        connection.execute(events.delete())
        calls.begin_call(connection, CALL.__class__(**{**CALL.__dict__, "sid": "CAother"}))
        connection.execute(calls.calls.delete())
        calls.begin_call(connection, CALL)
        other, again = new_events(connection, 9)
    assert first.name == again.name != other.name
    assert first.name.startswith("evt_")


def test_what_happened_on_the_standby_is_told_once_the_database_is_back(make_line: Callable[..., Line]) -> None:
    line = make_line()
    main, journal = line.houses.main, line.houses.standby
    with journal.engine.begin() as connection:
        calls.begin_call(connection, CALL)
        tickets.insert_ticket(connection, TICKET)
    with main.engine.begin() as connection:
        calls.begin_call(connection, CALL)  # the database knew that much before it went away
    assert replay(main, journal, line.houses.mirror) == 1
    with main.engine.begin() as connection:
        mine = [one for one in new_events(connection, 100) if one.call or one.ticket]
    assert [one.type for one in mine] == ["call.started", "ticket.opened"]
    with journal.engine.begin() as connection:
        assert types(connection) == []
    assert NIGHT + timedelta(0) == mine[0].at


def test_an_event_that_cannot_be_told_keeps_no_other_from_being_told(desk: Desk) -> None:
    class Broken(WebhookTarget):
        def body(self, event: Event, facts: Mapping[str, Any]) -> str:
            if event.type == "call.started":
                raise KeyError(event.type)
            return super().body(event, facts)

    one = endpoint(desk, "https://example.com/", types=["webhook.test"])
    open_ticket(desk)
    assert relay(house_of(desk), Recipients((Broken(replace(one, types=())),))) == 2
    assert [found.type for found in told(desk)] == ["ticket.opened"]


def test_a_caller_is_served_in_the_middle_of_a_backlog(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint(desk, "https://example.com/", types=["ticket.changed"])
    with desk.engine.begin() as connection:
        tickets.insert_ticket(connection, TICKET)
        for number in range(45):
            log(connection, TICKET.number, f"note-{number}", desk.at, "note")
    impatient, served, here = connect(house_of(desk).settings.database_url, waits=0), list[int](), get_ident()

    def call_comes_in(_seconds: float) -> None:
        if get_ident() == here:
            with impatient.begin() as connection:
                served.append(take_turn(connection, "noc"))

    monkeypatch.setattr(time, "sleep", call_comes_in)
    look(house_of(desk), Recipients())
    impatient.dispose()
    assert served == [0, 1, 2]
    assert len(told(desk)) == 45


def test_what_is_old_is_forgotten_and_what_waits_is_not(desk: Desk) -> None:
    endpoint(desk, "https://10.0.0.1/", types=["call.started"])
    endpoint(desk, "https://example.com/", types=["ticket.opened"])
    open_ticket(desk)
    relay(house_of(desk), Recipients())
    attempt(house_of(desk), Recipients(), 1, 1)
    later(desk, days=31)
    forget(house_of(desk))
    assert [found.type for found in told(desk)] == ["ticket.opened"]
    with desk.engine.connect() as connection:
        assert connection.execute(select(events.c.id)).all() == []
