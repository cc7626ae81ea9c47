"""My second factor: the authenticator app set up with a code, recovery codes shown once, and what may be removed."""

from datetime import timedelta

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.console import tries
from ivr.console.entering import wanted
from ivr.console.frame import page
from ivr.console.one_time import in_fours, new_recovery_codes, new_secret, phones_time, picture_of, step_of
from ivr.console.party import party_of
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.sealing import Sealer
from ivr.store.accounts import account_by, end_sessions, strengthen_session, update_account, weaken_sessions
from ivr.store.audit import record
from ivr.store.ceremonies import begin, look, take
from ivr.store.factors import (
    has_second_factor,
    passkeys_of,
    recovery_codes_left,
    remove_second_factors,
    replace_recovery_codes,
)

FRESH = timedelta(minutes=15)
"""So long after signing in somebody may add a second factor without their password."""

SIGN_IN_AGAIN = "Sign out and in again, then do this within a quarter of an hour."
PASSWORD_TOO = "You signed in a while ago, so your password is needed too."  # noqa: S105 - a sentence
TOO_LATE = "This took too long. Begin again."
WRONG_CODE = "This code does not fit. Type the one that the app shows now; the phone's clock must be right."


@page("/account/second-factor", Role.VIEWER, early=True)
def factors(visit: Visit) -> ResponseReturnValue:
    """What I have set up, and what I may add or remove."""
    return shown(visit)


@page("/account/second-factor/begin", Role.VIEWER, methods=("POST",), early=True)
def begin_authenticator(visit: Visit) -> ResponseReturnValue:
    """Make a secret for an authenticator app; one that is set up stays in force until the first code of the new one."""
    fault = unconfirmed(visit, always=visit.account.totp_secret is not None)
    if fault:
        return shown(visit, fault)
    account = visit.account
    data = {"secret": Sealer(visit.house.settings).seal(new_secret())}
    begin(visit.connection, "authenticator", str(account.id), data, visit.at, user=account.id)
    return redirect(url_for("console.authenticator", next=request.values.get("next") or None), 303)


@page("/account/second-factor/authenticator", Role.VIEWER, early=True)
def authenticator(visit: Visit) -> ResponseReturnValue:
    """The secret, as a picture and as text, and where its first code is typed."""
    return set_up(visit)


@page("/account/second-factor/authenticator", Role.VIEWER, methods=("POST",), early=True)
def confirm_authenticator(visit: Visit) -> ResponseReturnValue:
    """The first code: with it the app counts."""
    account, who = visit.account, tries.of_code(visit.account)
    data = look(visit.connection, "authenticator", str(account.id), visit.at)
    if data is None:
        return shown(visit, TOO_LATE)
    if tries.rests(visit.connection, who, visit.at):
        return set_up(visit, tries.RESTS)
    secret = Sealer(visit.house.settings).open(data["secret"])
    step = step_of(secret, request.form.get("code", "").strip(), phones_time(visit.house, visit.at))
    if step is None:
        tries.was_wrong(visit.connection, who, visit.at)
        return set_up(visit, WRONG_CODE)
    if take(visit.connection, "authenticator", str(account.id), visit.at, user=account.id) is None:
        return shown(visit, TOO_LATE)
    tries.was_right(visit.connection, who)
    update_account(visit.connection, account.id, totp_secret=data["secret"], totp_step=step)
    return added(visit, "an authenticator app")


@page("/account/second-factor/remove", Role.VIEWER, methods=("POST",), early=True)
def remove_authenticator(visit: Visit) -> ResponseReturnValue:
    """Remove the authenticator app, with the password."""
    fault = unconfirmed(visit, always=True)
    if fault:
        return shown(visit, fault)
    update_account(visit.connection, visit.account.id, totp_secret=None, totp_step=None)
    return removed(visit, "the authenticator app")


@page("/account/second-factor/codes", Role.VIEWER, methods=("POST",), early=True)
def make_recovery_codes(visit: Visit) -> ResponseReturnValue:
    """New recovery codes, with the password; the ones before count no more."""
    fault = unconfirmed(visit, always=True)
    if fault or not has_second_factor(visit.connection, visit.account):
        return shown(visit, fault or "Set up an authenticator app or a passkey first.")
    note(visit, "new recovery codes")
    return fresh_codes(visit)


def unconfirmed(visit: Visit, *, always: bool) -> str:
    """What keeps this person from a change of their ways in; empty when nothing does.

    They give their password, unless they signed in a moment ago and it is not `always` asked for. Whoever has none,
    because they sign in elsewhere, must have done so a moment ago. A form without the field was opened in that moment
    and sent after it: that is no wrong try.
    """
    is_fresh = visit.at - visit.session.created_at < FRESH
    if not visit.account.password_hash:
        return "" if is_fresh else SIGN_IN_AGAIN
    if is_fresh and not always:
        return ""
    if "password" not in request.form:
        return PASSWORD_TOO
    return tries.fault_of_password(visit.connection, visit.account, request.form["password"], visit.at)


def added(visit: Visit, what: str) -> ResponseReturnValue:
    """A second factor counts from now on: other sessions end, and the first one comes with recovery codes."""
    strengthen_session(visit.connection, visit.session.key)
    end_sessions(visit.connection, visit.account.id, but=visit.session.key)
    note(visit, f"added {what}")
    if recovery_codes_left(visit.connection, visit.account.id) == 0:
        return fresh_codes(visit)
    return redirect(onward(), 303)


def onward() -> str:
    """Where somebody wanted to go when their role's second factor was asked for; else the page of their factors."""
    to = request.values.get("next", "")
    return wanted(to) if to else url_for("console.factors")


def removed(visit: Visit, what: str) -> ResponseReturnValue:
    """A second factor is gone; with the last one the recovery codes are, and a role that asks for one asks again."""
    account = account_by(visit.connection, id=visit.account.id)
    assert account is not None
    if not has_second_factor(visit.connection, account):
        remove_second_factors(visit.connection, account.id)
        weaken_sessions(visit.connection, account.id)
    end_sessions(visit.connection, account.id, but=visit.session.key)
    note(visit, f"removed {what}")
    return redirect(url_for("console.factors"), 303)


def note(visit: Visit, what: str) -> None:
    """Write a change of a second factor down."""
    record(visit.connection, visit.author, "account", visit.account.login, None, None, action="second factor", why=what)


def fresh_codes(visit: Visit) -> ResponseReturnValue:
    """The recovery codes, this once."""
    codes = new_recovery_codes()
    replace_recovery_codes(visit.connection, visit.account.id, codes)
    return render("recovery_codes.html", codes=codes, onward=onward())


def set_up(visit: Visit, error: str = "") -> ResponseReturnValue:
    """The page that shows the secret of an authenticator that is not confirmed yet."""
    data = look(visit.connection, "authenticator", str(visit.account.id), visit.at)
    if data is None:
        return redirect(url_for("console.factors"), 303)
    secret = Sealer(visit.house.settings).open(data["secret"])
    picture = picture_of(secret, visit.account.login)
    page_ = render("authenticator.html", picture=picture, secret=in_fours(secret), error=error)
    return page_, 422 if error else 200


def shown(visit: Visit, error: str = "") -> ResponseReturnValue:
    """The page."""
    page_ = render(
        "factors.html",
        error=error,
        lacks=visit.lacks_second_factor,
        passkeys=passkeys_of(visit.connection, visit.account.id),
        may_have_passkeys=party_of(visit.house.settings) is not None,
        codes_left=recovery_codes_left(visit.connection, visit.account.id),
        needs_password=bool(visit.account.password_hash),
        is_fresh=visit.at - visit.session.created_at < FRESH,
    )
    return page_, 422 if error else 200
