"""Letting somebody in: the session, the second factor that is still asked for, and where they wanted to go."""

from datetime import datetime

from flask import Response, make_response, redirect, request, session, url_for
from sqlalchemy import Connection

from ivr.console.frame import cookie_name, house_here, set_cookie
from ivr.console.party import party_of
from ivr.console.shown import render
from ivr.console.tries import address
from ivr.house import House
from ivr.store.accounts import Account, end_session_of, open_session
from ivr.store.audit import Author, record
from ivr.store.factors import has_second_factor


def let_in(
    house: House, connection: Connection, account: Account, at: datetime, way: str, *, is_strong: bool, to: str = ""
) -> Response:
    """Open a session for whoever proved to be this account, and go where they wanted to.

    `is_strong`: by two factors. Otherwise an account that has a second factor is asked for it first. The session that
    the browser had before ends, so that nobody can have planted it.
    """
    end_session_of(connection, request.cookies.get(cookie_name(house), ""))
    session.clear()
    is_complete = is_strong or not has_second_factor(connection, account)
    more = {"way": way, "address": address(), "is_strong": is_strong}
    secret = open_session(connection, account, at, request.user_agent.string, is_complete=is_complete, **more)
    if is_complete:
        record(connection, Author(account.name, at), "account", account.login, None, None, action="sign in", why=way)
    target = wanted(to) if is_complete else url_for("console.second_factor", next=to or None)
    return set_cookie(make_response(redirect(target, 303)), house, secret)


def wanted(to: str) -> str:
    """Where to after the sign-in: a page of the console, never another site."""
    inside = to.startswith(url_for("console.home")) and "\\" not in to and "//" not in to.split("?")[0]
    return to if inside else url_for("console.tonight")


def sign_in_form(error: str = "", status: int = 200) -> Response:
    """The sign-in page: password, passkey, and the OpenID provider where there is one."""
    settings = house_here().settings
    page = render(
        "sign_in.html",
        error=error,
        login=request.form.get("login", ""),
        to=request.values.get("next", ""),
        is_lost="lost" in request.args,
        passkeys=party_of(settings) is not None,
        provider=settings.oidc_name if settings.oidc_issuer else "",
    )
    return make_response(page, status)
