"""Who may sign in: accounts, their roles, and which engineer somebody is."""

import secrets
from collections.abc import Mapping
from dataclasses import replace

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.console.admission import LONGEST
from ivr.console.frame import page
from ivr.console.passwords import hash_password
from ivr.console.roles import WHAT_FOR, Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.store.accounts import Account, account_by, add_account, end_sessions, list_accounts, update_account
from ivr.store.audit import record


@page("/users", Role.OPERATOR, menu="Users")
def users(visit: Visit) -> ResponseReturnValue:
    """Everybody who may sign in."""
    return shown(visit)


@page("/users", Role.OPERATOR, methods=("POST",))
def add_user(visit: Visit) -> ResponseReturnValue:
    """Add somebody, with a password that is shown once."""
    login, name = request.form.get("login", "").strip().lower(), request.form.get("name", "").strip()
    role, engineer = request.form.get("role", ""), request.form.get("engineer") or None
    error = fault_of(visit, login, name, role, engineer)
    if error:
        return shown(visit, error=error, typed=request.form)
    password = secrets.token_urlsafe(12)
    hashed = hash_password(password, login)
    add_account(
        visit.connection, login=login, name=name, role=role, at=visit.at, engineer=engineer, password_hash=hashed
    )
    record(visit.connection, visit.author, "account", login, None, {"name": name, "role": role, "engineer": engineer})
    return shown(visit, added=login, password=password)


@page("/users/<int:id_>", Role.OPERATOR, methods=("POST",))
def change_user(visit: Visit, id_: int) -> ResponseReturnValue:
    """Another role or engineer, or no way in any more."""
    account = account_by(visit.connection, id=id_)
    if account is None:
        return shown(visit, error="This account is gone.")
    wanted = as_wanted(visit, account)
    error = fault_of_change(visit, account, wanted)
    if error:
        return shown(visit, error=error, refused=wanted)
    update_account(visit.connection, id_, role=wanted.role, engineer=wanted.engineer, disabled_at=wanted.disabled_at)
    if wanted.disabled_at is not None:
        end_sessions(visit.connection, id_)
    record(visit.connection, visit.author, "account", account.login, told(account), told(wanted))
    return redirect(url_for("console.users"), 303)


def as_wanted(visit: Visit, account: Account) -> Account:
    """An account as its form says."""
    disabled_at = (account.disabled_at or visit.at) if "disabled" in request.form else None
    role, engineer = request.form.get("role", ""), request.form.get("engineer") or None
    return replace(account, role=role, engineer=engineer, disabled_at=disabled_at)


def fault_of_change(visit: Visit, account: Account, wanted: Account) -> str:
    """What is wrong with a change of an account; empty when nothing is."""
    if account.id == visit.account.id and (wanted.disabled_at or wanted.role != account.role):
        return "Let another operator change your own role: you might lock yourself out."
    return fault_of_place(visit, wanted.role, wanted.engineer)


def fault_of(visit: Visit, login: str, name: str, role: str, engineer: str | None) -> str:
    """What is wrong with a new account; empty when nothing is."""
    if not login or not name:
        return "Write a login and a name."
    if len(login) > LONGEST["login"] or len(name) > LONGEST["name"]:
        return f"A login has {LONGEST['login']} letters at most, and a name {LONGEST['name']}."
    if account_by(visit.connection, login=login):
        return f"{login} may sign in already."
    return fault_of_place(visit, role, engineer)


def fault_of_place(visit: Visit, role: str, engineer: str | None) -> str:
    """What is wrong with a role, or with who somebody is; empty when nothing is."""
    if role not in set(Role):
        return "Choose one of the roles."
    is_known = engineer is None or engineer in visit.configuration.engineers
    return "" if is_known else f'There is no engineer "{engineer}".'


def told(account: Account) -> dict[str, object]:
    """What the audit keeps of an account: nothing secret."""
    return {"role": str(account.role), "engineer": account.engineer, "may sign in": account.disabled_at is None}


def shown(
    visit: Visit,
    *,
    error: str = "",
    typed: Mapping[str, str] | None = None,
    refused: Account | None = None,
    added: str = "",
    password: str = "",
) -> ResponseReturnValue:
    """The page. `typed` and `refused` are a new account and a changed one with an error; `password` is shown once."""
    accounts = list_accounts(visit.connection)
    page_ = render(
        "users.html",
        accounts=[refused if refused and one.id == refused.id else one for one in accounts],
        typed=typed or {},
        longest=LONGEST,
        engineers=visit.configuration.engineers.values(),
        roles=WHAT_FOR,
        error=error,
        added=added,
        password=password,
    )
    return page_, 422 if error else 200
