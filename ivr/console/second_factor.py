"""The second step of a sign-in: a code of the authenticator app, a recovery code, or a passkey."""

from datetime import datetime

import structlog
from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from ivr.console import tries
from ivr.console.entering import let_in, wanted
from ivr.console.frame import house_here, open_page, session_here
from ivr.console.one_time import phones_time, step_of
from ivr.console.party import party_of
from ivr.console.shown import render
from ivr.house import House
from ivr.key_ring import NotOpened
from ivr.sealing import Sealer
from ivr.store.accounts import Account, Session
from ivr.store.factors import passkeys_of, recovery_codes_left, use_recovery_code, use_step

WRONG = "This code does not fit, or was used before."
UNREADABLE = (
    "Codes of the app cannot be checked: the service has not the key that your secret is sealed with. "
    "A recovery code or a passkey lets you in; tell an operator to run nightline doctor."
)

logger = structlog.get_logger()


@open_page("/second-factor", methods=("GET", "POST"))
def second_factor() -> ResponseReturnValue:
    """Ask whoever gave the first factor for the second."""
    house = house_here()
    at, to = house.clock(), request.values.get("next", "")
    with house.engine.begin() as connection:
        session = session_here(house, connection, at)
        if session is None:
            return redirect(url_for("console.sign_in", next=to or None), 303)
        if session.is_complete:
            return redirect(wanted(to), 303)
        if request.method == "GET":
            return form(house, connection, session)
        return heard(house, connection, session, at)


def heard(house: House, connection: Connection, session: Session, at: datetime) -> Response:
    """What was typed: in with a right code, again with a wrong one, later after too many."""
    account, code = session.account, request.form.get("code", "").strip()
    who = tries.of_code(account)
    if tries.rests(connection, who, at):
        return form(house, connection, session, tries.RESTS, 429)
    try:
        kind = kind_of(house, connection, account, code, at)
    except NotOpened as failure:
        logger.error("a code cannot be checked", login=account.login, why=str(failure))
        return form(house, connection, session, UNREADABLE, 503)
    if not kind:
        tries.was_wrong(connection, who, at)
        return form(house, connection, session, WRONG, 401)
    tries.was_right(connection, who)
    way = f"{session.way} and {kind}"
    return let_in(house, connection, account, at, way, is_strong=True, to=request.values.get("next", ""))


def kind_of(house: House, connection: Connection, account: Account, code: str, at: datetime) -> str:
    """What a code is, after using it up: `code` or `recovery code`; empty when it is neither. Raises NotOpened."""
    if use_recovery_code(connection, account.id, code, at):
        return "recovery code"
    if account.totp_secret is None:
        return ""
    step = step_of(Sealer(house.settings).open(account.totp_secret), code, phones_time(house, at))
    return "code" if step is not None and use_step(connection, account.id, step) else ""


def form(house: House, connection: Connection, session: Session, error: str = "", status: int = 200) -> Response:
    """The page, with what this person has set up."""
    account = session.account
    page = render(
        "second_factor.html",
        error=error,
        to=request.values.get("next", ""),
        name=account.name,
        has_authenticator=account.totp_secret is not None,
        has_passkeys=party_of(house.settings) is not None and bool(passkeys_of(connection, account.id)),
        codes_left=recovery_codes_left(connection, account.id),
        back=url_for("console.sign_in"),
    )
    return make_response(page, status)
