"""Passkeys: made, used alone and as second factor, and removed, with Chromium's own virtual authenticator."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from ivr.console.factors import FRESH
from ivr.console.party import party_of
from ivr.settings import Settings
from ivr.store.accounts import sessions_of, update_account
from ivr.store.ceremonies import LASTS
from ivr.store.factors import Passkey, add_passkey, find_passkey, passkeys_of
from tests.console.desk import PASSWORD, Desk, Serving
from tests.console.doors import MINE, SECOND, SIGN_IN, account_of, give_password, named_desk, send

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def desk(prepared: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk at a public URL with a name."""
    found, public_url = named_desk(prepared, tmp_path)
    serving = Serving(found, public_url)
    yield found
    serving.close()
    found.app.extensions["houses"].close()
    found.engine.dispose()


@pytest.fixture
def served(desk: Desk) -> Desk:
    """It is served already."""
    return desk


def hold_authenticator(page: Page, **more: Any) -> tuple[Any, str]:
    """Give the browser of a page an authenticator; the way to talk to it, and its id."""
    talk = page.context.new_cdp_session(page)
    talk.send("WebAuthn.enable")
    made = talk.send("WebAuthn.addVirtualAuthenticator", {"options": {**AUTHENTICATOR, **more}})
    return talk, made["authenticatorId"]


def make_passkey(page: Page, name: str = "my phone") -> None:
    page.get_by_label("Name of the new passkey").fill(name)
    page.get_by_role("button", name="Make a passkey").click()


def keep_codes(page: Page) -> None:
    page.get_by_role("heading", name="Recovery codes").wait_for()
    page.get_by_role("button", name="I have kept them").click()
    page.get_by_role("heading", name="Second factor").wait_for()


def passkeys_in(desk: Desk, role: str = "manager") -> Any:
    return desk.do(lambda connection: passkeys_of(connection, account_of(desk, role).id))


def test_a_passkey_is_made_and_opens_the_console_alone(open_page: Callable[..., Page], desk: Desk) -> None:
    page = open_page(MINE)
    hold_authenticator(page)
    make_passkey(page)
    keep_codes(page)
    page.get_by_text("not used yet").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Tonight").wait_for()
    (passkey,) = passkeys_in(desk)
    assert (passkey.name, passkey.used_at) == ("my phone", desk.at)
    found = desk.do(lambda connection: sessions_of(connection, account_of(desk).id, desk.at))
    assert [(session.way, session.is_strong) for session in found] == [("passkey", True)]


def test_a_passkey_is_the_second_factor_after_a_password_and_leads_where_one_wanted_to_go(
    open_page: Callable[..., Page], desk: Desk
) -> None:
    page = open_page(MINE)
    hold_authenticator(page)
    make_passkey(page)
    keep_codes(page)
    page.get_by_role("button", name="Sign out").click()
    page.goto(desk.url + "/console/account")
    page.get_by_label("Login").fill("manager")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Second factor").wait_for()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="My account").wait_for()
    found = desk.do(lambda connection: sessions_of(connection, account_of(desk).id, desk.at))
    assert [session.way for session in found] == ["password and passkey"]


def test_several_passkeys_have_names_and_one_is_removed_with_the_password(
    open_page: Callable[..., Page], desk: Desk
) -> None:
    page = open_page(MINE)
    talk, first = hold_authenticator(page)
    make_passkey(page, "my phone")
    keep_codes(page)
    talk.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": first})
    talk.send("WebAuthn.addVirtualAuthenticator", {"options": {**AUTHENTICATOR, "transport": "usb"}})
    desk.at += timedelta(minutes=1)
    make_passkey(page, "the key on my ring")
    page.get_by_text("the key on my ring", exact=True).first.wait_for()
    assert [passkey.name for passkey in passkeys_in(desk)] == ["my phone", "the key on my ring"]
    page.locator("li", has_text="my phone").locator("summary").click()
    page.get_by_label("Your password").first.fill(PASSWORD)
    page.get_by_role("button", name="Remove my phone").click()
    page.get_by_text("my phone").first.wait_for(state="detached")
    assert [passkey.name for passkey in passkeys_in(desk)] == ["the key on my ring"]


def test_an_authenticator_that_holds_one_already_makes_no_second(open_page: Callable[..., Page], desk: Desk) -> None:
    page = open_page(MINE)
    hold_authenticator(page)
    make_passkey(page)
    keep_codes(page)
    make_passkey(page, "again")
    page.get_by_text("Nothing was done.").wait_for()
    assert len(passkeys_in(desk)) == 1


def test_without_finger_face_or_pin_a_passkey_opens_nothing(open_page: Callable[..., Page], desk: Desk) -> None:
    page = open_page(MINE)
    talk, authenticator = hold_authenticator(page)
    make_passkey(page)
    keep_codes(page)
    talk.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("Nothing was done.").wait_for()
    assert passkeys_in(desk)[0].used_at is None


def test_the_passkey_of_somebody_who_may_not_sign_in_any_more_opens_nothing(
    open_page: Callable[..., Page], desk: Desk
) -> None:
    page = open_page(MINE)
    hold_authenticator(page)
    make_passkey(page)
    keep_codes(page)
    page.get_by_role("button", name="Sign out").click()
    desk.do(lambda connection: update_account(connection, account_of(desk).id, disabled_at=desk.at))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("This passkey does not open anything here.").wait_for()


ANSWER = """async ([path, token, changed]) => {
  const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const asked = await fetch(path, {method: "POST", headers: {"X-CSRFToken": token}});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON({...await asked.json(), ...changed});
  return JSON.stringify((await navigator.credentials.get({publicKey})).toJSON());
}"""


def answer_of(page: Page, **changed: Any) -> tuple[str, str]:
    """What the browser would send to sign in, with changed options, not sent yet; and the token of its forms."""
    token = page.locator("input[name=csrf_token]").first.input_value()
    return page.evaluate(ANSWER, ["/console/passkey/options", token, changed]), token


def send_answer(page: Page, answer: str, token: str) -> int:
    form = {"csrf_token": token, "credential": answer}
    return page.request.post(page.url.split("/console")[0] + "/console/passkey", form=form, max_redirects=0).status


def signed_out_with_passkey(open_page: Callable[..., Page]) -> Page:
    page = open_page(MINE)
    hold_authenticator(page)
    make_passkey(page)
    keep_codes(page)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").wait_for()
    return page


def test_an_answer_of_a_changed_page_that_skipped_finger_face_and_pin_is_refused(
    open_page: Callable[..., Page], desk: Desk
) -> None:
    page = open_page(MINE)
    talk, authenticator = hold_authenticator(page)
    make_passkey(page)
    keep_codes(page)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").wait_for()
    talk.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    assert send_answer(page, *answer_of(page, userVerification="discouraged")) == 401
    talk.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
    assert send_answer(page, *answer_of(page)) == 303


def test_an_answer_is_good_once(open_page: Callable[..., Page], desk: Desk) -> None:
    page = signed_out_with_passkey(open_page)
    answer, token = answer_of(page)
    assert send_answer(page, answer, token) == 303
    page.context.clear_cookies(name="nightline")
    page.goto(desk.url + SIGN_IN)
    token = page.locator("input[name=csrf_token]").first.input_value()
    assert send_answer(page, answer, token) == 401


def test_an_answer_that_comes_late_opens_nothing(open_page: Callable[..., Page], desk: Desk) -> None:
    page = signed_out_with_passkey(open_page)
    answer, token = answer_of(page)
    desk.at += LASTS
    assert send_answer(page, answer, token) == 401


def test_an_answer_to_another_question_or_by_another_key_opens_nothing(
    open_page: Callable[..., Page], desk: Desk
) -> None:
    page = signed_out_with_passkey(open_page)
    said = json.loads(answer_of(page)[0])
    answer, token = answer_of(page)
    other = json.loads(answer)
    other["response"]["signature"] = said["response"]["signature"]
    assert send_answer(page, json.dumps(other), token) == 401
    assert send_answer(page, "no answer at all", token) == 401
    assert send_answer(page, json.dumps({"id": "x", "response": {"clientDataJSON": "e30"}}), token) == 401


def test_a_copy_of_a_passkey_that_counts_less_is_refused(open_page: Callable[..., Page], desk: Desk) -> None:
    page = signed_out_with_passkey(open_page)
    (passkey,) = passkeys_in(desk)
    desk.do(lambda connection: connection.exec_driver_sql("update passkeys set uses = 1000"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("This passkey does not open anything here.").wait_for()
    assert desk.do(lambda connection: find_passkey(connection, passkey.id)).uses == 1000


def test_halfway_in_only_ones_own_passkeys_are_asked_for(desk: Desk) -> None:
    mine, others = account_of(desk).id, account_of(desk, "operator").id
    for user, id_ in ((mine, "bWluZQ"), (others, "b3RoZXJz")):
        passkey = Passkey(id_, user, "key", "", 0, desk.at)
        desk.do(lambda connection, passkey=passkey: add_passkey(connection, passkey))
    client, answer = give_password(desk)
    assert answer.location == SECOND
    asked = json.loads(send(client, SECOND, "/console/passkey/options").get_data())
    assert [one["id"] for one in asked["allowCredentials"]] == ["bWluZQ"]
    assert asked["userVerification"] == "required"


def test_after_the_password_of_one_the_passkey_of_another_opens_nothing(
    open_page: Callable[..., Page], desk: Desk
) -> None:
    page = signed_out_with_passkey(open_page)
    theirs = Passkey("b3RoZXJz", account_of(desk, "operator").id, "key", "", 0, desk.at)
    desk.do(lambda connection: add_passkey(connection, theirs))
    page.get_by_label("Login").fill("operator")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Use a passkey").wait_for()
    assert send_answer(page, *answer_of(page, allowCredentials=[])) == 401


def test_long_after_signing_in_a_passkey_is_made_with_the_password_only(
    open_page: Callable[..., Page], desk: Desk
) -> None:
    page = open_page(MINE)
    desk.at += FRESH
    hold_authenticator(page)
    make_passkey(page)
    page.get_by_text("your password is needed too. Load this page again").wait_for()
    page.reload()
    page.locator("#make-password").fill("not my password")
    make_passkey(page)
    page.get_by_text("This is not your present password.").wait_for()
    page.locator("#make-password").fill(PASSWORD)
    make_passkey(page)
    keep_codes(page)
    assert len(passkeys_in(desk)) == 1


@pytest.mark.parametrize(
    ("public_url", "host"),
    [
        ("https://nightline.example.com", "nightline.example.com"),
        ("https://nightline.example.com:8443/prefix", "nightline.example.com"),
        ("http://localhost:8080", "localhost"),
        ("http://nightline.example.com", None),
        ("https://192.0.2.7", None),
        ("http://127.0.0.1:8080", None),
    ],
)
def test_passkeys_are_bound_to_the_name_in_the_public_url(public_url: str, host: str | None) -> None:
    more = {"account_sid": "AC", "auth_token": "a token"}
    party = party_of(Settings.model_validate({"public_url": public_url, **more}))
    assert (party.host if party else None) == host
    assert party is None or party.origin == public_url.removesuffix("/prefix")


def test_the_pages_look_good_with_passkeys(assert_looks_good: Callable[..., None], desk: Desk) -> None:
    def make(page: Page) -> None:
        if page.get_by_text("none", exact=True).count():
            hold_authenticator(page)
            make_passkey(page)
            keep_codes(page)

    def halfway(page: Page) -> None:
        page.get_by_label("Login").fill("manager")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Use a passkey").wait_for()

    assert_looks_good(MINE, "second-factor-passkey", before=make)
    assert_looks_good(SIGN_IN, "sign-in-passkey", role="")
    assert_looks_good(SIGN_IN, "second-step-passkey", role="", before=halfway)
