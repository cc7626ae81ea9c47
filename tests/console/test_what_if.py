"""What if: open or closed, what is heard, the verdict, and who is rung, as a call at that instant would find it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from playwright.sync_api import Page
from sqlalchemy import Connection

from ivr.store.configuration import load_configuration, save_configuration
from ivr.store.tickets import list_tickets
from schedules.rota import Override
from tests.console.desk import Desk

NIGHT_IN_ITALY = "/console/what-if?region=it&at=2026-11-28T03:00"


def text_of(desk: Desk, path: str, role: str = "viewer") -> str:
    """The page's words, its tags left out."""
    answer = desk.client(role).get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def override(desk: Desk, engineer: str) -> None:
    """Somebody takes the night of the 28th of November over."""

    def change(connection: Connection) -> None:
        known = load_configuration(connection)
        hours = datetime(2026, 11, 27, 20, tzinfo=UTC), datetime(2026, 11, 28, 8, tzinfo=UTC)
        rota = replace(known.rotas["noc"], overrides=(Override(engineer, *hours, by="Mia Keller"),))
        save_configuration(connection, replace(known, rotas={**known.rotas, "noc": rota}))

    desk.do(change)


def test_at_night_a_partner_whose_platform_is_down_wakes_the_engineer_on_call(desk: Desk) -> None:
    shown = text_of(desk, f"{NIGHT_IN_ITALY}&caller=4001")
    assert "Closed until Monday 30 November, 09:00 CET" in shown
    assert "We are calling the engineer. Your ticket is 1 0 4 2." in shown
    assert "Critical article 16.4" in shown
    assert "Support is closed, it is Critical, and Jon Bell is rung first." in shown
    order = shown.split("Who is rung, in this order")[1]
    assert order.index("Jon Bell") < order.index("weekly, week 48") < order.index("Ada Rossi")


def test_an_override_is_named_with_who_entered_it(desk: Desk) -> None:
    override(desk, "leo")
    rung = text_of(desk, f"{NIGHT_IN_ITALY}&caller=4001").split("Who is rung")[1]
    first_level = rung.split("Level 2")[0]
    assert "Leo Marin" in first_level
    assert "override by Mia Keller" in first_level
    assert "Jon Bell" not in first_level
    assert "Leo Marin" not in text_of(desk, "/console/what-if?region=it&at=2026-11-28T09:00").split("Level 2")[0]


def test_who_calls_is_somebody_whose_call_pages_unless_it_is_said(desk: Desk) -> None:
    shown = text_of(desk, NIGHT_IN_ITALY)
    assert "Support is closed, it is Critical, and Jon Bell is rung first." in shown


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("caller=4001&answer-symptom=2", ["Choose an answer to go on", "Do calls drop with another operator too?"]),
        ("caller=4001&answer-symptom=2&answer-reproduced=2", ["Standard article 16.5", "Nobody is woken"]),
        ("caller=4001&answer-symptom=3&answer-workaround=1", ["Critical article 16.3", "Who is rung, in this order"]),
        ("caller=4001&answer-symptom=4&answer-uncovered=4", ["Customer care is not taken by phone", "No ticket"]),
        ("caller=4004", ["Support for you is given by your assigned partner", "Nobody is woken"]),
        ("caller=unknown", ["Please enter your partner number", "We could not recognise you", "Nobody is woken"]),
        ("caller=withheld", ["We could not recognise you"]),
        ("number=%2B44+20+7946+0201", ["We are calling the engineer"]),
    ],
)
def test_the_verdict_follows_from_who_calls_and_what_is_answered(desk: Desk, query: str, words: list[str]) -> None:
    shown = text_of(desk, f"{NIGHT_IN_ITALY}&{query}")
    for expected in words:
        assert expected in shown


def test_in_support_hours_the_desk_is_rung_and_its_silence_leads_to_the_screening(desk: Desk) -> None:
    day = "/console/what-if?region=it&at=2026-11-25T11:00&caller=4001"
    shown = text_of(desk, day)
    assert "Open until 18:00 CET" in shown
    assert shown.index("Benvenuti") < shown.index("Nobody at the desk") < shown.index("We are calling the engineer")
    assert "Due 11:30 CET" in shown
    answered = text_of(desk, f"{day}&desk=answers", "manager")
    assert "The desk answers: +44 20 7946 0110" in answered
    assert "No ticket is opened" in answered


def test_support_hours_are_half_open(desk: Desk) -> None:
    assert "Open until 18:00" in text_of(desk, "/console/what-if?region=us&at=2026-11-25T09:00")
    assert "Closed until Thursday" in text_of(desk, "/console/what-if?region=us&at=2026-11-25T18:00")


def test_nothing_is_left_behind(desk: Desk) -> None:
    text_of(desk, f"{NIGHT_IN_ITALY}&caller=4001")
    assert desk.do(list_tickets) == []


def test_what_is_no_instant_is_said_and_viewers_see_no_whole_numbers(desk: Desk) -> None:
    for wrong in ("yesterday", "9999-12-31T23:59", "2026-11-28T03:00%2B01:00"):
        answer = desk.client("viewer").get(f"/console/what-if?region=it&at={wrong}")
        assert answer.status_code == 422
        assert "is no instant" in answer.get_data(as_text=True)
    assert "900120" not in text_of(desk, NIGHT_IN_ITALY).replace(" ", "")


def test_what_is_no_instant_stays_in_its_field_and_the_moment_that_is_shown_is_rehearsed(desk: Desk) -> None:
    page = desk.client("engineer").get("/console/what-if?region=it&at=0026-11-28T03:00").text
    assert 'type="datetime-local" value="0026-11-28T03:00"' in page
    assert "/console/rehearse?region=it&amp;at=2026-11-28T03:00" in page.replace("%3A", ":")


def test_a_manager_asks_in_the_browser_and_passes_the_address_on(open_page: Callable[..., Page], served: Desk) -> None:
    override(served, "leo")
    page = open_page("/console/what-if")
    page.get_by_label("Region").select_option("it")
    page.get_by_label("When").fill("2026-11-28T03:00")
    page.get_by_label("Who calls").select_option("4001")
    page.get_by_role("heading", name="Italy, Saturday 28 November 2026, 03:00 CET").wait_for()
    page.get_by_text("override by Mia Keller").wait_for()
    page.get_by_label("If calls are dropping").check()
    page.get_by_label("If not, or not checked").check()
    page.get_by_role("heading", name="Nobody is woken").wait_for()
    again = open_page(page.url.removeprefix(served.url), role="viewer")
    assert again.get_by_role("heading", name="Nobody is woken").is_visible()
    assert again.get_by_label("If not, or not checked").is_checked()


def test_by_keyboard_alone(open_page: Callable[..., Page]) -> None:
    page = open_page(f"{NIGHT_IN_ITALY}&caller=4001")
    page.get_by_label("If the cloud platform").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_text("Choose an answer to go on").wait_for()
    assert page.evaluate("document.activeElement.id") == "f-symptom-2"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_text("Critical").first.wait_for()
    page.get_by_role("heading", name="Who is rung, in this order").wait_for()


def test_it_looks_good(assert_looks_good: Callable[..., None]) -> None:
    assert_looks_good(f"{NIGHT_IN_ITALY}&caller=4001", "what-if")
    assert_looks_good("/console/what-if?region=it&at=2026-11-25T11:00&caller=unknown", "what-if-day", role="viewer")
