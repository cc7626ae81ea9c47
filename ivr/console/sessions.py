"""Where I am signed in: every session of mine, and its end."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.console.frame import page
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.store.accounts import end_session_for, end_sessions, sessions_of

BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrom", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
"""What browsers say of themselves: the first that fits, for many also name those that they are like."""


@page("/account/sessions", Role.VIEWER, early=True)
def sessions(visit: Visit) -> ResponseReturnValue:
    """Where I am signed in."""
    found = sessions_of(visit.connection, visit.account.id, visit.at)
    return render("sessions.html", sessions=found, machine=machine)


@page("/account/sessions/end", Role.VIEWER, methods=("POST",), early=True)
def end_my_session(visit: Visit) -> ResponseReturnValue:
    """End one of my sessions, or all but this one."""
    key = request.form.get("key", "")
    if key:
        end_session_for(visit.connection, visit.account.id, key)
    else:
        end_sessions(visit.connection, visit.account.id, but=visit.session.key)
    return redirect(url_for("console.sessions"), 303)


def machine(agent: str) -> str:
    """A browser and its system in words, by what it says of itself."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return " on ".join(part for part in (browser, system) if part) or "another program"
