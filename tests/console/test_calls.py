"""Calls: found among many, and what was answered at each step."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ivr.console.calls import OUTCOMES
from ivr.console.words import step_words
from ivr.reports.words import KEPT_AWAY
from ivr.store.report_calls import EARLY, LATE
from ivr.voice import script
from ivr.voice.again import ANOTHER
from routing.screening import QUESTIONS
from tests.console.desk import Desk
from tests.console.night import Night, busy_night


@pytest.fixture
def night(desk: Desk) -> Night:
    found = Night(desk)
    busy_night(found)
    return found


def sids(desk: Desk, query: str = "") -> list[str]:
    page = desk.client("viewer").get(f"/console/calls{query}").text
    return [part.split('"')[0] for part in page.split('<th scope="row"><a href="/console/calls/')[1:]]


def test_every_filter_leaves_what_fits_the_newest_first(desk: Desk, night: Night) -> None:
    assert sids(desk) == ["CA-new", "CA-hold", "CA-talk", "CA-old"]
    assert sids(desk, "?region=fr") == ["CA-talk"]
    assert sids(desk, "?outcome=standard+ticket") == ["CA-old"]
    assert sids(desk, "?outcome=under+way") == ["CA-new", "CA-hold", "CA-talk"]
    assert sids(desk, "?since=2026-11-28") == []
    assert sids(desk, "?q=loire") == ["CA-talk"]
    assert sids(desk, "?q=4001") == ["CA-hold", "CA-old"]
    assert sids(desk, "?q=%2B33+1+99+00+02+07") == ["CA-talk"]
    assert sids(desk, "?q=nobody+at+all") == []
    assert sids(desk, "?q=0612345678") == []


def test_pages_follow_each_other(desk: Desk, night: Night) -> None:
    for number in range(60):
        night.call(f"CB{number:02}", night.ago(hours=6), region="uk")
    client = desk.client("viewer")
    first = client.get("/console/calls?region=uk").text
    further = first.split('class="small" href="')[1].split('"')[0].replace("&amp;", "&")
    found = sids(desk, "?region=uk") + sids(desk, further.removeprefix("/console/calls"))
    assert '<a href="/console/calls?region=uk">Newest</a>' in client.get(further).text
    assert found == [f"CB{number:02}" for number in reversed(range(60))]


def test_a_call_tells_what_was_answered_and_leads_to_its_ticket(desk: Desk, night: Night) -> None:
    page = " ".join(desk.client("engineer").get("/console/calls/CA-hold").text.split())
    for part in ("What is wrong?", "(pressed 1)", "Verdict", "ticket 1045", "known by caller ID", "under way"):
        assert part in page, part
    assert desk.client().get("/console/calls/none").status_code == 404


def test_viewers_see_masked_numbers(desk: Desk, night: Night) -> None:
    night.answer("CA-hold", desk.at, call_back_number__1="+442079460250")
    for path in ("/console/calls", "/console/calls/CA-hold", "/console/calls?q=%2B442079460201"):
        assert "7946" not in desk.client("viewer").get(path).text.replace("%2B442079460201", "").replace(
            'value="+442079460201"', ""
        )


def test_steps_are_said_in_words_and_bookkeeping_is_left_out() -> None:
    assert step_words("pin:2", "wrong") == ("PIN, try 2", "wrong")
    assert step_words("about_open_ticket", ANOTHER) == ("About the open ticket", "another problem")
    assert step_words("not_recognised", "yes") == ("Recognised", "no: nobody we know")
    assert step_words("dialled:1042-1", "yes") is None
    assert step_words("conversation_over:1", "yes") is None
    assert all(step_words(name, "1") for name in QUESTIONS)


def test_every_way_in_which_the_script_ends_a_call_can_be_filtered_for() -> None:
    source = Path(script.__file__).read_text()
    ends = {part.split('"')[0] for part in source.split('call.finish("')[1:]}
    assert ends | set(KEPT_AWAY) - {EARLY, LATE} <= set(OUTCOMES)


def test_a_call_is_opened_by_keyboard(desk: Desk, night: Night, open_page: Callable[..., Page]) -> None:
    page = open_page("/console/calls", role="viewer", size=(390, 844))
    page.get_by_role("link", name="Fri 27 Nov 2026 20:56").press("Enter")
    expect(page.get_by_role("heading", name="Rossi Telecom")).to_be_visible()
    page.get_by_role("link", name="ticket 1045").click()
    expect(page.get_by_role("heading", name="Ticket 1045")).to_be_visible()


def test_they_look_good(night: Night, assert_looks_good: Callable[..., None]) -> None:
    assert_looks_good("/console/calls", "calls", role="engineer")
    assert_looks_good("/console/calls/CA-hold", "call", role="engineer")
