"""The pages' words for states, outcomes, articles and steps of a call, and names for keys."""

from collections.abc import Callable
from typing import Any

from flask import g

from ivr.console.where import name_of
from ivr.store.attempts import AttemptRecord
from routing.configuration import Configuration
from routing.escalation import Outcome
from routing.goals import goal_of
from routing.screening import QUESTIONS, SPOKEN_SYMPTOM, Symptom
from routing.tickets import Ticket

ARTICLES = {
    "15.1": "direct support is for Platinum, Gold and Silver partners",
    "15.2": "Bronze partners and resellers turn to their assigned Platinum or Gold partner",
    "15.3": "end users turn to the integrator who installed the system",
    "16.3": "what is Critical: call drops not caused by an operator, an unreachable cloud system, business severely "
    "impacted with no workaround; all else is Standard",
    "16.4": "extended support covers Critical issues alone: platform, portal or website not available, business "
    "severely impacted",
    "16.5": "not covered: what is not critical, operators' faults, hardware, the site's internet access, planned work",
    "16.8": "the engineer investigates, and confirms or changes the class of service",
    "18.2": "a problem that the monitoring reveals gets a class of service; Critical is taken at once, at any hour",
    "17.4": "Customer Care goes through the ticketing system, not by phone",
    "17.7": "a closed ticket is not opened again; a new one refers to it",
}

STATES = {
    "open": "open",
    "paging": "paging",
    "acknowledged": "taken",
    "resolved": "resolved",
    "closed": "closed",
}

VIA = {
    "key": "with a key on the phone",
    "text": "by text",
    "link": "by the link in the text",
    "console": "at the console",
    "api": "through the API",
}

DELIVERY = {
    "waiting": "not sent yet",
    "stale": "not sent: not wanted any more",
    "summarised": "told in a summary instead",
    "queued": "handed to the carrier",
    "accepted": "handed to the carrier",
    "sending": "handed to the carrier",
    "sent": "sent",
    "delivered": "delivered",
    "undelivered": "not delivered",
    "failed": "failed",
}

OUTCOMES = {
    Outcome.NOT_ACCEPTED: "answered, and pressed nothing that takes it",
    Outcome.NO_ANSWER: "no answer",
    Outcome.BUSY: "busy",
    Outcome.FAILED: "could not be rung",
}

STEPS: dict[str, tuple[str, dict[str, str]]] = {
    "announced": ("Heard announcement", {}),
    "admitted": ("Admitted", {"yes": "within the limits"}),
    "partner_number": ("Partner number", {}),
    "pin": ("PIN", {}),
    "not_recognised": ("Recognised", {"yes": "no: nobody we know"}),
    "keys_not_heard": ("Keys", {}),
    "verdict": ("Verdict", {str(symptom): text for symptom, text in SPOKEN_SYMPTOM.items()}),
    "call_back_number": ("Number for the call back", {}),
    "about_open_ticket": ("About the open ticket", {}),
}
"""Steps of a call by what stands before the colon of their key: a label, and the answers that have other words."""


def pressed(attempt: AttemptRecord, via_key: bool) -> str:
    """What somebody who was rung did, in words. `via_key`: they took the ticket with a key."""
    if attempt.outcome is None:
        return "on the line" if attempt.joined_at else "listens" if attempt.answered_at else "rings"
    if attempt.outcome is Outcome.ACCEPTED:
        return ("pressed 1 and took it" if via_key else "came to the line") + (
            ", was offered to call back" if attempt.offered_at else ""
        )
    if attempt.outcome is Outcome.DECLINED:
        return "pressed 2 and passed it on" if attempt.answered_at else "passed it on"
    if attempt.outcome is Outcome.CANCELED:
        return "stopped: not needed any more" if attempt.tried_at else "called off before it rang"
    return OUTCOMES[attempt.outcome]


def step_words(step: str, answer: str) -> tuple[str, str] | None:
    """A step of a call and what was answered, in words; None for what is only bookkeeping."""
    name = step.split(":")[0]
    if name in QUESTIONS:
        option = QUESTIONS[name].option(answer)
        return QUESTIONS[name].text or "What is wrong?", f"{option.goal if option else ''} (pressed {answer})".strip()
    if name not in STEPS:
        return None
    label, words = STEPS[name]
    try_ = step.removeprefix(f"{name}:")
    again = f", try {try_}" if try_.isdecimal() and try_ != "1" else ""
    said = "not heard three times" if name == "keys_not_heard" else words.get(answer, answer or "nothing")
    return label + again, said


def symptom(value: str) -> str:
    """What is wrong, in words."""
    return SPOKEN_SYMPTOM[Symptom(value)]


def state(value: str) -> str:
    """Where a ticket stands, in a word."""
    return STATES[str(value)]


def engineer(key: str | None) -> str:
    """An engineer's name by key."""
    return name_of(known(), key)


def region(key: str) -> str:
    """A region's name by key; the key of one that is gone."""
    found = known().regions.get(key)
    return found.name if found else key


def goal_stands(ticket: Ticket) -> str:
    """How a ticket's response goal stands now; empty without one."""
    return goal_of(ticket, g.visit.at, known().rules.warning_of(ticket.class_of_service)) or ""


def known() -> Configuration:
    """The configuration, read once for all names of a page."""
    if "known" not in g:
        g.known = g.visit.configuration
    found: Configuration = g.known
    return found


FILTERS: dict[str, Callable[..., Any]] = {
    "symptom": symptom,
    "state": state,
    "engineer": engineer,
    "region": region,
    "goal_stands": goal_stands,
}
