"""A ticket's timeline as it is read: what happened, every phone that was rung, and every text, the newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ivr.console.shown import discreet, duration, phone
from ivr.console.visit import Visit
from ivr.console.where import name_of
from ivr.console.words import DELIVERY, VIA, pressed, symptom
from ivr.store.attempts import AttemptRecord, attempts_of
from ivr.store.messages import TextRecord, texts_of
from ivr.store.tickets import Happening, timeline
from routing.escalation import Outcome
from routing.screening import Symptom
from routing.tickets import Ticket

LONGEST = 400
"""So many entries are shown: a page that nobody takes all night has more."""

TOLD_BY_ATTEMPTS = frozenset({"ringing", "phone"})

LOOKS = {
    "acknowledged": "good",
    "resolved": "good",
    "engineer on the line": "good",
    "caller joined": "good",
    "line dropped": "bad",
    "alarm": "bad",
    "level skipped": "bad",
    "round over": "bad",
}


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `look` is good, bad, ring or empty; `body` is what a text said."""

    at: datetime
    title: str
    detail: str = ""
    look: str = ""
    body: str = ""


def entries_of(visit: Visit, ticket: Ticket) -> list[Entry]:
    """All that happened to a ticket, the newest first."""
    found = [
        *(_happened(visit, one) for one in timeline(visit.connection, ticket.number) if _is_told(one)),
        *_rung(visit, ticket),
        *_texted(visit, ticket),
    ]
    return sorted(found, key=lambda entry: entry.at)[::-1][:LONGEST]


def _is_told(happening: Happening) -> bool:
    return happening.event not in TOLD_BY_ATTEMPTS


def _happened(visit: Visit, happening: Happening) -> Entry:
    detail = happening.detail
    if happening.event == "acknowledged":  # written as "by KEY, VIA"
        person, _, via = detail.removeprefix("by ").rpartition(", ")
        detail = f"by {name_of(visit.configuration, person)}, {VIA.get(via, via)}"
    if happening.event == "opened":  # written as "CLASS, SYMPTOM, art. ARTICLE"
        class_, _, rest = detail.partition(", ")
        what, _, article = rest.partition(", ")
        detail = f"{class_.title()}: {symptom(what)} ({article})" if what in set(Symptom) else detail
    title = {"acknowledged": "Taken"}.get(happening.event, happening.event.capitalize())
    return Entry(happening.at, title, discreet(detail), LOOKS.get(happening.event, ""))


def _rung(visit: Visit, ticket: Ticket) -> Iterator[Entry]:
    for attempt in attempts_of(visit.connection, ticket.number):
        if not attempt.phone:
            continue  # handed over at the console: nobody was rung
        by_key = ticket.acknowledged_by == attempt.person and ticket.acknowledged_via == "key"
        did = "; ".join(part for part in (pressed(attempt, by_key), _how_long(attempt)) if part)
        why = f"{phone(attempt.phone)}, {discreet(attempt.because)}, round {attempt.round}"
        look = {Outcome.ACCEPTED: "good", Outcome.FAILED: "bad"}.get(attempt.outcome or Outcome.BUSY, "ring")
        yield Entry(attempt.tried_at or attempt.decided_at, f"{attempt.name}: {did}", why, look)


def _how_long(attempt: AttemptRecord) -> str:
    """For how long a phone rang, and its owner was on the line."""
    began, answered, ended = attempt.ringing_at or attempt.placed_at, attempt.answered_at, attempt.ended_at
    rang = f"rang {duration(until - began)}" if began and (until := answered or ended) and until > began else ""
    line = f"on the line {duration(ended - answered)}" if answered and ended and ended > answered else ""
    return ", ".join(part for part in (rang, line) if part)


def _texted(visit: Visit, ticket: Ticket) -> Iterator[Entry]:
    owners = {number: person.name for person in visit.configuration.engineers.values() for number in person.phones}
    for text in texts_of(visit.connection, ticket.number):
        to = owners.get(text.to) or phone(text.to)
        state = DELIVERY.get(text.status, text.status)
        yield Entry(text.at, f"Text to {to}: {state}", "", _look(text), discreet(text.body))


def _look(text: TextRecord) -> str:
    return "bad" if text.status in {"failed", "undelivered"} else ""
