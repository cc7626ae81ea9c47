"""My on-call: my shifts, my phones and my tickets, for the engineer who is signed in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Connection

from ivr.configuration.edit import save_item
from ivr.store.audit import Author, list_changes
from ivr.store.configuration import load_configuration
from routing.tickets import TicketState
from schedules.rota import who_is_on_call
from tests.console.desk import Desk
from tests.console.night import Night, busy_night
from tests.line import JON, JON_TOO


@pytest.fixture
def night(desk: Desk) -> Night:
    return Night(desk)


def read(desk: Desk, role: str = "engineer") -> str:
    answer = desk.client(role).get("/console/my-on-call")
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def phones_of_jon(desk: Desk) -> tuple[str, ...]:
    found: tuple[str, ...] = desk.do(load_configuration).engineers["jon"].phones
    return found


def test_it_says_whether_i_am_on_call_now_and_until_when(desk: Desk) -> None:
    page = read(desk)
    assert "On call now, level 1, until <time" in page
    assert "weekly, week 48" in page
    desk.at += timedelta(days=3)
    desk.secrets.clear()  # that session is over
    assert "Not on call now" in read(desk)


def test_my_shifts_are_those_of_the_one_resolver(desk: Desk) -> None:
    known = desk.do(load_configuration)
    begins = [part.split('"')[0] for part in read(desk).split('<strong><time datetime="')[1:]]
    assert len(begins) >= 7
    for at in begins:
        instant = desk.at.fromisoformat(at)
        on_call = [shift.engineer for rota in known.rotas.values() for shift in who_is_on_call(rota, instant)]
        assert "jon" in on_call


def test_my_phones_ring_in_the_order_that_i_choose(desk: Desk) -> None:
    client = desk.client("engineer")
    seen = client.get("/console/my-on-call").text.split('name="seen" value="')[1].split('"')[0]
    answer = desk.post(client, "/console/my-on-call/phones", phone=JON_TOO, seen=seen)
    assert answer.status_code == 303
    assert phones_of_jon(desk) == (JON_TOO, JON)
    (change,) = desk.do(lambda connection: list_changes(connection, kind="engineer"))
    assert (change.by, change.key) == ("Jon Bell", "jon")
    late = desk.post(client, "/console/my-on-call/phones", phone=JON, seen=seen)
    assert late.status_code == 409
    assert "Somebody changed your phones meanwhile" in late.text
    assert phones_of_jon(desk) == (JON_TOO, JON)


def test_a_phone_that_is_not_mine_changes_nothing(desk: Desk) -> None:
    client = desk.client("engineer")
    seen = client.get("/console/my-on-call").text.split('name="seen" value="')[1].split('"')[0]
    desk.post(client, "/console/my-on-call/phones", phone="+4915112345678", seen=seen)
    assert phones_of_jon(desk) == (JON, JON_TOO)


def test_an_account_that_is_no_engineers_is_told_who_can_link_it(desk: Desk) -> None:
    assert "Link it under Users" in read(desk, "operator")
    assert desk.post(desk.client("operator"), "/console/my-on-call/phones", phone=JON).status_code == 403
    assert desk.client("viewer").get("/console/my-on-call").status_code == 403


def test_my_tickets_and_standard_ones_that_nobody_has_are_listed(desk: Desk, night: Night) -> None:
    busy_night(night)
    old = night.standard(night.ago(days=4))
    page = read(desk)
    mine, standard = page.split("Standard tickets that nobody has</h2>")
    assert "None." in mine
    assert "<strong>1042</strong>" in standard
    assert f"<strong>{old.number}</strong>" not in standard
    desk.post(desk.client("engineer"), "/console/tickets/1042/take")
    mine, standard = read(desk).split("Standard tickets that nobody has</h2>")
    assert "<strong>1042</strong>" in mine
    assert "<strong>1042</strong>" not in standard


def test_what_rings_me_is_taken_with_one_tap_at_night(desk: Desk, night: Night, open_page: Callable[..., Page]) -> None:
    ticket = night.ticket(desk.at)
    night.page(ticket, desk.at)
    night.ring(ticket)
    page = open_page("/console/my-on-call", role="engineer", size=(390, 844), scheme="dark")
    button = page.get_by_role("button", name=f"Take {ticket.number}")
    expect(button).to_be_in_viewport()
    button.click()
    expect(page.get_by_text("It is yours.")).to_be_visible()
    assert night.read(ticket.number).state is TicketState.ACKNOWLEDGED


def test_asking_for_cover_begins_with_the_shift_that_was_chosen(desk: Desk, open_page: Callable[..., Page]) -> None:
    page = open_page("/console/my-on-call", role="engineer", size=(390, 844))
    page.get_by_role("link", name="Ask for cover from Mon 14 Dec").click()
    expect(page.locator("#shift option:checked")).to_contain_text("14 Dec")


def test_phones_are_put_in_order_by_keyboard(desk: Desk, open_page: Callable[..., Page]) -> None:
    page = open_page("/console/my-on-call", role="engineer")
    page.get_by_role("button", name="Ring +44 20 7946 0120 earlier").press("Enter")
    expect(page.get_by_text("+442079460120 rings first.")).to_be_visible()
    assert phones_of_jon(desk) == (JON_TOO, JON)


def test_it_says_before_which_phone_one_rings_that_does_not_ring_first(desk: Desk) -> None:
    third = "+442079460121"

    def three(connection: Connection) -> None:
        known = load_configuration(connection)
        jon = replace(known.engineers["jon"], phones=(JON, JON_TOO, third))
        save_item(connection, Author("Sara Vogel", desk.at), known, "engineer", "jon", jon)

    desk.do(three)
    client = desk.client("engineer")
    desk.post(client, "/console/my-on-call/phones", phone=third)
    assert f"{third} rings before {JON_TOO}." in client.get("/console/my-on-call").get_data(as_text=True)
    assert phones_of_jon(desk) == (JON, third, JON_TOO)


def test_it_looks_good(desk: Desk, night: Night, assert_looks_good: Callable[..., None]) -> None:
    busy_night(night)
    ticket = night.ticket(desk.at)
    night.page(ticket, desk.at)
    night.ring(ticket)
    assert_looks_good("/console/my-on-call", "my-on-call", role="engineer")
