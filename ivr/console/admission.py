"""Which account somebody is whom the OpenID provider knows: by subject, the first time by e-mail address or role."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ivr.console.roles import Role
from ivr.settings import Settings
from ivr.sign_in_settings import SignInSettings
from ivr.store.accounts import Account, account_by, add_account, update_account
from ivr.store.audit import Author, record

Claims = dict[str, Any]
LONGEST = {"subject": 300, "login": 120, "name": 200}


@dataclass(frozen=True)
class Refused:
    """Nobody is let in. `why` is for the log; the text tells the person no more than that there is no way in."""

    why: str
    text: str = "You are known there, but there is no way in here for you. Ask an operator of Nightline."


def account_for(connection: Connection, settings: Settings, claims: Claims, at: datetime) -> Account | Refused:
    """The account of whoever has these claims, linked or made the first time, with the role that they give."""
    subject = f"{claims['iss']} {claims['sub']}"
    role = role_in(settings, claims)
    if len(subject) > LONGEST["subject"] or (settings.oidc_role_claim and role is None):
        return Refused("no role, or no subject that can be kept")
    account = account_by(connection, subject=subject) or linked(connection, claims, subject, at)
    if account is None and role is not None:
        account = made(connection, claims, subject, role, at)
    if account is None or account.disabled_at is not None:
        return Refused("no account, or none that may sign in")
    return account if role in (None, account.role) else with_role(connection, account, role, at)


def role_in(settings: SignInSettings, claims: Claims) -> Role | None:
    """The highest role among the values of the role claim; None when none means a role, or no claim decides."""
    said = claims.get(settings.oidc_role_claim) if settings.oidc_role_claim else None
    values = said if isinstance(said, list) else [said]
    roles = {settings.role_behind(value) for value in values if isinstance(value, str)}
    return max((role for role in roles if role is not None), key=list(Role).index, default=None)


def linked(connection: Connection, claims: Claims, subject: str, at: datetime) -> Account | None:
    """The account whose login is the person's verified e-mail address, from now on known by its subject."""
    email = verified_email(claims)
    account = account_by(connection, login=email) if email else None
    if account is None or account.subject is not None:
        return None
    update_account(connection, account.id, subject=subject)
    note(connection, account.login, at, "linked to the OpenID provider")
    return account_by(connection, id=account.id)


def made(connection: Connection, claims: Claims, subject: str, role: Role, at: datetime) -> Account | None:
    """A new account for somebody to whom the provider gives a role; None when its login is taken or missing."""
    login = verified_email(claims) or str(claims.get("preferred_username") or "").strip().lower()
    if not login or len(login) > LONGEST["login"] or account_by(connection, login=login) is not None:
        return None
    name = str(claims.get("name") or login)[: LONGEST["name"]]
    id_ = add_account(connection, login=login, name=name, role=role, at=at, subject=subject)
    record(connection, Author("OpenID", at), "account", login, None, {"name": name, "role": role})
    return account_by(connection, id=id_)


def with_role(connection: Connection, account: Account, role: Role | None, at: datetime) -> Account | Refused:
    """The account with the role that the provider gives it today."""
    update_account(connection, account.id, role=role)
    record(connection, Author("OpenID", at), "account", account.login, {"role": account.role}, {"role": role})
    return account_by(connection, id=account.id) or Refused("gone")


def verified_email(claims: Claims) -> str:
    """The e-mail address that the provider has verified, in lower case; empty without."""
    is_verified = claims.get("email_verified") is True
    return str(claims.get("email") or "").strip().lower() if is_verified else ""


def note(connection: Connection, login: str, at: datetime, what: str) -> None:
    """Write down what the provider brought about."""
    record(connection, Author("OpenID", at), "account", login, None, None, action="link", why=what)
