"""Guards of the console's door: cookies, tokens of forms, headers, addresses, limits."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule

from ivr.console import passwords
from ivr.console.frame import HEADERS
from ivr.gate import Gate
from tests.console.desk import PASSWORD, Desk, open_desk
from tests.console.doors import HTTPS, SECOND, SIGN_IN, give_password, send, set_up_app
from tests.quicker import COSTS

EVIL = (
    "https://evil.example",
    "//evil.example",
    "/console//evil.example",
    "/\\evil.example",
    "/console/\\evil.example",
    "javascript:alert(1)",
    "/other",
    "/consolation",
)


@pytest.fixture
def make_desk(prepared: Path, tmp_path: Path) -> Iterator[Any]:
    """Makes a desk with other settings."""
    made: list[Desk] = []

    def make(**more: Any) -> Desk:
        (tmp_path / "nightline.db").write_bytes(prepared.read_bytes())
        made.append(open_desk(f"sqlite:///{tmp_path}/nightline.db", tmp_path, **more))
        return made[-1]

    yield make
    for desk in made:
        desk.app.extensions["houses"].close()
        desk.engine.dispose()


def paths(desk: Desk, method: str) -> list[str]:
    """Every address of the console that takes a method."""
    rules = [rule for rule in desk.app.url_map.iter_rules() if rule.rule.startswith("/console")]
    build = desk.app.url_map.bind("").build
    return [build(rule.endpoint, values_for(rule)) for rule in rules if method in (rule.methods or ())]


def values_for(rule: Rule) -> dict[str, Any]:
    """Something for each part of an address that varies: one of those that are named, else 1."""
    converters = rule._converters.items()
    return {name: min(one.items) if isinstance(one, AnyConverter) else 1 for name, one in converters}


def test_over_https_every_cookie_is_secure_and_bound_to_this_host(make_desk: Any) -> None:
    desk = make_desk(public_url=HTTPS)
    client = desk.app.test_client()
    page = client.get(SIGN_IN, base_url=HTTPS)
    token = page.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": token, "login": "manager", "password": PASSWORD}
    answer = client.post(SIGN_IN, base_url=HTTPS, data=form)
    cookies = [*page.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]
    given = {cookie.split("=")[0] for cookie in cookies}
    assert given == {"__Host-nightline", "__Host-nightline-form"}
    for cookie in cookies:
        parts = [part.strip() for part in cookie.split(";")]
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(parts), cookie
        assert not any(part.startswith("Domain") for part in parts), cookie


def test_on_this_machine_cookies_are_the_same_but_for_https(desk: Desk) -> None:
    _, answer = give_password(desk)
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("nightline=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_no_form_of_the_console_is_taken_without_its_token(desk: Desk) -> None:
    posted = paths(desk, "POST")
    assert len(posted) >= 15
    for path in posted:
        for client in (desk.client("operator"), desk.app.test_client()):
            answer = client.post(path, data={"login": "manager", "password": PASSWORD})
            assert (answer.status_code, "This form is too old" in answer.get_data(as_text=True)) == (400, True), path


def test_nor_with_the_token_of_another_browser(desk: Desk) -> None:
    theirs = desk.app.test_client().get(SIGN_IN).get_data(as_text=True)
    token = theirs.split('name="csrf_token" value="')[1].split('"')[0]
    client = desk.app.test_client()
    client.get(SIGN_IN)
    assert client.post(SIGN_IN, data={"csrf_token": token, "login": "x", "password": "y"}).status_code == 400


def test_every_answer_of_the_console_carries_the_headers(desk: Desk) -> None:
    asked = [*paths(desk, "GET"), "/console/nothing-here"]
    for path in asked:
        for client in (desk.client("operator"), desk.client("viewer"), desk.app.test_client()):
            answer = client.get(path)
            missing = {name for name, value in HEADERS.items() if answer.headers.get(name) != value}
            own = {"Cache-Control"} if answer.mimetype not in ("text/html", "application/json") else set()
            assert missing <= own, f"{path} {answer.status_code} lacks {missing}"


def test_the_policy_lets_nothing_run_but_files_of_ours(desk: Desk) -> None:
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert (policy["script-src"], policy["style-src"]) == ("'self'", "'self'")
    assert (policy["frame-ancestors"], policy["base-uri"], policy["form-action"]) == ("'none'", "'none'", "'self'")


def test_no_template_has_a_script_or_a_style_of_its_own() -> None:
    folder = Path(__file__).parent.parent.parent / "ivr" / "console" / "templates"
    for template in folder.rglob("*.html"):
        text = template.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", text), template


@pytest.mark.parametrize("evil", EVIL)
def test_no_way_in_leads_to_another_site(desk: Desk, evil: str) -> None:
    assert give_password(desk, to=evil)[1].location == "/console/tonight"
    _, shown = set_up_app(desk, desk.client())
    client, answer = give_password(desk, to=evil)
    assert answer.location.startswith(f"{SECOND}?next=")
    code = shown.get_data(as_text=True).split("<li><code>")[1].split("</code>")[0]
    assert send(client, answer.location, code=code).location == "/console/tonight"
    assert client.get(SECOND, query_string={"next": evil}).location == "/console/tonight"


def test_behind_a_prefix_one_gets_where_one_wanted_to_go(make_desk: Any) -> None:
    desk = make_desk(public_url="http://127.0.0.1:1/line")
    client = desk.app.test_client()
    sent = client.get("/line/console/account").location
    assert sent == "/line/console/sign-in?next=/line/console/account"
    assert send(client, sent, login="manager", password=PASSWORD).location == "/line/console/account"


def test_outside_of_tests_a_password_and_a_pin_are_dear_to_guess() -> None:
    costs = {what: (hasher.memory_cost, hasher.time_cost, hasher.parallelism) for what, hasher in COSTS.items()}
    assert costs == {"password": (65536, 3, 4), "PIN": (19456, 2, 1)}


class Counting(PasswordHasher):
    """A cheap hasher like that of all tests, which also says how often it worked."""

    checks = 0

    def verify(self, *args: Any, **more: Any) -> Any:
        """Check a password."""
        self.checks += 1
        return super().verify(*args, **more)


def test_an_unknown_login_costs_as_much_as_a_known_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting(1, 8, 1)
    monkeypatch.setattr(passwords, "HASHER", counting)
    answers = [give_password(desk, login, "a wrong password")[1] for login in ("manager", "nobody-at-all")]
    assert counting.checks == 2
    pages = [re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True)) for answer in answers]
    assert pages[0] == pages[1]
    used = re.search(r"\$m=(\d+),t=(\d+),p=(\d+)\$", passwords.nobodys_hash())
    stored = passwords.hash_password("four words put together", "somebody")
    assert used is not None
    assert used.group() in stored


def test_a_disabled_account_is_told_what_everybody_is_told(desk: Desk) -> None:
    desk.do(lambda connection: connection.exec_driver_sql("update users set disabled_at = created_at"))
    _, answer = give_password(desk)
    assert answer.status_code == 401
    assert "Login and password do not fit." in answer.get_data(as_text=True)


def try_from(client: FlaskClient, login: str, **more: Any) -> int:
    """A wrong password for a login; the status of the answer."""
    text = client.get(SIGN_IN, **more).get_data(as_text=True)
    token = text.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": token, "login": login, "password": "wrong"}
    return client.post(SIGN_IN, data=form, **more).status_code


def seen_from(address: str) -> dict[str, Any]:
    return {"environ_overrides": {"REMOTE_ADDR": address}}


def test_an_address_has_twenty_tries_whatever_the_logins_and_others_go_on(desk: Desk) -> None:
    client = desk.app.test_client()
    statuses = [try_from(client, f"login-{number}", **seen_from("192.0.2.1")) for number in range(21)]
    assert statuses == [401] * 20 + [429]
    assert try_from(client, "somebody", **seen_from("192.0.2.2")) == 401
    desk.at += timedelta(minutes=1)
    assert try_from(client, "somebody else", **seen_from("192.0.2.1")) == 401
    assert try_from(client, "and another", **seen_from("192.0.2.1")) == 429


def test_the_waits_of_a_login_grow(desk: Desk) -> None:
    client, waits = desk.app.test_client(), []
    for _ in range(3):
        try_from(client, "manager")
    for _ in range(9):
        minutes = 0
        while try_from(client, "manager") == 429:
            desk.at += timedelta(minutes=1)
            minutes += 1
        waits.append(minutes)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_an_ipv6_network_counts_as_one_address(desk: Desk) -> None:
    client = desk.app.test_client()
    for number in range(20):
        try_from(client, f"login-{number}", **seen_from(f"2001:db8:1:2::{number:x}"))
    assert try_from(client, "one more", **seen_from("2001:db8:1:2:ffff::1")) == 429
    assert try_from(client, "one more", **seen_from("2001:db8:1:3::1")) == 401


def forwarded(chain: str) -> dict[str, Any]:
    return {**seen_from("127.0.0.1"), "headers": {"X-Forwarded-For": chain}}


def test_behind_trusted_proxies_the_address_that_the_outermost_saw_counts(make_desk: Any) -> None:
    client = make_desk(trusted_proxies=2).app.test_client()
    for number in range(20):
        # What stands before the entries of our two proxies was written by whoever asks, and counts for nothing.
        try_from(client, f"login-{number}", **forwarded(f"203.0.113.{number}, 192.0.2.1, 10.0.0.1"))
    assert try_from(client, "one more", **forwarded("203.0.113.99, 192.0.2.1, 10.0.0.1")) == 429
    assert try_from(client, "one more", **forwarded("192.0.2.2, 10.0.0.1")) == 401


def test_without_trusted_proxies_nobody_writes_their_own_address(desk: Desk) -> None:
    client = desk.app.test_client()
    for number in range(20):
        try_from(client, f"login-{number}", **forwarded(f"203.0.113.{number}"))
    assert try_from(client, "one more", **forwarded("203.0.113.99")) == 429


def test_a_trusted_proxy_opens_the_figures_to_nobody(make_desk: Any) -> None:
    client = make_desk(trusted_proxies=1).app.test_client()
    assert client.get("/metrics", **forwarded("127.0.0.1")).status_code == 403


def test_a_flood_of_sign_ins_is_sent_away_and_takes_no_more_than_its_threads(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    monkeypatch.setattr(passwords, "GATE", gate)
    with gate:
        _, answer = give_password(desk)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert give_password(desk)[1].status_code == 303
