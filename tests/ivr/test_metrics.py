"""The figures: what Prometheus reads, and who may."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import delete, insert

from ivr.app import create_app
from ivr.rehearsal.handsets import answers_and_presses, manual
from ivr.store import tally
from ivr.store.tables import attempts, calls, messages, ticket_log, tickets
from ivr.store.workers import beat
from routing.tickets import TicketState
from tests.line import ADA, JON, NIGHT, ROSSI, Line

MakeLine = Callable[..., Line]
Labels = dict[str, str]


def read(client: FlaskClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample of a scrape by its name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def figure(line: Line, name: str, **labels: str) -> float | None:
    return read(line.app.test_client()).get((f"nightline_{name}", frozenset(labels.items())))


def test_after_a_critical_call_the_figures_say_what_happened(line: Line) -> None:
    line.phone(JON, answers_and_presses("2"))
    ada = line.phone(ADA, manual)
    caller = line.critical_call()
    ring = ada.wait_for_ring()
    assert figure(line, "open_critical_tickets") == 1
    assert figure(line, "tickets", class_of_service="critical", state="paging") == 1
    assert figure(line, "calls_under_way") == 1
    line.take(ring, caller)
    caller.hang_up()
    assert line.eventually(lambda: figure(line, "calls_total", outcome="connected") == 1)
    assert line.eventually(lambda: figure(line, "calls_under_way") == 0)
    assert figure(line, "attempts_total", outcome="declined") == 1
    assert figure(line, "attempts_total", outcome="accepted") == 1
    assert figure(line, "tickets_opened_total", class_of_service="critical") == 1
    assert figure(line, "tickets", class_of_service="critical", state="acknowledged") == 1
    assert figure(line, "open_critical_tickets") == 0
    assert figure(line, "unattended_critical_tickets") == 0
    assert line.eventually(lambda: figure(line, "workers_alive") == 1)
    assert figure(line, "journal_calls") == 0
    assert figure(line, "database_up") == 1


def test_the_waits_are_counted_from_the_verdict_to_the_first_ring_and_to_the_first_human(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(JON, answers_and_presses("2"))
    ring = line.phone(ADA, manual)
    caller = line.critical_call()
    line.take(ring.wait_for_ring(), caller)
    opened, (first, second) = line.ticket().opened_at, line.attempts()
    taken = line.ticket().acknowledged_at
    assert first.placed_at is not None
    assert second.joined_at is not None
    assert taken is not None
    ring_wait = (first.placed_at - opened).total_seconds()
    human_wait = (min(taken, second.joined_at) - opened).total_seconds()
    assert figure(line, "verdict_to_first_ring_seconds", quantile="1") == pytest.approx(ring_wait)
    assert figure(line, "verdict_to_human_seconds", quantile="0.5") == pytest.approx(human_wait)
    assert figure(line, "verdict_to_human_tickets") == 1


def test_a_ticket_that_pages_without_a_worker_is_unattended_and_the_beat_grows_old(make_line: MakeLine) -> None:
    line = make_line()
    with line.frozen_worker():
        line.critical_call()
        with line.engine.begin() as connection:
            beat(connection, "one that died", line.house.clock() - timedelta(minutes=2))
        assert figure(line, "unattended_critical_tickets") == 1
        assert figure(line, "workers_alive") == 0
        age = figure(line, "worker_beat_age_seconds")
        assert age is not None
        assert age >= 120
    assert line.eventually(lambda: figure(line, "unattended_critical_tickets") == 0)


def test_while_the_database_is_away_the_journal_is_counted_and_the_rest_is_left_out(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(JON, manual)
    with line.database_away():
        line.critical_call()
        line.phone(JON).wait_for_ring()
        assert figure(line, "database_up") == 0
        assert figure(line, "journal_calls") == 1
        assert figure(line, "journal_open_critical_tickets") == 1
        assert figure(line, "open_critical_tickets") is None
    assert line.eventually(lambda: figure(line, "journal_calls") == 0)
    assert figure(line, "database_up") == 1
    assert figure(line, "open_critical_tickets") == 1


def test_only_this_machine_and_the_bearer_of_the_token_may_read_the_figures(make_line: MakeLine) -> None:
    line = make_line()
    elsewhere = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    client = line.app.test_client()
    refused = client.get("/metrics", **elsewhere)
    assert (refused.status_code, "NIGHTLINE_METRICS_TOKEN" in refused.text) == (403, True)
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer "}, **elsewhere).status_code == 403
    assert client.get("/metrics").status_code == 200

    with_token = line.settings.model_copy(update={"metrics_token": type(line.settings.auth_token)("open-sesame")})
    opened = create_app(with_token, line.house.__class__(**{**line.house.__dict__, "settings": with_token}))
    right, wrong = {"Authorization": "Bearer open-sesame"}, {"Authorization": "Bearer open-sesam"}
    assert opened.test_client().get("/metrics", headers=right, **elsewhere).status_code == 200
    assert opened.test_client().get("/metrics", headers=wrong, **elsewhere).status_code == 403
    assert opened.test_client().get("/metrics", **elsewhere).status_code == 403
    opened.extensions["houses"].close()


def test_the_totals_count_all_that_ever_happened_and_never_go_down(make_line: MakeLine) -> None:
    line = make_line()
    at = NIGHT
    counts = tally.calls_by_outcome()

    def add(sid: str, days_ago: int, outcome: str | None) -> int:
        row = {"sid": sid, "region": "italy", "called": "", "caller": ROSSI, "in_support_hours": False}
        with line.engine.begin() as connection:
            connection.execute(insert(calls).values(**row, started_at=at - timedelta(days=days_ago), outcome=outcome))
            return sum(counts.read(connection, at).values())

    assert add("an old one", 400, "connected") == 1
    assert add("of yesterday", 1, "connected") == 2
    assert add("under way", 0, None) == 2
    assert add("of today", 0, "desk") == 3
    with line.engine.begin() as connection:
        assert counts.read(connection, at + timedelta(days=40)) == {("connected",): 2, ("desk",): 1}
        assert tally.calls_by_outcome().read(connection, at) == counts.read(connection, at)


def test_attempts_of_tickets_with_reserved_numbers_are_counted_too(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(JON, manual)
    line.critical_call()
    line.phone(JON).wait_for_ring()
    counts, later = tally.attempts_by_outcome(), line.house.clock() + timedelta(days=30)
    with line.engine.begin() as connection:
        assert counts.read(connection, later) == {}
        ticket = dict(connection.execute(tickets.select()).mappings().one())
        attempt = dict(connection.execute(attempts.select()).mappings().one())
        connection.execute(insert(tickets).values({**ticket, "number": 1010, "call": None, "opened_at": later}))
        changed = {"id": "1010-1", "ticket": 1010, "person": "leo", "outcome": "failed", "ended_at": later}
        connection.execute(insert(attempts).values({**attempt, **changed}))
        assert counts.read(connection, later) == {("failed",): 1}
        for table in (attempts, ticket_log, messages):
            connection.execute(delete(table).where(table.c.ticket == 1010))
        connection.execute(delete(tickets).where(tickets.c.number == 1010))
    assert line.ticket().state is TicketState.PAGING
