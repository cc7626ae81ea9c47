"""Requests of a page that fail: what is wrong is said where it is seen, and what was typed stays."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ivr.store.accounts import SESSION_LASTS, account_by, update_account
from schedules.overrides import Override
from tests.console.conftest import PHONE, WIDE
from tests.console.desk import PASSWORD, Desk
from tests.console.doors import SIGN_IN, send
from tests.console.night import Night
from tests.console.rota_scenes import rome, rota_of, with_overrides
from tests.console.test_rota_editor_browser import OVERRIDES_ROW, ROTA, dialog, drag, drawn, place_of

Open = Callable[..., Page]
Look = Callable[..., None]
PART = {"HX-Request": "true"}
NOTE = "The trunk to Milan is down; their carrier"


def spoil_token(page: Page) -> str:
    """Give the form in the dialog a token that is too old; returns the one that it had."""
    token = page.locator("#edit [name=csrf_token]")
    return str(token.evaluate("field => { const good = field.value; field.value = 'old'; return good; }"))


def press_save_with_an_old_token(page: Page) -> str:
    drawn(page).get_by_role("button", name="New override").click()
    dialog(page).get_by_label("Who", exact=True).select_option("mia")
    expect(dialog(page)).to_contain_text("Mia Keller gains")
    good = spoil_token(page)
    page.locator("#edit-dialog > article").evaluate("part => part.scrollTo(0, part.scrollHeight)")
    dialog(page).get_by_role("button", name="Save").click()
    expect(dialog(page).get_by_role("alert")).to_contain_text("This form is too old. Nothing was saved.")
    return good


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_save_that_is_refused_says_so_in_the_dialog_and_keeps_the_form(
    open_page: Open, served: Desk, size: tuple[int, int]
) -> None:
    page = open_page(ROTA, size=size)
    good = press_save_with_an_old_token(page)
    expect(dialog(page).get_by_role("alert")).to_be_in_viewport(ratio=1)
    expect(dialog(page).get_by_label("Who", exact=True)).to_have_value("mia")
    page.locator("#edit [name=csrf_token]").evaluate("(field, good) => { field.value = good; }", good)
    with page.expect_navigation():
        dialog(page).get_by_role("button", name="Save").click()
    assert [one.engineer for one in served.do(rota_of).overrides] == ["leo", "mia"]


def test_it_looks_good(assert_looks_good: Look) -> None:
    assert_looks_good(ROTA, "refused-save", before=press_save_with_an_old_token)


def test_a_role_that_was_taken_away_is_said_and_closed_with_a_button(open_page: Open, served: Desk) -> None:
    page = drawn(open_page(ROTA))
    served.do(lambda c: update_account(c, account_by(c, login="manager").id, role="viewer"))  # type: ignore[union-attr]
    page.get_by_role("button", name="New override").click()
    said = page.get_by_role("alert").filter(has_text="This page is for the role manager; yours is viewer.")
    expect(said).to_be_in_viewport()
    expect(page.locator("#edit-dialog")).to_be_hidden()
    said.get_by_role("button", name="Close").click()
    expect(said).to_be_hidden()


def test_a_bar_whose_form_cannot_be_opened_goes_back_to_its_place(open_page: Open, served: Desk) -> None:
    override = Override("leo", rome("2026-11-29T06:00"), rome("2026-11-29T12:00"), "Sara Vogel")
    served.do(lambda c: with_overrides(c, override))
    served.do(lambda c: update_account(c, account_by(c, login="manager").id, zone="Europe/Rome"))  # type: ignore[union-attr]
    page = drawn(open_page(f"{ROTA}?on=2026-11-29"))
    bar = page.locator("#timeline .moves")
    before = bar.bounding_box()
    page.route("**/override?*", lambda route: route.abort())
    middle, later = "2026-11-29T09:30", "2026-11-29T15:30"
    drag(page, place_of(page, OVERRIDES_ROW, middle), place_of(page, OVERRIDES_ROW, later))
    expect(page.get_by_role("alert").filter(has_text="Nightline does not answer.")).to_be_in_viewport()
    expect(page.locator("#edit-dialog")).to_be_hidden()
    after = bar.bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] == before["x"]


def test_a_proxys_error_is_told_in_plain_words_until_something_succeeds(open_page: Open) -> None:
    page = open_page("/console/partners")
    page.route("**/partners?*", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    page.get_by_label("Search").press_sequentially("harb")
    expect(page.get_by_role("alert")).to_contain_text("Nightline answered with an error (502). What you typed")
    page.unroute("**/partners?*")
    page.get_by_label("Search").press_sequentially("or")
    expect(page.locator("#found tbody tr")).to_have_count(1)
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_moment_that_is_none_is_answered_on_the_page(open_page: Open) -> None:
    page = open_page("/console/what-if")
    page.wait_for_function("window.htmx")
    page.get_by_label("When, on the wall clock").fill("0001-01-01T00:00")
    expect(page.locator("#answer").get_by_role("alert")).to_contain_text("Shown is this moment.")


def test_an_answer_that_never_comes_is_told_on_tonight(open_page: Open) -> None:
    page = open_page("/console/tonight")
    page.wait_for_function("window.htmx")
    assert 0 < page.evaluate("htmx.config.timeout") <= 10_000
    page.evaluate("htmx.config.timeout = 200")  # so that this test need not wait as long
    page.route("**/tonight/live*", lambda _route: None)
    expect(page.locator("#stale")).to_contain_text("Nightline does not answer", timeout=15_000)
    expect(page.get_by_role("alert")).to_have_count(0)


# Signed out


def half_a_note(desk: Desk, page: Page) -> Page:
    page.get_by_text("Write a note").click()
    page.get_by_label("Note").fill(NOTE)
    desk.at += SESSION_LASTS
    return page


def test_when_the_session_ends_a_half_written_note_stays_and_a_link_leads_back_to_the_ticket(
    open_page: Open, served: Desk
) -> None:
    number = Night(served).standard(served.at).number
    page = half_a_note(served, open_page(f"/console/tickets/{number}", role="engineer", size=PHONE))
    expect(page.get_by_role("alert")).to_contain_text("You are signed out.", timeout=15_000)
    expect(page.get_by_role("alert")).to_be_in_viewport(ratio=1)
    expect(page.locator("#stale")).to_contain_text("s old.")
    expect(page.get_by_label("Note")).to_have_value(NOTE)
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("Login").fill("engineer")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=f"Ticket {number}").wait_for()


def test_the_way_back_leads_to_the_sign_in_when_the_session_is_over(open_page: Open, served: Desk) -> None:
    page = open_page("/console/what-if")
    page.wait_for_function("window.htmx")
    page.get_by_label("Region").select_option("it")
    page.wait_for_url("**/what-if?region=it*")
    served.at += SESSION_LASTS
    page.go_back()
    page.get_by_role("heading", name="Sign in to Nightline").wait_for()


def test_signed_out_looks_good(served: Desk, assert_looks_good: Look) -> None:
    number = Night(served).standard(served.at).number

    def wait(page: Page) -> None:
        half_a_note(served, page).get_by_role("alert").wait_for(timeout=15_000)
        served.at -= SESSION_LASTS

    assert_looks_good(f"/console/tickets/{number}", "signed-out", role="engineer", before=wait)
    assert_looks_good(f"{SIGN_IN}?lost=yes", "signed-out-too-late", role="")


def signed_out(desk: Desk, path: str, **headers: str) -> str:
    """What a part of a page is told; the address of the sign-in in it, as it was built."""
    answer = desk.app.test_client().get(path, headers={**PART, **headers})
    assert answer.status_code == 401
    assert "You are signed out" in answer.text
    return str(answer.text.split('data-sign-in href="')[1].split('"')[0])


def test_a_part_of_a_page_is_refused_and_the_way_in_leads_back_to_the_whole(desk: Desk) -> None:
    here = {"HX-Current-URL": "https://nightline.example.com/console/tickets?q=milan"}
    assert signed_out(desk, "/console/tonight/live", **here) == f"{SIGN_IN}?next=/console/tickets?q%3Dmilan"


@pytest.mark.parametrize(
    "told",
    [
        "https://evil.example/",
        "https://evil.example/take/it",
        "https://nightline.example.com//evil.example/console/",
        "https://nightline.example.com/console/tickets/1042/note",  # takes forms only
        "http://[",
        "javascript:alert(1)",
        "",
    ],
)
def test_what_is_no_page_of_the_console_is_no_way_back(desk: Desk, told: str) -> None:
    assert signed_out(desk, "/console/tonight/live", **{"HX-Current-URL": told}) == SIGN_IN


def test_what_was_sent_too_late_is_told_at_the_sign_in_which_leads_back(desk: Desk) -> None:
    client = desk.client("engineer")
    token = client.get("/console/account").text.split('name="csrf_token" value="')[1].split('"')[0]
    desk.at += SESSION_LASTS
    form = {"csrf_token": token, "zone": "Europe/Rome"}
    answer = client.post("/console/account/zone", data=form, headers={"Referer": "http://localhost/console/account"})
    assert answer.location == f"{SIGN_IN}?next=/console/account&lost=yes"
    assert "nothing of it was done or saved" in client.get(answer.location).text
    entered = send(client, answer.location, SIGN_IN, login="engineer", password=PASSWORD, next="/console/account")
    assert entered.location == "/console/account"


def test_signing_out_too_late_is_nothing_that_was_lost(desk: Desk) -> None:
    client = desk.client("engineer")
    token = client.get("/console/account").text.split('name="csrf_token" value="')[1].split('"')[0]
    desk.at += SESSION_LASTS
    assert client.post("/console/sign-out", data={"csrf_token": token}).location == SIGN_IN
