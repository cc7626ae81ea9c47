"""Calls: all of them, newest first, and what was answered at each step of one."""

from flask import abort
from flask.typing import ResponseReturnValue

from ivr.console.frame import page
from ivr.console.lists import asked, day, newest, older, place_asked
from ivr.console.roles import Role
from ivr.console.shown import discreet, render
from ivr.console.tickets import is_phone
from ivr.console.visit import Visit
from ivr.console.words import step_words
from ivr.store.calls import answers_in_order, find_call
from ivr.store.listing import PAGE, UNDER_WAY, CallFilter, find_calls, page_of, partner_names, partners_like
from ivr.store.messages import recordings_of_call
from ivr.store.report_costs import REFUSED
from routing.numbers import e164

OUTCOMES = (
    UNDER_WAY,
    "connected",
    "desk",
    "standard ticket",
    "referred",
    "informed",
    "referred to the ticketing system",
    "unverified message",
    "unverified, silent",
    "silent",
    "ticket over",
    "hung up",
    "hung up while the desk rang",
    *REFUSED,
)
"""What can be filtered for: how calls end."""


@page("/calls", Role.VIEWER, menu="Calls")
def calls(visit: Visit) -> ResponseReturnValue:
    """One page of the list."""
    wanted, told = understood(visit, asked("q"))
    found = find_calls(visit.connection, wanted, place_asked(), PAGE + 1) if wanted is not None else []
    shown, last = page_of(found, PAGE)
    return render(
        "calls.html",
        rows=shown,
        told=told,
        names=partner_names(visit.connection, (call.partner for call in shown)),
        asked=asked,
        further=older("console.calls", last.started_at, last.sid) if last else "",
        is_first=place_asked() is None,
        newest=newest("console.calls"),
        outcomes=OUTCOMES,
        is_filtered=any(asked(name) for name in ("region", "outcome", "since", "until")),
    )


def understood(visit: Visit, text: str) -> tuple[CallFilter | None, str]:
    """What is asked for, and in words; no filter at all when nothing can fit."""
    caller, told = "", ""
    partners: tuple[str, ...] = ()
    if text and is_phone(text):
        caller = e164(text if text.startswith("+") else "+" + text.removeprefix("00")) or ""
        told = f"Calls from {visit.phone(caller)}" if caller else "Write a number with + and its country code"
    elif text:
        named = partners_like(visit.connection, text)
        partners = tuple(number for number, _ in named)
        told = "Calls of " + ", ".join(f"{name} ({number})" for number, name in named) if named else ""
        told = told or f"No partner is called “{text}”"
    if text and not caller and not partners:
        return None, told
    since, until = day(visit, "since"), day(visit, "until", days_later=1)
    return CallFilter(asked("region"), asked("outcome"), partners, caller, since, until), told


@page("/calls/<sid>", Role.VIEWER)
def call(visit: Visit, sid: str) -> ResponseReturnValue:
    """Everything about one call."""
    found = find_call(visit.connection, sid)
    if found is None:
        abort(404, "There is no such call.")
    answered = answers_in_order(visit.connection, sid)
    steps = [(*words, at) for step, answer, at in answered if (words := step_words(step, answer)) is not None]
    return render(
        "call.html",
        call=found,
        name=partner_names(visit.connection, [found.partner]).get(found.partner or "", ""),
        steps=[(label, discreet(answer), at) for label, answer, at in steps],
        messages=recordings_of_call(visit.connection, sid),
    )
