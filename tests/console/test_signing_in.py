"""Signing in: who gets in, who does not, and what a page asks for."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page

from ivr.console.frame import ROLES
from ivr.store.accounts import SESSION_LASTS, account_by, update_account
from tests.console.desk import PASSWORD, Desk


def test_every_route_of_the_console_names_its_role(desk: Desk) -> None:
    rules = {rule.endpoint for rule in desk.app.url_map.iter_rules() if rule.rule.startswith("/console")}
    assert rules == set(ROLES)


def test_only_these_pages_are_open_to_everybody() -> None:
    ways_in = {"sign_in", "second_factor", "passkey_to_use", "sign_in_with_passkey"}
    elsewhere = {"leave_for_provider", "back_from_provider"}
    open_to_all = {endpoint.removeprefix("console.") for endpoint, role in ROLES.items() if role is None}
    assert open_to_all == {"home"} | ways_in | elsewhere


def test_every_page_sends_strangers_to_the_sign_in(desk: Desk) -> None:
    client = desk.app.test_client()
    for rule in desk.app.url_map.iter_rules():
        if ROLES.get(rule.endpoint) is not None and "GET" in (rule.methods or ()):
            path = desk.app.url_map.bind("").build(rule.endpoint, dict.fromkeys(rule.arguments, 1))
            assert client.get(path).location.startswith("/console/sign-in"), path


def test_no_page_opens_for_a_role_below_its_own(desk: Desk) -> None:
    viewer = desk.client("viewer")
    assert viewer.get("/console/tonight").status_code == 200
    assert viewer.get("/console/users").status_code == 403


def test_a_form_without_our_token_changes_nothing(desk: Desk) -> None:
    answer = desk.client("operator").post("/console/users", data={"login": "x", "name": "X", "role": "operator"})
    assert answer.status_code == 400
    assert desk.do(lambda connection: account_by(connection, login="x")) is None


def test_a_session_ends_after_its_time(desk: Desk) -> None:
    client = desk.client("viewer")
    assert client.get("/console/tonight").status_code == 200
    desk.at += SESSION_LASTS
    assert client.get("/console/tonight").status_code == 303


def test_whoever_may_not_sign_in_any_more_is_out_at_once(desk: Desk) -> None:
    client = desk.client("viewer")
    desk.do(lambda c: update_account(c, account_by(c, login="viewer").id, disabled_at=desk.at))  # type: ignore[union-attr]
    assert client.get("/console/tonight").status_code == 303


def sign_in(desk: Desk, login: str, password: str, to: str = "") -> tuple[int, str]:
    client = desk.app.test_client()
    token = client.get("/console/sign-in").get_data(as_text=True).split('csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": token, "login": login, "password": password, "next": to}
    answer = client.post("/console/sign-in", data=form)
    return answer.status_code, answer.location or ""


def test_wrong_passwords_make_everybody_wait_and_the_right_one_is_not_looked_at_meanwhile(desk: Desk) -> None:
    assert [sign_in(desk, "manager", "wrong")[0] for _ in range(4)] == [401, 401, 401, 429]
    assert sign_in(desk, "manager", PASSWORD)[0] == 429
    desk.at += timedelta(minutes=2)
    assert sign_in(desk, "manager", PASSWORD)[0] == 303


def test_a_sign_in_never_leads_to_another_site(desk: Desk) -> None:
    for evil in ("https://evil.example", "//evil.example", "/console//evil.example", "/\\evil.example"):
        assert sign_in(desk, "manager", PASSWORD, evil) == (303, "/console/tonight")
    assert sign_in(desk, "manager", PASSWORD, "/console/account") == (303, "/console/account")


def test_a_person_signs_in_and_out_in_the_browser(open_page: Callable[..., Page], served: Desk) -> None:
    page = open_page("/console/account", role="")
    page.get_by_label("Login").fill("operator")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="My account").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()


def test_the_first_pages_look_good(assert_looks_good: Callable[..., None]) -> None:
    assert_looks_good("/console/sign-in", "sign-in", role="")
    assert_looks_good("/console/account", "account")
    assert_looks_good("/console/users", "users", role="operator")
