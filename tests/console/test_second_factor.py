"""The second factor: set up, asked for, used up, lost, removed, and asked of a role."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from ivr.console.factors import FRESH
from ivr.console.one_time import new_recovery_codes, step_of
from ivr.store.accounts import HALFWAY_LASTS, sessions_of
from ivr.store.audit import list_changes
from ivr.store.ceremonies import LASTS
from ivr.store.factors import recovery_codes_left, use_step
from tests.console.desk import PASSWORD, Desk, open_desk
from tests.console.doors import MINE, SECOND, account_of, code_at, codes_in, give_password, send, set_up_app
from tests.line import NIGHT

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The secret of RFC 6238's test vectors."""


def test_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B, SHA-1, the last six digits: 1111111109 s, 14050471; 1111111111 s, 05 0471 of the next step.
    at = NIGHT.fromtimestamp(1111111109, NIGHT.tzinfo)
    assert step_of(SECRET, "081804", at) == 1111111109 // 30
    assert step_of(SECRET, "050471", at) == 1111111111 // 30
    assert step_of(SECRET, "050471", at + timedelta(minutes=2)) is None


def test_an_app_counts_only_after_its_first_code(desk: Desk) -> None:
    client = desk.client()
    send(client, MINE, f"{MINE}/begin")
    assert send(client, f"{MINE}/authenticator", code="000000").status_code == 422
    assert account_of(desk).totp_secret is None
    secret, shown = set_up_app(desk, client)
    assert account_of(desk).totp_secret == secret
    assert len(set(codes_in(shown))) == 10


def test_a_secret_that_is_not_confirmed_in_time_is_gone(desk: Desk) -> None:
    client = desk.client()
    send(client, MINE, f"{MINE}/begin")
    desk.at += LASTS
    assert client.get(f"{MINE}/authenticator").location == MINE


def test_with_an_app_the_password_alone_opens_nothing(desk: Desk) -> None:
    secret, _ = set_up_app(desk, desk.client())
    client, answer = give_password(desk, to="/console/account")
    assert answer.location == f"{SECOND}?next=/console/account"
    assert client.get("/console/tonight").location.startswith(SECOND)
    desk.at += timedelta(minutes=1)
    assert send(client, answer.location, code=code_at(secret, desk.at)).location == "/console/account"
    assert client.get("/console/tonight").status_code == 200


def test_a_code_is_good_once_and_so_is_none_before_it(desk: Desk) -> None:
    secret, _ = set_up_app(desk, desk.client())
    desk.at += timedelta(minutes=1)
    code, earlier = code_at(secret, desk.at), code_at(secret, desk.at - timedelta(seconds=30))
    first, second = give_password(desk)[0], give_password(desk)[0]
    assert send(first, SECOND, code=code).status_code == 303
    assert send(second, SECOND, code=code).status_code == 401
    assert send(second, SECOND, code=earlier).status_code == 401


def test_a_step_is_used_by_one_of_two(desk: Desk) -> None:
    who = account_of(desk).id
    with desk.engine.begin() as connection:
        assert [use_step(connection, who, step) for step in (7, 7, 6, 8)] == [True, False, False, True]


def test_a_phone_may_be_half_a_minute_off_and_no_more(desk: Desk) -> None:
    secret, _ = set_up_app(desk, desk.client())
    desk.at += timedelta(minutes=5)
    client, _ = give_password(desk)
    assert send(client, SECOND, code=code_at(secret, desk.at + timedelta(seconds=60))).status_code == 401
    assert send(client, SECOND, code=code_at(secret, desk.at + timedelta(seconds=30))).status_code == 303


def test_wrong_codes_wait_as_wrong_passwords_do_and_a_right_password_does_not_shorten_it(desk: Desk) -> None:
    secret, _ = set_up_app(desk, desk.client())
    desk.at += timedelta(minutes=1)
    client, _ = give_password(desk)
    assert [send(client, SECOND, code="123456").status_code for _ in range(4)] == [401, 401, 401, 429]
    client, _ = give_password(desk)
    assert send(client, SECOND, code=code_at(secret, desk.at)).status_code == 429
    desk.at += timedelta(minutes=2)
    assert send(client, SECOND, code=code_at(secret, desk.at)).status_code == 303


def test_the_second_step_is_waited_for_ten_minutes(desk: Desk) -> None:
    secret, _ = set_up_app(desk, desk.client())
    client, _ = give_password(desk)
    desk.at += HALFWAY_LASTS
    assert client.get(SECOND).location == "/console/sign-in"
    assert client.post(SECOND, data={"code": code_at(secret, desk.at)}).status_code == 400


def test_a_recovery_code_lets_in_once_however_it_is_typed(desk: Desk) -> None:
    _, shown = set_up_app(desk, desk.client())
    code, other = codes_in(shown)[:2]
    first, second = give_password(desk)[0], give_password(desk)[0]
    assert send(first, SECOND, code=code.lower().replace("-", " ")).status_code == 303
    assert send(second, SECOND, code=code).status_code == 401
    assert send(second, SECOND, code=other).status_code == 303
    assert desk.do(lambda connection: recovery_codes_left(connection, account_of(desk).id)) == 8


def test_recovery_codes_are_kept_as_hashes_and_shown_once(desk: Desk) -> None:
    client = desk.client()
    _, shown = set_up_app(desk, client)
    stored = desk.do(lambda c: c.exec_driver_sql("select group_concat(hash) from recovery_codes").scalar_one())
    page = client.get(MINE).get_data(as_text=True)
    for code in codes_in(shown):
        assert code.replace("-", "") not in stored
        assert code not in page


def test_new_recovery_codes_replace_the_old_and_ask_for_the_password(desk: Desk) -> None:
    client = desk.client()
    _, shown = set_up_app(desk, client)
    assert send(client, MINE, f"{MINE}/codes", password="wrong").status_code == 422
    again = send(client, MINE, f"{MINE}/codes", password=PASSWORD)
    other, _ = give_password(desk)
    assert send(other, SECOND, code=codes_in(shown)[0]).status_code == 401
    assert send(other, SECOND, code=codes_in(again)[0]).status_code == 303


def test_recovery_codes_hold_eighty_bits() -> None:
    codes = [code.replace("-", "") for _ in range(20) for code in new_recovery_codes()]
    assert {len(code) for code in codes} == {16}
    assert len(set(codes)) == 200
    assert len(set("".join(codes))) == 32


def test_removing_the_app_asks_for_the_password_and_takes_the_recovery_codes_along(desk: Desk) -> None:
    client = desk.client()
    set_up_app(desk, client)
    assert send(client, MINE, f"{MINE}/remove", password="wrong").status_code == 422
    assert account_of(desk).totp_secret is not None
    assert send(client, MINE, f"{MINE}/remove", password=PASSWORD).status_code == 303
    assert account_of(desk).totp_secret is None
    assert desk.do(lambda connection: recovery_codes_left(connection, account_of(desk).id)) == 0
    assert give_password(desk)[1].location == "/console/tonight"


def test_wrong_passwords_at_a_removal_are_counted_too(desk: Desk) -> None:
    client = desk.client()
    set_up_app(desk, client)
    answers = [send(client, MINE, f"{MINE}/remove", password="wrong") for _ in range(4)]
    assert "Too many wrong tries" in answers[3].get_data(as_text=True)
    assert "Too many wrong tries" in send(client, MINE, f"{MINE}/remove", password=PASSWORD).get_data(as_text=True)


def test_long_after_signing_in_an_app_is_added_with_the_password_only(desk: Desk) -> None:
    client = desk.client()
    desk.at += FRESH
    for _ in range(5):  # of a page that was opened before: no wrong tries
        late = send(client, MINE, f"{MINE}/begin")
        assert (late.status_code, "your password is needed too" in late.text) == (422, True)
        assert 'id="begin-password"' in late.text
    assert send(client, MINE, f"{MINE}/begin", password=PASSWORD).location == f"{MINE}/authenticator"


def test_another_app_takes_the_place_of_the_first_only_with_the_password_and_its_own_code(desk: Desk) -> None:
    client = desk.client()
    first, _ = set_up_app(desk, client)
    assert send(client, MINE, f"{MINE}/begin").status_code == 422
    send(client, MINE, f"{MINE}/begin", password=PASSWORD)
    assert account_of(desk).totp_secret == first


def test_a_second_factor_ends_the_sessions_that_were_opened_without_it(desk: Desk) -> None:
    other, _ = give_password(desk)
    set_up_app(desk, desk.client())
    assert other.get("/console/tonight").status_code == 303


def test_changes_of_the_second_factor_stand_in_the_audit_without_secrets(desk: Desk) -> None:
    secret, shown = set_up_app(desk, desk.client())
    rows = desk.do(lambda connection: list_changes(connection, kind="account", key="manager"))
    assert [(row.action, row.why) for row in rows] == [("second factor", "added an authenticator app")]
    assert not any(word in str(rows) for word in (secret, *codes_in(shown)))


@pytest.fixture
def strict(prepared: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk on which managers and above need a second factor."""
    (tmp_path / "nightline.db").write_bytes(prepared.read_bytes())
    found = open_desk(f"sqlite:///{tmp_path}/nightline.db", tmp_path, second_factor_from="manager")
    yield found
    found.app.extensions["houses"].close()
    found.engine.dispose()


def test_a_role_that_asks_for_a_second_factor_leads_there_and_opens_afterwards(strict: Desk) -> None:
    client, _ = give_password(strict, "operator")
    assert client.get("/console/users").location == f"{MINE}?next=/console/users"
    shown = client.get(MINE).get_data(as_text=True)
    assert "asks for a second factor" in shown
    assert "nothing of it is saved" not in shown
    sent = send(client, MINE, "/console/users", login="x")
    assert "nothing of it is saved" in client.get(sent.location).get_data(as_text=True)
    set_up_app(strict, client)
    assert client.get("/console/users").status_code == 200


@pytest.mark.parametrize(
    ("to", "onward"), [("/console/users", "/console/users"), ("https://example.com/", "/console/tonight"), ("", MINE)]
)
def test_whoever_sets_up_what_their_role_asks_for_goes_on_to_the_page_they_wanted(
    strict: Desk, to: str, onward: str
) -> None:
    client, _ = give_password(strict, "operator")

    def field(page: str, before: str, after: str) -> str:
        return client.get(page).get_data(as_text=True).split(before)[1].split(after)[0]  # type: ignore[no-any-return]

    page = f"{MINE}?next={to}"
    begun = send(client, page, f"{MINE}/begin", next=field(page, 'name="next" value="', '"')).location
    code = code_at(field(begun, 'class="secret">', "<").replace(" ", ""), strict.at)
    kept = field(begun, 'name="next" value="', '"')
    codes = send(client, begun, f"{MINE}/authenticator", code=code, next=kept).get_data(as_text=True)
    assert f'href="{onward}">I have kept them' in codes


def test_roles_below_need_none(strict: Desk) -> None:
    client, _ = give_password(strict, "engineer")
    assert client.get("/console/tonight").status_code == 200


def test_no_page_but_those_that_set_it_up_opens_before(strict: Desk) -> None:
    client, _ = give_password(strict, "operator")
    opened = set()
    for rule in strict.app.url_map.iter_rules():
        if rule.endpoint.startswith("console.") and "GET" in (rule.methods or ()):
            path = strict.app.url_map.bind("").build(rule.endpoint, dict.fromkeys(rule.arguments, 1))
            answer = client.get(path)
            if answer.status_code == 200:
                opened.add(rule.endpoint)
    assert opened == {"console.sign_in", "console.factors", "console.sessions"}


def test_whoever_removes_what_their_role_asks_for_is_led_there_again(strict: Desk) -> None:
    client, _ = give_password(strict)
    set_up_app(strict, client)
    send(client, MINE, f"{MINE}/remove", password=PASSWORD)
    assert client.get("/console/tonight").location.startswith(MINE)


def test_sessions_say_how_they_were_opened(desk: Desk) -> None:
    secret, _ = set_up_app(desk, desk.client())
    desk.at += timedelta(minutes=1)
    client, _ = give_password(desk)
    send(client, SECOND, code=code_at(secret, desk.at))
    found = desk.do(lambda connection: sessions_of(connection, account_of(desk).id, desk.at))
    assert {(session.way, session.is_strong) for session in found} == {("", True), ("password and code", True)}


def test_a_manager_sets_an_app_up_in_the_browser(open_page: Callable[..., Page], served: Desk) -> None:
    page = open_page(MINE)
    page.get_by_role("button", name="Set up an app").click()
    page.locator("img.picture").wait_for()
    assert page.locator("img.picture").evaluate("image => image.naturalWidth > 100")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(code_at(secret, served.at))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Recovery codes").wait_for()
    page.get_by_role("button", name="I have kept them").click()
    page.get_by_text("10 left").wait_for()


def test_the_pages_look_good(assert_looks_good: Callable[..., None], served: Desk) -> None:
    assert_looks_good(MINE, "second-factor-none")

    def begin(page: Page) -> None:
        page.get_by_role("button", name="Set up an app").click()
        page.locator("img.picture").wait_for()

    assert_looks_good(MINE, "authenticator", before=begin)
    assert_looks_good("/console/account", "account")


def test_what_is_set_up_looks_good_too(assert_looks_good: Callable[..., None], served: Desk) -> None:
    set_up_app(served, served.client())

    def again(page: Page) -> None:
        page.locator("#codes-password").fill(PASSWORD)
        page.get_by_role("button", name="Make new codes").click()
        page.locator(".codes").wait_for()

    def halfway(page: Page) -> None:
        page.get_by_label("Login").fill("manager")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Second factor").wait_for()

    assert_looks_good(MINE, "second-factor-app")
    assert_looks_good(MINE, "recovery-codes", before=again)
    assert_looks_good("/console/sign-in", "second-step", role="", before=halfway)
