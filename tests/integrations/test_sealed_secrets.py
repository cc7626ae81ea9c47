"""Secrets at rest: sealed with a key of the environment, and read whether they are sealed or not."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import update
from standardwebhooks import Webhook

from ivr.cli import nightline
from ivr.integrations import endpoints
from ivr.key_ring import NotOpened
from ivr.operations.backup import back_up, restore
from ivr.operations.doctor import secret_findings
from ivr.operations.secret_checks import how_kept
from ivr.sealing import MARK, Kept, Sealer
from ivr.settings import Settings
from ivr.store.audit import Author
from ivr.store.ceremonies import look
from ivr.store.console_tables import users
from ivr.store.deliveries import DeliveryState
from ivr.store.endpoints import find_endpoint
from ivr.store.engine import connect
from ivr.store.secrets import every_secret, rewrite_secrets
from tests.console.desk import Desk
from tests.console.doors import MINE, SECOND, account_of, code_at, codes_in, give_password, send, set_up_app
from tests.databases import Templates
from tests.integrations.conftest import QuickDesk
from tests.integrations.outside import endpoint, house_of, later, open_ticket, work
from tests.integrations.services import Service

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def with_keys(settings: Settings, *keys: str) -> Settings:
    return settings.model_copy(update={"secret_keys": SecretStr(",".join(keys))})


def give_keys(desk: Desk, *keys: str) -> None:
    """The processes are started anew with other keys."""
    assert isinstance(desk, QuickDesk)
    desk.house = replace(desk.house, settings=with_keys(desk.house.settings, *keys))
    if "app" in desk.__dict__:
        desk.app.extensions["houses"].main = desk.house


def secrets_of(desk: Desk) -> list[str]:
    return desk.do(lambda connection: list(every_secret(connection)))  # type: ignore[no-any-return]


def test_without_a_key_a_secret_is_kept_as_it_is_and_with_one_it_is_sealed(desk: Desk) -> None:
    plain, sealing = (Sealer(with_keys(house_of(desk).settings, *keys)) for keys in ((), (NEW, OLD)))
    assert (plain.seal("whsec_A"), plain.open("whsec_A"), plain.how("whsec_A")) == ("whsec_A", "whsec_A", Kept.PLAIN)
    sealed = sealing.seal("whsec_A")
    assert "whsec_A" not in sealed
    assert (sealing.open(sealed), sealing.open("whsec_A"), sealing.how(sealed)) == ("whsec_A", "whsec_A", Kept.SEALED)
    assert plain.how(sealed) is Kept.SHUT
    with pytest.raises(NotOpened):
        plain.open(sealed)


def test_after_a_rotation_the_old_key_opens_and_the_new_one_seals(desk: Desk) -> None:
    old, both, new = (Sealer(with_keys(house_of(desk).settings, *keys)) for keys in ((OLD,), (NEW, OLD), (NEW,)))
    sealed = old.seal("whsec_A")
    assert (both.open(sealed), both.how(sealed), new.how(sealed)) == ("whsec_A", Kept.OLDER, Kept.SHUT)
    assert new.open(both.sealed_anew(sealed)) == "whsec_A"
    with pytest.raises(NotOpened):
        new.sealed_anew(sealed)


def test_a_webhook_is_signed_with_a_sealed_secret_and_with_one_from_before_the_key(
    desk: Desk, service: Service
) -> None:
    plain = endpoint(desk, service.url, types=["ticket.opened"])
    give_keys(desk, OLD)
    author = Author("Sara", desk.at)
    wish = endpoints.Wish(service.url, types=["ticket.opened"])
    _, secret = desk.do(lambda connection: endpoints.add(house_of(desk), connection, author, wish))
    kept = secrets_of(desk)
    assert [one.startswith(MARK) for one in kept] == [False, True]
    assert secret not in kept
    open_ticket(desk)
    work(desk)
    for sent, with_secret in zip(service.asked, (plain.secret, secret), strict=True):
        assert Webhook(with_secret).verify(sent.body, sent.headers)["type"] == "ticket.opened"


def test_a_secret_that_is_rotated_is_sealed_and_so_is_the_one_before(desk: Desk, service: Service) -> None:
    one = endpoint(desk, service.url, types=["ticket.opened"])
    give_keys(desk, OLD)
    author = Author("Sara", desk.at)
    new = desk.do(lambda connection: endpoints.rotate(house_of(desk), connection, author, one))
    assert all(kept.startswith(MARK) for kept in secrets_of(desk))
    open_ticket(desk)
    work(desk)
    (sent,) = service.asked
    for secret in (one.secret, new):
        assert Webhook(secret).verify(sent.body, sent.headers)


def test_with_a_lost_key_nothing_is_sent_that_is_not_signed_until_there_is_a_new_secret(
    desk: Desk, service: Service
) -> None:
    give_keys(desk, OLD)
    author, wish = Author("Sara", desk.at), endpoints.Wish(service.url, types=["ticket.opened"])
    one, _ = desk.do(lambda connection: endpoints.add(house_of(desk), connection, author, wish))
    give_keys(desk, NEW)
    open_ticket(desk)
    (waits,) = work(desk)
    assert (waits.state, service.asked) == (DeliveryState.WAITING, [])
    assert "NIGHTLINE_SECRET_KEYS" in waits.said
    new = desk.do(lambda connection: endpoints.rotate(house_of(desk), connection, author, one))
    later(desk, minutes=5)
    (delivered,) = work(desk)
    assert delivered.state is DeliveryState.DELIVERED
    assert Webhook(new).verify(service.asked[0].body, service.asked[0].headers)
    assert desk.do(lambda connection: find_endpoint(connection, one.id)).previous_until is None


def test_an_authenticator_app_is_sealed_from_its_set_up_on(desk: Desk) -> None:
    client = desk.client()
    give_keys(desk, OLD)
    send(client, MINE, f"{MINE}/begin")
    who = str(account_of(desk).id)
    meanwhile = desk.do(lambda connection: look(connection, "authenticator", who, desk.at))
    assert meanwhile["secret"].startswith(MARK)
    secret, _ = set_up_app(desk, client)
    assert Sealer(house_of(desk).settings).open(str(account_of(desk).totp_secret)) == secret
    later(desk, minutes=1)
    other, _ = give_password(desk)
    assert send(other, SECOND, code=code_at(secret, desk.at)).status_code == 303


def sealed_app(desk: Desk) -> tuple[str, list[str]]:
    """The manager has an app, whose secret is sealed; the secret, and recovery codes."""
    secret, shown = set_up_app(desk, desk.client())
    give_keys(desk, OLD)
    desk.do(lambda connection: rewrite_secrets(connection, Sealer(house_of(desk).settings).sealed_anew))
    assert str(account_of(desk).totp_secret).startswith(MARK)
    later(desk, minutes=1)
    return secret, codes_in(shown)


def test_an_app_that_was_set_up_before_the_key_lets_in_once_it_is_sealed(desk: Desk) -> None:
    secret, _ = sealed_app(desk)
    client, _ = give_password(desk)
    assert send(client, SECOND, code=code_at(secret, desk.at)).status_code == 303


def test_with_a_lost_key_the_page_says_why_counts_no_wrong_try_and_a_recovery_code_lets_in(desk: Desk) -> None:
    secret, codes = sealed_app(desk)
    give_keys(desk, NEW)
    client, _ = give_password(desk)
    for _ in range(6):
        answer = send(client, SECOND, code=code_at(secret, desk.at))
        assert answer.status_code == 503
    assert "has not the key" in answer.get_data(as_text=True)
    assert send(client, SECOND, code=codes[0]).status_code == 303


def set_environment(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """What a command reads of its settings."""
    environment = {
        "NIGHTLINE_DATABASE_URL": settings.database_url,
        "NIGHTLINE_PUBLIC_URL": settings.public_url,
        "TWILIO_ACCOUNT_SID": settings.account_sid,
        "TWILIO_AUTH_TOKEN": settings.auth_token.get_secret_value(),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_commands_seal_what_is_plain_rotate_it_and_unseal_it(
    templates: Templates,
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_settings: Callable[..., Settings],
) -> None:
    settings = make_settings(templates.prepared(kind, tmp_path))
    engine = connect(settings.database_url)
    desk = QuickDesk(settings)
    plain = endpoint(desk, "https://example.com/in").secret
    with engine.begin() as connection:
        connection.execute(update(users).where(users.c.login == "manager").values(totp_secret="JBSWY3DPEHPK3PXP" * 2))
    set_environment(monkeypatch, settings)
    before = secrets_of(desk)

    def typed(*words: str, keys: tuple[str, ...] = ()) -> Result:
        monkeypatch.setenv("NIGHTLINE_SECRET_KEYS", ",".join(keys))
        return CliRunner().invoke(nightline, ["privacy", *words], catch_exceptions=False)

    def kept() -> dict[Kept, int]:
        return dict(desk.do(lambda connection: how_kept(connection, with_keys(settings, NEW, OLD))))

    assert "stay as plain text" in typed("reseal").output
    assert (secrets_of(desk), plain in before) == (before, True)
    count = len(before)
    assert json.loads(typed("reseal", "--json", keys=(OLD,)).output) == {"sealed": 0, "secrets": count}
    assert kept() == {Kept.OLDER: count}
    refused = typed("reseal", keys=(NEW,))
    assert (refused.exit_code, "None of the secrets was changed" in refused.output) == (1, True)
    assert typed("reseal", keys=(NEW, OLD)).output.endswith("The others are not needed any more.\n")
    assert kept() == {Kept.SEALED: count}
    assert typed("unseal", keys=(NEW,)).exit_code == 0
    assert secrets_of(desk) == before
    desk.close()
    engine.dispose()


def test_a_backup_holds_secrets_as_they_are_kept_and_the_key_opens_them_after_a_restore(
    desk: Desk, tmp_path: Path
) -> None:
    give_keys(desk, OLD)
    settings = house_of(desk).settings
    author, wish = Author("Sara", desk.at), endpoints.Wish("https://example.com/in")
    one, secret = desk.do(lambda connection: endpoints.add(house_of(desk), connection, author, wish))
    file = tmp_path / "backup.jsonl.gz"
    back_up(desk.engine, file, desk.at)
    other = connect(f"sqlite:///{tmp_path}/restored.db")
    restore(other, file)
    with other.connect() as connection:
        found = find_endpoint(connection, one.id)
    other.dispose()
    assert found is not None
    assert Sealer(settings).open(found.secret) == secret


def test_the_doctor_says_how_secrets_are_kept_and_what_to_do(desk: Desk) -> None:
    settings = house_of(desk).settings

    def told(counts: dict[Kept, int], *keys: str) -> list[tuple[str, str]]:
        return [(one.level, one.remedy) for one in secret_findings(with_keys(settings, *keys), counts)]

    assert told({Kept.SEALED: 3}, NEW) == [("good", "")]
    assert told({}, NEW) == [("good", "")]
    for counts, keys, level, remedy in (
        ({}, (), "warning", "new-key"),
        ({Kept.PLAIN: 1}, (NEW,), "warning", "privacy reseal"),
        ({Kept.OLDER: 2}, (NEW,), "warning", "take the old key out"),
        ({Kept.SHUT: 1, Kept.SEALED: 1}, (NEW,), "error", "Is it lost?"),
    ):
        ((said, what),) = told(counts, *keys)
        assert (said, remedy in what) == (level, True)
    assert [level for level, _ in told({Kept.SHUT: 1})] == ["error", "warning"]
