"""Signing in with OpenID Connect: the whole way through a real provider in Chromium, and who is let in as whom."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from pydantic import ValidationError

from ivr.console.admission import Refused, account_for
from ivr.rehearsal.stage import free_port
from ivr.settings import Settings
from ivr.store.accounts import Account, account_by, list_accounts, sessions_of, update_account
from ivr.store.audit import list_changes
from tests.console.desk import Desk, Serving
from tests.console.doors import SIGN_IN, account_of, give_password, named_desk, set_up_app
from tests.oidc.running import RunningProvider

CLIENT = {"oidc_client_id": "nightline", "oidc_client_secret": "a secret of tests", "oidc_name": "the company"}
ISSUER = "https://id.example.com"


@pytest.fixture
def make_desk(prepared: Path, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Makes a desk with a provider of its own, both served."""
    stops: list[Callable[[], Any]] = []

    def make(**more: Any) -> Desk:
        port = free_port()
        issuer = f"http://localhost:{port}"
        found, public_url = named_desk(prepared, tmp_path, oidc_issuer=issuer, **CLIENT, **more)
        stops.extend((found.engine.dispose, found.app.extensions["houses"].close))
        provider = RunningProvider(port, f"{public_url}/console/openid/back")
        stops.append(provider.stop)
        stops.append(Serving(found, public_url).close)
        found.do(lambda c: update_account(c, account_of(found).id, login="manager@example.com"))
        return found

    yield make
    for stop in reversed(stops):
        stop()


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[[], Page]]:
    """Opens pages, each in a browser profile of its own."""
    contexts = []

    def make() -> Page:
        contexts.append(browser.new_context())
        page: Page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        return page

    yield make
    for context in contexts:
        context.close()


def go_through(page: Page, desk: Desk, who: str, *, mfa: bool = False, to: str = "/console/account") -> None:
    """From a page of the console to the provider, and back as somebody."""
    page.goto(desk.url + to)
    page.get_by_role("button", name="Sign in with the company").click()
    page.get_by_label("Who are you").fill(who)
    if mfa:
        page.get_by_label("with two factors").check()
    page.get_by_role("button", name="Enter").click()


def manager(desk: Desk) -> Account:
    return account_of(desk, "manager@example.com")


def signed_in(desk: Desk) -> FlaskClient:
    client, _ = give_password(desk, "manager@example.com")
    return client


def ways(desk: Desk, account: Account) -> list[tuple[str, bool]]:
    found = desk.do(lambda connection: sessions_of(connection, account.id, desk.at))
    return [(session.way, session.is_strong) for session in found]


def test_the_first_time_the_verified_address_counts_and_then_the_subject(
    make_desk: Callable[..., Desk], new_page: Callable[[], Page]
) -> None:
    desk = make_desk()
    page = new_page()
    go_through(page, desk, "sara")
    page.get_by_role("heading", name="My account").wait_for()
    account = manager(desk)
    assert account.subject == f"{desk.app.extensions['houses'].main.settings.oidc_issuer} sara"
    assert ways(desk, account) == [("OpenID", False)]
    desk.do(lambda connection: update_account(connection, account.id, login="renamed@example.com"))
    page = new_page()
    go_through(page, desk, "sara")
    page.get_by_text("signed in as renamed@example.com").wait_for()


def test_an_address_that_the_provider_did_not_verify_opens_nothing(
    make_desk: Callable[..., Desk], new_page: Callable[[], Page]
) -> None:
    desk = make_desk()
    page = new_page()
    go_through(page, desk, "mallory")
    page.get_by_text("there is no way in here for you").wait_for()
    assert manager(desk).subject is None


def test_whoever_may_not_sign_in_any_more_stays_out(
    make_desk: Callable[..., Desk], new_page: Callable[[], Page]
) -> None:
    desk = make_desk()
    page = new_page()
    go_through(page, desk, "sara")
    page.get_by_role("heading", name="My account").wait_for()
    desk.do(lambda connection: update_account(connection, manager(desk).id, disabled_at=desk.at))
    page = new_page()
    go_through(page, desk, "sara")
    page.get_by_text("there is no way in here for you").wait_for()


def test_a_second_factor_of_ours_is_asked_for_unless_the_provider_says_that_it_took_one(
    make_desk: Callable[..., Desk], new_page: Callable[[], Page]
) -> None:
    desk = make_desk()
    set_up_app(desk, signed_in(desk))
    page = new_page()
    go_through(page, desk, "sara")
    page.get_by_role("heading", name="Second factor").wait_for()
    page = new_page()
    go_through(page, desk, "sara", mfa=True)
    page.get_by_role("heading", name="My account").wait_for()
    assert ("OpenID", True) in ways(desk, manager(desk))


def test_a_role_is_given_by_a_claim_at_each_sign_in_and_makes_the_account(
    make_desk: Callable[..., Desk], new_page: Callable[[], Page]
) -> None:
    desk = make_desk(oidc_role_claim="groups", oidc_roles="noc-managers=operator; noc=engineer")
    page = new_page()
    go_through(page, desk, "nina")
    page.get_by_text("Nina New, signed in as nina@example.com. Role engineer").wait_for()
    page = new_page()
    go_through(page, desk, "sara")
    page.get_by_text("Role operator").wait_for()
    changes = desk.do(lambda connection: list_changes(connection, kind="account", key="manager@example.com"))
    assert [change.action for change in changes] == ["sign in", "change", "link"]
    page = new_page()
    go_through(page, desk, "mallory")
    page.get_by_text("there is no way in here for you").wait_for()


@pytest.mark.parametrize(
    ("asked", "mfa", "heading"),
    [("here", False, "Second factor"), ("here", True, "Tonight"), ("provider", False, "Tonight")],
)
def test_a_role_that_asks_for_a_second_factor_takes_the_providers_when_it_says_so_or_is_trusted(
    make_desk: Callable[..., Desk], new_page: Callable[[], Page], asked: str, mfa: bool, heading: str
) -> None:
    desk = make_desk(second_factor_from="manager", oidc_second_factor=asked)
    page = new_page()
    go_through(page, desk, "sara", mfa=mfa, to="/console/tonight")
    page.get_by_role("heading", name=heading, exact=True).wait_for()
    assert ("/account/second-factor" in page.url) == (heading == "Second factor")


def test_whoever_refuses_there_is_back_at_the_sign_in(
    make_desk: Callable[..., Desk], new_page: Callable[[], Page]
) -> None:
    desk = make_desk()
    page = new_page()
    page.goto(desk.url + SIGN_IN)
    page.get_by_role("button", name="Sign in with the company").click()
    page.get_by_role("button", name="Refuse").click()
    page.get_by_text("You were not signed in there.").wait_for()


def test_the_way_back_is_open_once_and_for_the_browser_that_left(
    make_desk: Callable[..., Desk], new_page: Callable[[], Page]
) -> None:
    desk = make_desk()
    page, backs = new_page(), []
    page.on("request", lambda request: backs.append(request.url) if "/openid/back" in request.url else None)
    go_through(page, desk, "sara")
    page.get_by_role("heading", name="My account").wait_for()
    said = parse_qs(urlsplit(backs[0]).query)
    assert set(said) == {"code", "state", "iss"}
    assert desk.app.test_client().get(backs[0].removeprefix(desk.url)).status_code == 400
    page.goto(backs[0])
    page.get_by_text("was begun in another browser, or took too long").wait_for()


def test_what_leaves_has_state_nonce_and_a_challenge_and_no_secret(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    client = desk.app.test_client()
    said = parse_qs(urlsplit(client.get("/console/openid").location).query)
    assert said["response_type"] == ["code"]
    assert said["code_challenge_method"] == ["S256"]
    assert min(len(said[name][0]) for name in ("state", "nonce", "code_challenge")) >= 20
    assert "client_secret" not in said


def test_a_state_counts_in_the_browser_that_it_was_made_for_and_once(make_desk: Callable[..., Desk]) -> None:
    client, other = (app := make_desk().app).test_client(), app.test_client()
    state = parse_qs(urlsplit(client.get("/console/openid").location).query)["state"][0]
    other.get("/console/openid")
    back = f"/console/openid/back?code=not-one-of-theirs&state={state}"
    assert other.get(back).status_code == 400
    assert client.get(back).status_code == 502  # it counted, and the provider knew no such code
    assert client.get(back).status_code == 400


def test_an_answer_of_another_issuer_is_refused(make_desk: Callable[..., Desk]) -> None:
    client = make_desk().app.test_client()
    state = parse_qs(urlsplit(client.get("/console/openid").location).query)["state"][0]
    assert client.get(f"/console/openid/back?code=x&iss=https://evil.example&state={state}").status_code == 400


def test_a_provider_that_does_not_answer_keeps_nobody_from_their_password(prepared: Path, tmp_path: Path) -> None:
    desk, _ = named_desk(prepared, tmp_path, oidc_issuer=f"http://localhost:{free_port()}", **CLIENT)
    answer = desk.app.test_client().get("/console/openid")
    assert (answer.status_code, "use your password" in answer.get_data(as_text=True)) == (502, True)
    desk.app.extensions["houses"].close()
    desk.engine.dispose()


def test_without_a_provider_there_is_no_button(desk: Desk) -> None:
    client = desk.app.test_client()
    assert "openid" not in client.get(SIGN_IN).get_data(as_text=True)
    assert client.get("/console/openid").status_code == 404
    assert client.get("/console/openid/back?state=x&code=y").status_code == 400


def test_the_sign_in_with_a_provider_looks_good(
    make_desk: Callable[..., Desk], new_page: Callable[[], Page], keep_screenshot: Callable[[Page, str], None]
) -> None:
    desk = make_desk()
    for size in ((1440, 900), (390, 844)):
        for scheme in ("light", "dark"):
            page = new_page()
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(desk.url + SIGN_IN)
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
            keep_screenshot(page, f"sign-in-openid-{size[0]}-{scheme}")


def settings(**more: Any) -> Settings:
    needed = {"public_url": "https://nightline.example.com", "account_sid": "AC", "auth_token": "a token"}
    return Settings.model_validate({**needed, "oidc_issuer": ISSUER, **CLIENT, **more})


def admit(desk: Desk, known: Settings, **claims: Any) -> Account | Refused:
    found: Account | Refused = desk.do(
        lambda connection: account_for(connection, known, {"iss": ISSUER, "sub": "1", **claims}, desk.at)
    )
    return found


def name_manager(desk: Desk, **more: Any) -> None:
    values = {"login": "sara@example.com", **more}
    desk.do(lambda connection: update_account(connection, account_of(desk).id, **values))


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_only_true_means_that_an_address_is_verified(desk: Desk, verified: object) -> None:
    name_manager(desk)
    assert isinstance(admit(desk, settings(), email="sara@example.com", email_verified=verified), Refused)
    assert isinstance(admit(desk, settings(), email="Sara@Example.com", email_verified=True), Account)


def test_an_account_that_belongs_to_one_subject_is_never_given_to_another(desk: Desk) -> None:
    name_manager(desk, subject=f"{ISSUER} somebody-else")
    assert isinstance(admit(desk, settings(), email="sara@example.com", email_verified=True), Refused)


def test_a_subject_counts_only_with_its_issuer(desk: Desk) -> None:
    name_manager(desk, subject="https://other.example 1")
    assert isinstance(admit(desk, settings()), Refused)


def test_a_role_by_claim_never_takes_over_a_login_that_is_not_verified(desk: Desk) -> None:
    name_manager(desk)
    known = settings(oidc_role_claim="groups", oidc_roles="noc=engineer")
    found = admit(desk, known, preferred_username="sara@example.com", email="sara@example.com", groups=["noc"])
    assert isinstance(found, Refused)
    assert desk.do(lambda connection: account_by(connection, login="sara@example.com")).subject is None


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["noc", "cn=boss,ou=groups"], "manager"),
        ("noc", "engineer"),
        (["other"], None),
        ([], None),
        (None, None),
        ([{"noc": 1}], None),
    ],
)
def test_the_highest_role_of_the_claim_counts_and_without_one_nobody_is_let_in(
    desk: Desk, groups: object, role: str | None
) -> None:
    known = settings(oidc_role_claim="groups", oidc_roles="noc=engineer; cn=boss,ou=groups=manager")
    found = admit(desk, known, preferred_username="new", groups=groups)
    assert (found.role if isinstance(found, Account) else None) == role
    assert len(desk.do(list_accounts)) == (5 if role else 4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"oidc_client_id": ""},
        {"oidc_client_secret": ""},
        {"oidc_issuer": "http://id.example.com"},
        {"oidc_role_claim": "groups"},
        {"oidc_role_claim": "groups", "oidc_roles": "noc=boss"},
    ],
)
def test_settings_that_would_let_nobody_or_anybody_in_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        settings(**wrong)
