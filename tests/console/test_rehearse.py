"""Rehearse: a whole call on handsets in the browser, and the few requests that its page makes."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Locator, Page, expect

from ivr.rehearsal.rehearsals import Rehearsals
from tests.console.conftest import PHONE
from tests.console.desk import Desk
from tests.line import ADA, ITALIAN_DESK, ITALY, JON, JON_TOO, ROSSI

NIGHT_IN_ITALY = {"region": "it", "at": "2026-11-28T03:00"}
BEGIN = "/console/rehearse?region=it&at=2026-11-28T03:00"


@pytest.fixture(autouse=True)
def nothing_goes_on(desk: Desk) -> Iterator[None]:
    """Rehearsals end with the test that began them."""
    yield
    here = Rehearsals(desk.app.extensions["houses"].main.settings.standby_folder / "rehearsals")
    for login in ("engineer", "manager", "operator"):
        here.stop(login)


class Client:
    """What the page's script does."""

    def __init__(self, desk: Desk, role: str = "manager") -> None:
        self.desk, self.client = desk, desk.client(role)
        self.events: list[dict[str, Any]] = []

    def post(self, path: str, **form: Any) -> Any:
        return self.desk.post(self.client, f"/console/rehearse{path}", **form)

    def begin(self, **more: Any) -> None:
        assert self.post("", **{**NIGHT_IN_ITALY, "pace": "4", **more}).status_code == 303
        self.until(lambda: b"handsets are being connected" not in self.client.get("/console/rehearse").data)

    def feed(self) -> dict[str, Any]:
        found = self.client.get(f"/console/rehearse/feed?after={len(self.events)}").json
        assert found is not None
        self.events += found["events"]
        return dict(found)

    def until(self, condition: Callable[[], Any]) -> Any:
        for _ in range(300):
            if found := condition():
                return found
            threading.Event().wait(0.1)
        raise AssertionError(self.events)

    def hears(self, number: str, words: str) -> None:
        self.until(lambda: self.feed() and [e for e in self.events if e["who"] == number and words in e["text"]])

    def leg(self, number: str, **wanted: Any) -> str:
        def found() -> list[dict[str, Any]]:
            return [leg for leg in self.feed()["legs"] if leg["number"] == number and wanted.items() <= leg.items()]

        return str(self.until(found)[0]["sid"])


def test_a_whole_call_through_the_requests_of_the_page(desk: Desk) -> None:
    page = Client(desk)
    page.begin()
    assert page.post("/calls", **{"from": "+44 20 7946 0201", "to": ITALY}).status_code == 200
    page.hears(ROSSI, "platform")
    page.post(f"/legs/{page.leg(ROSSI, listening=True)}/press", keys="1")
    page.hears(ROSSI, "[beep]")
    page.post(f"/legs/{page.leg(ROSSI)}/speak", text="everything is down")
    page.post(f"/legs/{page.leg(JON, status='ringing')}/answer")
    page.hears(JON, "Critical ticket")
    page.post(f"/legs/{page.leg(JON, listening=True)}/press", keys="1")
    talk = page.leg(JON, **{"with": [ROSSI]})
    tickets = page.client.get("/console/rehearse/tickets").get_data(as_text=True)
    assert "Ticket 1042" in tickets
    assert "article 16.4" in tickets
    assert "Jon Bell, by key" in tickets
    assert page.post(f"/legs/{talk}/hang-up").status_code == 200


def test_an_engineer_passes_and_the_next_one_whose_phone_was_told_to_takes_it(desk: Desk) -> None:
    page = Client(desk)
    page.begin()
    page.post("/phones", number=[JON, JON_TOO], behaviour="busy")
    page.post("/phones", number=[ADA], behaviour="takes it")
    page.post("/calls", **{"from": ROSSI, "to": ITALY})
    page.hears(ROSSI, "platform")
    page.post(f"/legs/{page.leg(ROSSI, listening=True)}/press", keys="1")
    page.leg(ADA, **{"with": [ROSSI]})


def test_in_support_hours_the_desk_has_its_handsets_and_is_rung(desk: Desk) -> None:
    page = Client(desk)
    page.begin(at="2026-11-25T11:00")
    assert b"Handset of Italy desk 1" in page.client.get("/console/rehearse").data
    page.post("/calls", **{"from": ROSSI, "to": ITALY})
    page.hears(ROSSI, "Benvenuti")
    page.post(f"/legs/{page.leg(ITALIAN_DESK[1], status='ringing')}/answer")
    page.leg(ROSSI, **{"with": [ITALIAN_DESK[1]]})


def test_a_rehearsal_is_its_owners_alone(desk: Desk) -> None:
    page = Client(desk)
    page.begin()
    other = Client(desk, "engineer")
    assert other.client.get("/console/rehearse/feed").status_code == 410
    assert other.post("/calls", **{"from": ROSSI, "to": ITALY}).status_code == 410
    assert b"Begin" in other.client.get("/console/rehearse").data
    assert desk.client("viewer").get("/console/rehearse").status_code == 403


def test_two_run_at_a_time_and_one_that_ends_makes_room(desk: Desk) -> None:
    first = Client(desk)
    first.begin()
    Client(desk, "engineer").begin()
    third = Client(desk, "operator")
    refused = third.post("", **NIGHT_IN_ITALY)
    assert refused.status_code == 422
    assert "Two rehearsals run already" in refused.get_data(as_text=True)
    assert first.post("/stop").status_code == 303
    third.begin()
    assert first.client.get("/console/rehearse/feed").status_code == 410


def test_what_was_typed_stays_when_no_rehearsal_can_begin(desk: Desk) -> None:
    client = desk.client()
    answer = desk.post(client, "/console/rehearse", region="fr", at="0026-11-28T03:00", pace="4", caller="4001")
    assert answer.status_code == 422
    assert "is no instant" in answer.text
    for typed in ('value="0026-11-28T03:00"', 'value="4" selected', 'value="fr" selected', 'value="4001"'):
        assert typed in answer.text


def test_only_what_a_handset_can_do_is_passed_on(desk: Desk) -> None:
    page = Client(desk)
    page.begin()
    gone = "CA" + "0" * 32
    assert page.post(f"/legs/{gone}/press", keys="1").status_code == 404
    assert page.post(f"/legs/{gone}/explode").status_code == 404
    assert page.post("/legs/..%2fstop/press").status_code == 404
    assert page.post("/calls", **{"from": "nobody", "to": ITALY}).status_code == 400
    assert page.post("/calls", **{"from": ROSSI, "to": "+390461000000"}).status_code == 404
    assert page.post("/phones", number=[JON], behaviour="explodes").status_code == 400
    assert page.post("", region="it", at="soon").status_code == 422


def without_token(client: FlaskClient) -> int:
    return client.post("/console/rehearse", data=NIGHT_IN_ITALY).status_code


def test_nobody_begins_one_from_another_site(desk: Desk) -> None:
    assert without_token(desk.client("manager")) == 400


# In the browser


def handset(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=f"Handset of {name}")


def begin(page: Page) -> None:
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Dial").wait_for(timeout=60_000)
    page.set_default_timeout(30_000)  # a rehearsal lets everything else on its machine go first


def platform_is_down(page: Page) -> None:
    """The caller dials and presses 1, by keyboard."""
    page.get_by_label("Calls from").select_option(ROSSI)
    page.get_by_role("button", name="Dial").press("Enter")
    handset(page, "the caller").get_by_text("If the cloud platform").wait_for()
    page.keyboard.press("1")
    handset(page, "Jon Bell").get_by_text("Ringing").wait_for()


def test_dialled_answered_joined_and_a_ticket(
    open_page: Callable[..., Page], keep_screenshot: Callable[[Page, str], None]
) -> None:
    page = open_page(BEGIN)
    begin(page)
    expect(page.get_by_text("No real phone rings.")).to_be_visible()
    expect(page.get_by_label("Mute")).to_be_checked()
    platform_is_down(page)
    jon = handset(page, "Jon Bell")
    jon.get_by_role("button", name="Answer").click()
    jon.get_by_text("Critical ticket 1 0 4 2, Rossi Telecom").wait_for()
    jon.get_by_role("button", name="1", exact=True).click()
    jon.get_by_role("status").get_by_text("Speaks with the caller").wait_for()
    handset(page, "the caller").get_by_role("status").get_by_text("Speaks with Jon Bell").wait_for()
    ticket = page.get_by_role("article", name="Ticket 1042")
    ticket.get_by_text("Jon Bell, by key").wait_for()
    expect(ticket).to_contain_text("Critical, article 16.4")
    expect(ticket).to_contain_text("acknowledged")
    keep_screenshot(page, "rehearse-joined")
    page.get_by_role("button", name="End rehearsal").click()
    page.get_by_role("button", name="Begin").wait_for()


def test_on_a_small_screen_and_by_keyboard_alone(
    open_page: Callable[..., Page], keep_screenshot: Callable[[Page, str], None]
) -> None:
    page = open_page(BEGIN, size=PHONE, scheme="dark")
    begin(page)
    platform_is_down(page)
    page.get_by_role("link", name="Jon Bell is rung").press("Enter")  # to the handset, which is further down
    expect(handset(page, "Jon Bell").get_by_role("button", name="Answer")).to_be_focused()
    page.keyboard.press("Enter")
    handset(page, "Jon Bell").get_by_text("Critical ticket").wait_for()
    page.keyboard.press("2")
    handset(page, "Ada Rossi").get_by_text("Ringing").wait_for()
    keep_screenshot(page, "rehearse-ringing-phone")


def test_a_chosen_fault_and_an_answer_by_text(open_page: Callable[..., Page]) -> None:
    page = open_page(BEGIN)
    begin(page)
    handset(page, "Ada Rossi").get_by_label("Phone").select_option("silent")
    platform_is_down(page)
    jon = handset(page, "Jon Bell")
    jon.get_by_role("button", name="Refuse").click()
    jon.get_by_label("Answer of Jon Bell to the text").fill("1042 1")
    jon.get_by_role("button", name="Text").click()
    page.get_by_text("Jon Bell, by text").wait_for()


def test_what_was_not_dialled_is_said(open_page: Callable[..., Page]) -> None:
    page = open_page(BEGIN)
    begin(page)
    page.get_by_label("Calls from").select_option("typed")
    page.get_by_label("Its number").fill("12")
    page.get_by_role("button", name="Dial").click()
    expect(page.get_by_role("alert")).to_contain_text("This is no telephone number.")
    expect(page.get_by_label("Its number")).to_be_focused()
    expect(handset(page, "the caller")).not_to_contain_text("Dials United Kingdom")
    page.route("**/rehearse/calls", lambda route: route.fulfill(status=503, json={"slow": True}))
    page.get_by_label("Calls from").select_option(ROSSI)
    page.get_by_role("button", name="Dial").click()
    expect(page.get_by_role("alert")).to_contain_text("The rehearsal did not answer")
    page.unroute("**/rehearse/calls")
    page.get_by_role("button", name="Dial").click()
    handset(page, "the caller").get_by_text("This line is for critical issues.").wait_for()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_when_it_is_over_the_page_says_so(open_page: Callable[..., Page], desk: Desk) -> None:
    page = open_page(BEGIN)
    begin(page)
    Client(desk).post("/stop")
    page.get_by_text("The rehearsal is over.").wait_for()
    page.get_by_role("link", name="Begin another one").click()
    page.get_by_role("button", name="Begin").wait_for()


def test_sound_is_off_until_it_is_asked_for_and_that_is_remembered(open_page: Callable[..., Page]) -> None:
    page = open_page(BEGIN)
    begin(page)
    page.evaluate("() => { window.said = []; speechSynthesis.speak = (what) => window.said.push(what.text); }")
    page.get_by_role("button", name="Dial").click()
    handset(page, "the caller").get_by_text("This line is for critical issues.").wait_for()
    assert page.evaluate("window.said") == []
    page.get_by_label("Mute").click()
    handset(page, "the caller").get_by_text("I heard nothing.").wait_for()
    page.wait_for_function("window.said.length > 0")
    page.reload()
    expect(page.get_by_label("Mute")).not_to_be_checked()


def test_it_looks_good(assert_looks_good: Callable[..., None]) -> None:
    assert_looks_good(BEGIN, "rehearse-begin")

    def in_a_call(page: Page) -> None:
        if page.get_by_role("button", name="Begin").is_visible():
            begin(page)
            page.get_by_role("button", name="Dial").click()
        handset(page, "the caller").get_by_text("This line is for critical issues.").wait_for()

    assert_looks_good(BEGIN, "rehearse", before=in_a_call)
