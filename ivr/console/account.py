"""My account: the clock that I read, and my password."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.console.frame import page
from ivr.console.passwords import WeakPassword, hash_password
from ivr.console.roles import WHAT_FOR, Role
from ivr.console.shown import render
from ivr.console.tries import fault_of_password
from ivr.console.visit import Visit
from ivr.store.accounts import end_sessions, update_account
from ivr.store.audit import record
from schedules.zones import UnknownZone, zone


@page("/account", Role.VIEWER)
def account(visit: Visit) -> ResponseReturnValue:
    """What I may do, and what I may change."""
    return shown(visit)


@page("/account/zone", Role.VIEWER, methods=("POST",))
def account_zone(visit: Visit) -> ResponseReturnValue:
    """Choose the clock that all pages are shown on."""
    name = request.form.get("zone", "").strip()
    try:
        if name:
            zone(name)
    except UnknownZone as error:
        return shown(visit, zone_error=str(error))
    update_account(visit.connection, visit.account.id, zone=name)
    return redirect(url_for("console.account"), 303)


@page("/account/password", Role.VIEWER, methods=("POST",))
def account_password(visit: Visit) -> ResponseReturnValue:
    """Choose another password; every other session ends."""
    account_ = visit.account
    fault = fault_of_password(visit.connection, account_, request.form.get("present", ""), visit.at)
    if fault:
        return shown(visit, wrong=fault)
    try:
        hashed = hash_password(request.form.get("password", ""), account_.login)
    except WeakPassword as weak:
        return shown(visit, wrong=str(weak))
    update_account(visit.connection, account_.id, password_hash=hashed)
    end_sessions(visit.connection, account_.id, but=visit.session.key)
    record(visit.connection, visit.author, "account", account_.login, None, None, action="password")
    return redirect(url_for("console.account"), 303)


def shown(visit: Visit, **errors: str) -> ResponseReturnValue:
    """The page, with the zone as it was typed."""
    zone_ = request.form.get("zone", visit.account.zone)
    return render("account.html", what_for=WHAT_FOR[visit.role], zone=zone_, **errors), 422 if errors else 200
