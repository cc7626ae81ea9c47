"""Signing in and out: login and password, as often as the limit allows, and the way to the second factor."""

from datetime import datetime

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from ivr.console.frame import house_here, open_page, page, set_cookie
from ivr.console.passwords import password_matches
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.house import House
from ivr.store.accounts import Account, account_by, end_session, open_session
from ivr.store.audit import Author, record
from ivr.store.limits import pin_rests, pin_was_right, pin_was_wrong

WRONG = "Login and password do not fit."
RESTS = "Too many wrong passwords. Wait a few minutes, then try again."


@open_page("/")
def home() -> ResponseReturnValue:
    """The address that people remember."""
    return redirect(url_for("console.tonight"))


@open_page("/sign-in", methods=("GET", "POST"))
def sign_in() -> ResponseReturnValue:
    """The form, and what was typed into it."""
    if request.method == "GET":
        return form()
    house = house_here()
    login, password = request.form.get("login", "").strip().lower(), request.form.get("password", "")
    with house.engine.begin() as connection:
        at = house.clock()
        keys = limit_keys(login)
        if pin_rests(connection, keys, at):
            return form(RESTS, 429)
        account = account_by(connection, login=login)
        fits = password_matches(account.password_hash if account else "", password)
        if account is None or not fits or account.disabled_at is not None:
            pin_was_wrong(connection, keys, at)
            return form(WRONG, 401)
        pin_was_right(connection, keys)
        return signed_in(house, connection, account, at)


def limit_keys(login: str) -> tuple[str, str]:
    """Whose wrong passwords are counted: of one login, and from one address."""
    return (f"login:{login[:50]}", f"from:{request.remote_addr}")


def signed_in(house: House, connection: Connection, account: Account, at: datetime) -> Response:
    """Open the session and go where the person wanted to go."""
    secret = open_session(connection, account, at, request.user_agent.string, is_complete=True)
    record(connection, Author(account.name, at), "account", account.login, None, None, action="sign in")
    return set_cookie(make_response(redirect(wanted(), 303)), house, secret)


def wanted() -> str:
    """Where to after the sign-in: a page of the console, never another site."""
    prefix = url_for("console.home")
    to = request.values.get("next", "")
    return (
        to if to.startswith(prefix) and "\\" not in to and "//" not in to.split("?")[0] else url_for("console.tonight")
    )


def form(error: str = "", status: int = 200) -> Response:
    """The sign-in form."""
    return make_response(render("sign_in.html", error=error, login=request.form.get("login", "")), status)


@page("/sign-out", Role.VIEWER, methods=("POST",))
def sign_out(visit: Visit) -> ResponseReturnValue:
    """End this session."""
    end_session(visit.connection, visit.session.key)
    return set_cookie(make_response(redirect(url_for("console.sign_in"), 303)), visit.house, "")
