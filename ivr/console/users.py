"""Who may sign in: accounts, their roles, and which engineer somebody is."""

import secrets

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

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
        return shown(visit, error=error)
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
    wanted = wanted_values(visit, account)
    if isinstance(wanted, str):
        return shown(visit, error=wanted)
    update_account(visit.connection, id_, **wanted)
    if wanted["disabled_at"] is not None:
        end_sessions(visit.connection, id_)
    record(visit.connection, visit.author, "account", account.login, told(account.__dict__), told(wanted))
    return redirect(url_for("console.users"), 303)


def wanted_values(visit: Visit, account: Account) -> dict[str, object] | str:
    """What the form says of an account, or what is wrong with it."""
    role, engineer = request.form.get("role", ""), request.form.get("engineer") or None
    disabled = "disabled" in request.form
    if role not in set(Role):
        return "Choose one of the roles."
    if engineer and engineer not in visit.configuration.engineers:
        return f'There is no engineer "{engineer}".'
    if account.id == visit.account.id and (disabled or role != account.role):
        return "Let another operator change your own role: you might lock yourself out."
    return {"role": role, "engineer": engineer, "disabled_at": (account.disabled_at or visit.at) if disabled else None}


def fault_of(visit: Visit, login: str, name: str, role: str, engineer: str | None) -> str:
    """What is wrong with a new account; empty when nothing is."""
    if not login or not name:
        return "Write a login and a name."
    if role not in set(Role):
        return "Choose one of the roles."
    if engineer and engineer not in visit.configuration.engineers:
        return f'There is no engineer "{engineer}".'
    return f"{login} may sign in already." if account_by(visit.connection, login=login) else ""


def told(values: dict[str, object]) -> dict[str, object]:
    """What the audit keeps of an account: nothing secret."""
    return {
        "role": str(values["role"]),
        "engineer": values["engineer"],
        "may sign in": values["disabled_at"] is None,
    }


def shown(visit: Visit, *, error: str = "", added: str = "", password: str = "") -> ResponseReturnValue:
    """The page. `password` is shown once, to whoever added the account."""
    page_ = render(
        "users.html",
        accounts=list_accounts(visit.connection),
        engineers=visit.configuration.engineers.values(),
        roles=WHAT_FOR,
        error=error,
        added=added,
        password=password,
    )
    return page_, 422 if error else 200
