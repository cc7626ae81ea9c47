"""Where somebody is signed in, and the end of it; and that a session cannot be planted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from ivr.console.frame import visiting
from ivr.console.roles import Role
from ivr.console.sessions import machine
from ivr.console.visit import Visit
from ivr.store.accounts import sessions_of
from ivr.store.configuration import hold_configuration
from tests.console.desk import Desk
from tests.console.doors import SECOND, SIGN_IN, account_of, code_at, give_password, send, set_up_app

PAGE = "/console/account/sessions"


def keys(desk: Desk, role: str = "manager") -> set[str]:
    found = desk.do(lambda connection: sessions_of(connection, account_of(desk, role).id, desk.at))
    return {session.key for session in found}


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("nightline")
    return cookie.value if cookie else ""


def test_one_session_is_ended_from_another(desk: Desk) -> None:
    here, _ = give_password(desk)
    mine = keys(desk)
    there, _ = give_password(desk)
    (other,) = keys(desk) - mine
    assert send(here, PAGE, f"{PAGE}/end", key=other).location == PAGE
    assert there.get(PAGE).status_code == 303
    assert here.get(PAGE).status_code == 200


def test_all_others_are_ended_and_this_one_stays(desk: Desk) -> None:
    here, others = give_password(desk)[0], [give_password(desk)[0] for _ in range(2)]
    send(here, PAGE, f"{PAGE}/end")
    assert [client.get(PAGE).status_code for client in (here, *others)] == [200, 303, 303]


def test_nobody_ends_the_session_of_somebody_else(desk: Desk) -> None:
    theirs, _ = give_password(desk, "operator")
    (key,) = keys(desk, "operator")
    send(desk.client(), PAGE, f"{PAGE}/end", key=key)
    assert theirs.get(PAGE).status_code == 200


def test_the_page_says_how_and_from_where(desk: Desk) -> None:
    client, _ = give_password(desk)
    text = client.get(PAGE).get_data(as_text=True)
    assert ", by password" in text
    assert "127.0.0.1" in text


def test_a_cookie_that_was_planted_before_the_sign_in_is_nobodys_afterwards(desk: Desk) -> None:
    client = desk.app.test_client()
    client.set_cookie("nightline", "planted")
    send(client, SIGN_IN, login="manager", password="four words put together")
    assert cookie_of(client) not in ("", "planted")
    thief = desk.app.test_client()
    thief.set_cookie("nightline", "planted")
    assert thief.get("/console/tonight").status_code == 303


def test_signing_in_again_ends_the_session_that_the_browser_had(desk: Desk) -> None:
    client, _ = give_password(desk, "viewer")
    before = cookie_of(client)
    send(client, SIGN_IN, login="manager", password="four words put together")
    thief = desk.app.test_client()
    thief.set_cookie("nightline", before)
    assert thief.get("/console/tonight").status_code == 303


def test_the_secret_of_half_a_sign_in_opens_nothing_after_the_second_half(desk: Desk) -> None:
    secret, _ = set_up_app(desk, desk.client())
    desk.at += timedelta(minutes=1)
    client, _ = give_password(desk)
    halfway = cookie_of(client)
    send(client, SECOND, code=code_at(secret, desk.at))
    assert cookie_of(client) != halfway
    thief = desk.app.test_client()
    thief.set_cookie("nightline", halfway)
    assert thief.get("/console/tonight").location.startswith(SIGN_IN)


def test_the_token_of_forms_is_another_one_after_the_sign_in(desk: Desk) -> None:
    client = desk.app.test_client()
    text = client.get(SIGN_IN).get_data(as_text=True)
    token = text.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": token, "login": "manager", "password": "four words put together"}
    assert client.post(SIGN_IN, data=form).status_code == 303
    assert client.post("/console/account/zone", data={"csrf_token": token, "zone": ""}).status_code == 400


def test_while_a_page_is_made_for_whoever_is_noted_to_be_there_others_write(desk: Desk) -> None:
    cookie = f"nightline={desk.secret_of('manager')}"
    desk.at += timedelta(minutes=2)

    def slow(_visit: Visit) -> str:
        desk.do(hold_configuration)
        return "made"

    with desk.app.test_request_context(headers={"Cookie": cookie}):
        assert visiting(slow, Role.VIEWER, {}, early=False).get_data(as_text=True) == "made"
    (session,) = desk.do(lambda connection: sessions_of(connection, account_of(desk, "manager").id, desk.at))
    assert session.seen_at == desk.at


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile Safari/604", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; x64) Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", "Firefox on Android"),
        ("curl/8.9", "Another program"),
        ("", "Another program"),
    ],
)
def test_browsers_are_named_in_words(agent: str, said: str) -> None:
    assert machine(agent) == said


def test_the_page_looks_good_and_ends_a_session_in_the_browser(
    assert_looks_good: Callable[..., None], open_page: Callable[..., Page], served: Desk
) -> None:
    give_password(served)
    assert_looks_good(PAGE, "sessions")
    page = open_page(PAGE)
    page.get_by_role("button", name="End all others").click()
    page.get_by_role("button", name="End all others").wait_for(state="detached")
    assert len(keys(served)) == 1
