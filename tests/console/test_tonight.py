"""Tonight: who is called now, what needs a look, and who is on the line."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Connection, event

from ivr.configuration.edit import change_item, save_item
from ivr.configuration.export import table_of
from ivr.paging.handling import Hand, take
from ivr.store import attempts, calls
from ivr.store.absences import add_absence
from ivr.store.audit import Author
from ivr.store.configuration import load_configuration
from ivr.store.optouts import stop_texts
from schedules.leave import Absence
from tests.console.desk import Desk
from tests.console.night import Night, busy_night
from tests.line import JON

OpenPage = Callable[..., Page]


@pytest.fixture
def night(desk: Desk) -> Night:
    return Night(desk)


def read(desk: Desk, role: str = "engineer", path: str = "/console/tonight") -> str:
    answer = desk.client(role).get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


def test_it_says_who_is_called_now_until_when_why_and_who_comes_next(desk: Desk) -> None:
    page = read(desk)
    first = page.split('<ol class="steps">')[1].split("</li>")[0]
    for part in ("Jon Bell", "+44 7700 900120", "Mon 30 Nov 03:00", "weekly, week 48", "then Ada Rossi"):
        assert part in first
    assert "after 2 rounds also Sara Vogel (manager)" in page
    assert "All 6 regions" in page


def test_regions_that_change_together_are_said_together(desk: Desk) -> None:
    page = read(desk)
    assert "United Kingdom, Italy, Germany, Austria and Switzerland, France, Spain" in page
    assert page.count("Closed</span>") == 2


def test_a_viewer_sees_no_whole_telephone_number(desk: Desk, night: Night) -> None:
    busy_night(night)
    page = read(desk, "viewer")
    assert "+44…20" in page
    assert "tel:" not in page
    assert "7700" not in page


def test_without_a_worker_that_is_the_first_thing_said(desk: Desk, night: Night) -> None:
    assert "No paging worker is running" in read(desk)
    night.worker_beats()
    assert "paging worker" not in read(desk)
    desk.at += timedelta(minutes=3)
    assert "The paging workers are silent (3 min)" in read(desk)


def change_engineer(desk: Desk, key: str, **values: object) -> None:
    def change(connection: object) -> None:
        known = load_configuration(connection)  # type: ignore[arg-type]
        table = {**table_of("engineer", known.engineers[key]), **values}
        change_item(connection, Author("a test", desk.at), "engineer", key, table)  # type: ignore[arg-type]

    desk.do(change)


def test_somebody_on_call_whom_nobody_can_ring_leaves_a_level_empty_and_both_is_said(desk: Desk) -> None:
    change_engineer(desk, "jon", phones=[])
    page = read(desk)
    assert "Nobody is on level 1 of NOC, then backup, then Leo now" in page
    assert "Jon Bell is on call in NOC on call and has no phone that counts" in page


def test_without_a_manager_who_can_be_rung_it_says_so(desk: Desk) -> None:
    change_engineer(desk, "sara", manager=False)
    assert "No manager has a phone" in read(desk)


def test_somebody_on_call_who_stopped_texts_is_named(desk: Desk) -> None:
    desk.do(lambda connection: stop_texts(connection, JON, desk.at))
    assert "Jon Bell texted STOP" in read(desk)


def test_a_gap_of_the_next_week_is_a_warning_with_its_times(desk: Desk) -> None:
    def leave_a_gap(connection: object) -> None:
        known = load_configuration(connection)  # type: ignore[arg-type]
        table = table_of("rota", known.rotas["noc"])
        gap = {"from": desk.at + timedelta(hours=30), "until": desk.at + timedelta(hours=33), "by": "a test"}
        table["overrides"] = [{"engineer": "jon", "kind": "remove", **gap}]
        change_item(connection, Author("a test", desk.at), "rota", "noc", table)  # type: ignore[arg-type]

    desk.do(leave_a_gap)
    page = read(desk)
    assert "Nobody is on call in NOC on call." in page
    assert "Sun 29 Nov 03:00</time> until" in page


def test_somebody_on_call_who_is_on_leave_is_a_warning_and_no_alarm(desk: Desk, night: Night) -> None:
    night.worker_beats()
    away = Absence("jon", desk.at - timedelta(hours=1), desk.at + timedelta(hours=9))
    desk.do(lambda connection: add_absence(connection, away, desk.at))
    page = read(desk)
    assert "Jon Bell is on call in NOC on call and on leave." in page
    assert 'class="alarm"' not in page


def test_a_carrier_that_does_not_ring_is_an_alarm_for_a_while(desk: Desk, night: Night) -> None:
    ticket = busy_night(night)
    tried = night.desk.do(lambda connection: attempts.attempts_of(connection, ticket.number))[-1]
    desk.do(lambda connection: attempts.refuse(connection, tried.id, desk.at))
    assert "did not ring" not in read(desk)  # it rings: the refusal came late, and changes nothing
    desk.do(lambda c: attempts.end_attempt(c, tried.id, attempts.Outcome.FAILED, desk.at))
    assert "The carrier did not ring a phone of ours" in read(desk)
    desk.at += timedelta(minutes=16)
    assert "The carrier did not ring" not in read(desk)


def test_calls_say_where_in_the_script_they_are(desk: Desk, night: Night) -> None:
    busy_night(night)
    page = read(desk)
    for part in ("speaks with Ada Rossi", "on hold; Ada Rossi rung now", "keys in partner number and PIN"):
        assert part in page
    desk.do(lambda connection: calls.update_call(connection, "CA-hold", ended_at=desk.at))
    assert "on hold; Ada Rossi rung now" not in read(desk)


def test_a_critical_ticket_is_an_alarm_until_somebody_has_it(desk: Desk, night: Night) -> None:
    ticket = busy_night(night)
    assert f"Nobody has Critical ticket {ticket.number} (3 min)" in read(desk)
    desk.do(lambda connection: take(Hand(night.house, connection, "Jon Bell", "jon", desk.at), ticket.number))
    page = read(desk)
    assert "Nobody has Critical ticket" not in page
    assert "Jon Bell has it" in page


def test_beyond_twelve_critical_tickets_it_leads_to_all_of_them_and_to_no_others(desk: Desk, night: Night) -> None:
    for _ in range(13):
        night.ticket(desk.at)
    asked = night.standard(desk.at)
    address = read(desk).split('id="more-critical" href="')[1].split('"')[0]
    listed = read(desk, path=address)
    assert listed.count("Critical</span>") == 13
    assert f"/console/tickets/{asked.number}" not in listed


def test_one_round_and_two_rounds_are_told_apart(desk: Desk) -> None:
    def once(connection: Connection) -> None:
        known = load_configuration(connection)
        for policy in known.policies.values():
            save_item(connection, Author("Sara", desk.at), known, "policy", policy.key, replace(policy, repeat=1))

    desk.do(once)
    assert "after 1 round also" in read(desk)


def test_the_part_that_asks_for_news_gets_nothing_while_nothing_changed(desk: Desk, night: Night) -> None:
    busy_night(night)
    client = desk.client("engineer")
    seen = client.get("/console/tonight").text.split('name="seen" value="')[1].split('"')[0]
    assert client.get(f"/console/tonight/live?seen={seen}").status_code == 204
    desk.at += timedelta(minutes=1)
    assert client.get(f"/console/tonight/live?seen={seen}").status_code == 200


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_its_queries_are_as_many_with_many_callers_and_tickets_as_with_few(
    kind: str, make_desk: Callable[..., Desk]
) -> None:
    desk = make_desk(kind)
    night, counts = Night(desk), []
    for _ in range(2):
        for _ in range(20):
            night.standard(night.ago(hours=1))
            call = night.call(f"CA{night.numbers[-1]}", night.ago(minutes=2))
            night.page(night.ticket(night.ago(minutes=1), call=call), night.ago(minutes=1))
        statements: list[str] = []
        remember = lambda *found, statements=statements: statements.append(found[2])  # noqa: E731
        event.listen(desk.engine, "before_cursor_execute", remember)
        assert "Jon Bell" in read(desk)
        event.remove(desk.engine, "before_cursor_execute", remember)
        counts.append(len(statements))
    assert counts[1] <= counts[0] <= 35, statements


def test_news_come_by_themselves_and_leave_focus_and_scrolling_alone(
    desk: Desk, night: Night, open_page: OpenPage
) -> None:
    busy_night(night)
    page = open_page("/console/tonight", role="engineer", size=(390, 844), scheme="dark")
    expect(page.locator("#live").get_by_text("Jon Bell").first).to_be_in_viewport()
    page.locator("#ticket-1044").focus()
    before = page.evaluate("window.scrollY")
    assert before > 0
    desk.at += timedelta(minutes=2)
    expect(page.get_by_text("5 min old")).to_be_visible(timeout=15_000)
    assert page.evaluate("document.activeElement.id") == "ticket-1044"
    assert page.evaluate("window.scrollY") == before


def test_while_nightline_does_not_answer_the_page_stays_and_says_how_old_it_is(
    desk: Desk, night: Night, open_page: OpenPage
) -> None:
    night.worker_beats()
    page = open_page("/console/tonight", role="engineer")
    page.route("**/tonight/live*", lambda route: route.fulfill(status=503, body="away"))
    expect(page.locator("#stale")).to_contain_text("Nightline does not answer", timeout=15_000)
    expect(page.locator("#live").get_by_text("Jon Bell").first).to_be_visible()
    page.unroute("**/tonight/live*")
    expect(page.locator("#stale")).to_be_hidden(timeout=15_000)


def test_it_looks_good(night: Night, assert_looks_good: Callable[..., None]) -> None:
    busy_night(night)
    assert_looks_good("/console/tonight", "tonight", role="engineer")
