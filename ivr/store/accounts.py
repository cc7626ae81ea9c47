"""Accounts of the console: people who may sign in, and where they are signed in."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from ivr.store.console_tables import sessions, users

SESSION_LASTS = timedelta(hours=12)
"""After so long everybody signs in anew; a session that nobody used for `SESSION_IDLES` ends earlier."""

SESSION_IDLES = timedelta(hours=4)
SEEN_EVERY = timedelta(minutes=1)

HALFWAY_LASTS = timedelta(minutes=10)
"""How long the second factor is waited for."""


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in. Instants are UTC; see the table for the fields; `totp_secret` is as it is kept."""

    id: int
    login: str
    name: str
    role: str
    created_at: datetime
    engineer: str | None = None
    password_hash: str = ""
    totp_secret: str | None = None
    totp_step: int | None = None
    subject: str | None = None
    zone: str = ""
    disabled_at: datetime | None = None


@dataclass(frozen=True)
class Session:
    """Where an account is signed in. Not complete: the second factor is still asked for; strong: by two factors."""

    key: str
    account: Account
    created_at: datetime
    expires_at: datetime
    is_complete: bool
    agent: str
    seen_at: datetime
    way: str = ""
    address: str = ""
    is_strong: bool = False


def add_account(connection: Connection, *, login: str, name: str, role: str, at: datetime, **more: Any) -> int:
    """Store a new account; returns its id. Raises IntegrityError when the login is taken."""
    values = {"login": login.strip().lower(), "name": name, "role": role, "created_at": at, **more}
    inserted = connection.execute(insert(users).values(**values)).inserted_primary_key
    assert inserted is not None
    return int(inserted[0])


def update_account(connection: Connection, id_: int, **values: Any) -> None:
    """Change fields of an account."""
    connection.execute(update(users).where(users.c.id == id_).values(**values))


def account_by(connection: Connection, **where: Any) -> Account | None:
    """The account with this `login`, `id`, `subject` or `engineer`; None without."""
    (name, value), *_ = where.items()
    wanted = value.strip().lower() if name == "login" else value
    row = connection.execute(select(users).where(users.c[name] == wanted)).mappings().first()
    return _account(row) if row else None


def list_accounts(connection: Connection) -> Sequence[Account]:
    """Everybody who may sign in, or could once, by login."""
    return [_account(row) for row in connection.execute(select(users).order_by(users.c.login)).mappings()]


def open_session(
    connection: Connection, account: Account, at: datetime, agent: str, *, is_complete: bool, **more: Any
) -> str:
    """Sign in; returns the secret for the cookie, of which only the hash is kept.

    `more` are `way`, `address` and `is_strong`. One that is not complete ends after ten minutes.
    """
    secret = secrets.token_urlsafe(32)
    lasts = SESSION_LASTS if is_complete else HALFWAY_LASTS
    values = {"created_at": at, "seen_at": at, "expires_at": at + lasts, "is_complete": is_complete}
    row = {"key": _key(secret), "user": account.id, "agent": agent[:200], **values, **more}
    connection.execute(delete(sessions).where(sessions.c.expires_at <= at))
    connection.execute(insert(sessions).values(**row))
    return secret


def session_behind(connection: Connection, secret: str, at: datetime) -> Session | None:
    """The living session of a cookie, of an account that may still sign in; notes that it is used."""
    found = connection.execute(
        select(sessions, users)
        .join(users)
        .where(
            sessions.c.key == _key(secret),
            sessions.c.expires_at > at,
            sessions.c.seen_at > at - SESSION_IDLES,
            users.c.disabled_at.is_(None),
        )
    )
    row = found.mappings().first()
    if row is None:
        return None
    if at - row[sessions.c.seen_at] > SEEN_EVERY:
        connection.execute(update(sessions).where(sessions.c.key == row[sessions.c.key]).values(seen_at=at))
    return _session(row)


def sessions_of(connection: Connection, user: int, at: datetime) -> Sequence[Session]:
    """Where an account is signed in, last used first."""
    living = (sessions.c.expires_at > at) & (sessions.c.seen_at > at - SESSION_IDLES)
    query = select(sessions, users).join(users).where(sessions.c.user == user, sessions.c.is_complete, living)
    rows = connection.execute(query.order_by(sessions.c.seen_at.desc(), sessions.c.key)).mappings()
    return [_session(row) for row in rows]


def strengthen_session(connection: Connection, key: str) -> None:
    """A second factor was set up, and so given, in this session."""
    connection.execute(update(sessions).where(sessions.c.key == key).values(is_strong=True))


def weaken_sessions(connection: Connection, user: int) -> None:
    """The account has no second factor any more."""
    connection.execute(update(sessions).where(sessions.c.user == user).values(is_strong=False))


def end_sessions(connection: Connection, user: int, *, but: str = "") -> None:
    """Sign an account out everywhere, or everywhere but in one session."""
    connection.execute(delete(sessions).where(sessions.c.user == user, sessions.c.key != but))


def end_session(connection: Connection, key: str) -> None:
    """Sign out."""
    connection.execute(delete(sessions).where(sessions.c.key == key))


def end_session_of(connection: Connection, secret: str) -> None:
    """Sign out whoever is behind a cookie, if anybody."""
    end_session(connection, _key(secret))


def end_session_for(connection: Connection, user: int, key: str) -> None:
    """End one of an account's sessions; nothing happens when it is somebody else's."""
    connection.execute(delete(sessions).where(sessions.c.user == user, sessions.c.key == key))


def _key(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _account(row: RowMapping) -> Account:
    return Account(**{column.name: row[column] for column in users.c})


def _session(row: RowMapping) -> Session:
    kept = {column.name: row[column] for column in sessions.c if column.name != "user"}
    return Session(account=_account(row), **kept)
