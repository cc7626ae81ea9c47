"""What the sign-in keeps, on both databases: taken once, used once, gone with its account."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, delete, func, select

from ivr.store.accounts import Account, account_by, add_account, open_session, sessions_of, update_account
from ivr.store.ceremonies import LASTS, begin, look, take
from ivr.store.console_tables import ceremonies, passkeys, recovery_codes, users
from ivr.store.engine import connect
from ivr.store.factors import (
    Passkey,
    add_passkey,
    has_second_factor,
    recovery_codes_left,
    remove_passkey,
    remove_second_factors,
    replace_recovery_codes,
    use_recovery_code,
    use_step,
)
from tests.line import NIGHT

CODE = "K7QM-2XHT-9BDE-WRYA"


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, make_prepared: Callable[[str], str]) -> Iterator[Engine]:
    """A migrated database of either kind."""
    found = connect(make_prepared(request.param))
    yield found
    found.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """One transaction."""
    with engine.begin() as found:
        yield found


def sara(connection: Connection) -> Account:
    id_ = add_account(connection, login="sara", name="Sara", role="manager", at=NIGHT)
    found = account_by(connection, id=id_)
    assert found is not None
    return found


def test_what_was_begun_is_looked_at_often_and_taken_once_by_whom_it_is_for(connection: Connection) -> None:
    who = sara(connection).id
    begin(connection, "purpose", "handle", {"kept": 1}, NIGHT, user=who)
    assert look(connection, "purpose", "handle", NIGHT) == {"kept": 1}
    assert take(connection, "other purpose", "handle", NIGHT, user=who) is None
    assert take(connection, "purpose", "handle", NIGHT) is None
    assert take(connection, "purpose", "handle", NIGHT, user=who) == {"kept": 1}
    assert take(connection, "purpose", "handle", NIGHT, user=who) is None


def test_what_was_begun_is_over_after_ten_minutes_and_swept_away_by_the_next(connection: Connection) -> None:
    begin(connection, "purpose", "handle", {}, NIGHT)
    assert take(connection, "purpose", "handle", NIGHT + LASTS) is None
    begin(connection, "purpose", "another", {}, NIGHT + LASTS)
    assert connection.execute(select(func.count()).select_from(ceremonies)).scalar_one() == 1


def test_codes_and_steps_are_used_once(connection: Connection) -> None:
    who = sara(connection).id
    replace_recovery_codes(connection, who, [CODE, "AAAA-BBBB-CCCC-DDDD"])
    assert [use_recovery_code(connection, who, CODE, NIGHT) for _ in range(2)] == [True, False]
    assert use_recovery_code(connection, who + 1, "AAAA-BBBB-CCCC-DDDD", NIGHT) is False
    assert recovery_codes_left(connection, who) == 1
    assert [use_step(connection, who, step) for step in (59_000_000, 59_000_000, 58_999_999)] == [True, False, False]


def test_a_passkey_is_a_second_factor_and_is_removed_by_its_owner_only(connection: Connection) -> None:
    account = sara(connection)
    assert not has_second_factor(connection, account)
    add_passkey(connection, Passkey("aWQ", account.id, "my phone", "a2V5", 0, NIGHT))
    assert has_second_factor(connection, account)
    assert remove_passkey(connection, account.id + 1, "aWQ") is None
    assert remove_passkey(connection, account.id, "aWQ") == "my phone"
    assert not has_second_factor(connection, account)


def test_all_second_factors_go_at_once_and_all_go_with_the_account(connection: Connection) -> None:
    account = sara(connection)
    add_passkey(connection, Passkey("aWQ", account.id, "my phone", "a2V5", 0, NIGHT))
    replace_recovery_codes(connection, account.id, [CODE])
    update_account(connection, account.id, totp_secret="JBSWY3DPEHPK3PXP")
    begin(connection, "purpose", "handle", {}, NIGHT, user=account.id)
    remove_second_factors(connection, account.id)
    again = account_by(connection, login="sara")
    assert again is not None
    assert not has_second_factor(connection, again)
    replace_recovery_codes(connection, account.id, [CODE])
    connection.execute(delete(users))
    for table in (passkeys, recovery_codes, ceremonies):
        assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0, table


def test_only_sessions_that_are_complete_and_live_are_shown(connection: Connection) -> None:
    account = sara(connection)
    open_session(connection, account, NIGHT, "halfway", is_complete=False)
    open_session(connection, account, NIGHT, "whole", is_complete=True, way="password", address="192.0.2.1")
    (session,) = sessions_of(connection, account.id, NIGHT)
    assert (session.agent, session.way, session.address, session.is_strong) == ("whole", "password", "192.0.2.1", False)
    assert sessions_of(connection, account.id, NIGHT + timedelta(hours=4)) == []
