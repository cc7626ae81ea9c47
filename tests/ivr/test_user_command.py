"""`nightline user` and the demo's first manager: as an operator types them."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from ivr.cli import nightline
from ivr.clock import real_clock
from ivr.console.passwords import password_matches
from ivr.store.accounts import account_by, open_session, session_behind, update_account
from ivr.store.audit import list_changes
from ivr.store.engine import connect
from ivr.store.factors import (
    Passkey,
    add_passkey,
    has_second_factor,
    recovery_codes_left,
    replace_recovery_codes,
)

LOGIN = "sara@example.com"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The database that the command uses: empty, not even migrated."""
    url = f"sqlite:///{tmp_path}/nightline.db"
    monkeypatch.setenv("NIGHTLINE_DATABASE_URL", url)
    return connect(url)


def typed(*words: str) -> Result:
    """What the command says; in a thread of its own, for a browser of other tests keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        result = thread.submit(CliRunner().invoke, nightline, ["user", *words]).result()
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


def made(result: Result) -> str:
    """The password that a command made up."""
    found = re.search(r"Password: (\S+)", result.output)
    assert found is not None, result.output
    return found.group(1)


def test_somebody_is_added_with_a_password_that_is_made_up_and_printed_once(engine: Engine) -> None:
    result = typed("add", "Sara@Example.com", "--name", "Sara Vogel", "--role", "operator", "--engineer", "sara")
    assert result.exit_code == 0, result.output
    with engine.begin() as connection:
        account = account_by(connection, login=LOGIN)
        (change,) = list_changes(connection, kind="account")
    assert account is not None
    assert (account.name, account.role, account.engineer) == ("Sara Vogel", "operator", "sara")
    assert password_matches(account.password_hash, made(result))
    assert (change.source, change.key) == ("file", LOGIN)
    assert made(result) not in str(change)


def test_nobody_is_added_twice(engine: Engine) -> None:
    typed("add", LOGIN)
    again = typed("add", LOGIN)
    assert again.exit_code == 1
    assert f"nightline user password {LOGIN}" in again.output


def test_a_weak_password_is_refused_in_words_and_nothing_is_stored(engine: Engine) -> None:
    for weak, words in (("short", "at least 12 characters"), ("sara-sara-sara", "does not contain the login")):
        result = typed("add", LOGIN, "--password", weak)
        assert (result.exit_code, words in result.output) == (1, True)
    assert typed("list").output == ""


def test_a_new_password_signs_out_everywhere_removes_second_factors_and_lets_in_again(engine: Engine) -> None:
    first = typed("add", LOGIN)
    assert first.exit_code == 0, first.output
    at = real_clock()
    with engine.begin() as connection:
        account = account_by(connection, login=LOGIN)
        assert account is not None
        update_account(connection, account.id, totp_secret="JBSWY3DPEHPK3PXP", totp_step=7, disabled_at=at)
        add_passkey(connection, Passkey("aWQ", account.id, "my phone", "a2V5", 0, at))
        replace_recovery_codes(connection, account.id, ["K7QM-2XHT-9BDE-WRYA"])
        secret = open_session(connection, account, at, "test", is_complete=True)
    result = typed("password", LOGIN)
    with engine.begin() as connection:
        account = account_by(connection, login=LOGIN)
        assert account is not None
        assert password_matches(account.password_hash, made(result))
        assert not has_second_factor(connection, account)
        assert recovery_codes_left(connection, account.id) == 0
        assert account.disabled_at is None
        assert session_behind(connection, secret, at) is None


def test_a_password_for_nobody_is_an_error_with_a_remedy(engine: Engine) -> None:
    result = typed("password", "nobody@example.com")
    assert result.exit_code == 1
    assert "nightline user list" in result.output


def test_the_list_names_everybody_by_login_and_who_may_not_sign_in(engine: Engine) -> None:
    typed("add", "zoe@example.com", "--role", "viewer")
    typed("add", LOGIN, "--name", "Sara Vogel")
    with engine.begin() as connection:
        account = account_by(connection, login="zoe@example.com")
        assert account is not None
        update_account(connection, account.id, disabled_at=real_clock())
    lines = [line.split() for line in typed("list").output.splitlines()]
    assert lines == [
        ["sara@example.com", "manager", "Sara", "Vogel"],
        ["zoe@example.com", "viewer", "zoe@example.com", "no", "way", "in"],
    ]
