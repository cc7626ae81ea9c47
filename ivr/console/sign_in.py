"""Signing in and out: login and password, as often as the limit allows."""

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.console import tries
from ivr.console.entering import let_in, sign_in_form
from ivr.console.frame import house_here, open_page, page, set_cookie
from ivr.console.passwords import password_matches
from ivr.console.roles import Role
from ivr.console.visit import Visit
from ivr.store.accounts import account_by, end_session

WRONG = "Login and password do not fit."


@open_page("/")
def home() -> ResponseReturnValue:
    """The address that people remember."""
    return redirect(url_for("console.tonight"))


@open_page("/sign-in", methods=("GET", "POST"))
def sign_in() -> ResponseReturnValue:
    """The form, and what was typed into it."""
    if request.method == "GET":
        return sign_in_form()
    house = house_here()
    at = house.clock()
    login, password = request.form.get("login", "").strip().lower(), request.form.get("password", "")
    who = tries.of_login(login)
    with house.engine.begin() as connection:
        if tries.rests(connection, who, at):
            return sign_in_form(tries.RESTS, 429)
        account = account_by(connection, login=login)
    # Outside of any transaction: it takes long on purpose, and calls need the database.
    fits = password_matches(account.password_hash if account else "", password)
    with house.engine.begin() as connection:
        if account is None or not fits or account.disabled_at is not None:
            tries.was_wrong(connection, who, at)
            return sign_in_form(WRONG, 401)
        tries.was_right(connection, who)
        return let_in(house, connection, account, at, "password", is_strong=False, to=request.values.get("next", ""))


@page("/sign-out", Role.VIEWER, methods=("POST",), early=True)
def sign_out(visit: Visit) -> ResponseReturnValue:
    """End this session."""
    end_session(visit.connection, visit.session.key)
    return set_cookie(make_response(redirect(url_for("console.sign_in"), 303)), visit.house, "")
