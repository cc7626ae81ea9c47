"""Texts: what an engineer reads beside the ring, and what managers are told."""

import re

import structlog
from sqlalchemy import Connection

from ivr.house import House
from ivr.paging.facts import Facts
from ivr.paging.phone import Phone, PhoneFailed
from ivr.store.attempts import AttemptRecord
from ivr.store.messages import WAITING, TextRecord, find_text, text_sent
from ivr.store.tickets import find_ticket
from routing.escalation import Candidate
from routing.screening import SPOKEN_SYMPTOM
from routing.tickets import Ticket, TicketState

logger = structlog.get_logger()

ASKS_FOR_SOMEBODY = re.compile(r"\d+-(\d+-ring$|busy-|\d+-unanswered-)")
"""The keys of texts that are only true while nobody has the ticket."""


def summary(ticket: Ticket, region: str) -> str:
    """A ticket in one line."""
    who = ticket.partner_name or f"unverified caller {ticket.caller}"
    return f"{ticket.number} {who}, {region}: {SPOKEN_SYMPTOM[ticket.symptom]}"


def text_beside_ring(house: House, connection: Connection, facts: Facts, attempt: AttemptRecord) -> None:
    """The text that goes out with a ring and can be answered."""
    number = facts.ticket.number
    body = (
        f"Nightline CRITICAL {summary(facts.ticket, region_name(facts))}. "
        f'Reply "{number} 1" to take it, "{number} 2" to pass it on.'
    )
    house.pager.text(connection, TextRecord(f"{attempt.id}-ring", number, attempt.phone, body, house.clock()))


def text_person(house: House, connection: Connection, facts: Facts, person: Candidate, occasion: str) -> None:
    """Tell somebody who is on another call about a ticket that waits."""
    number = facts.ticket.number
    body = (
        f"Nightline: CRITICAL {summary(facts.ticket, region_name(facts))} is waiting while you are on a call. "
        f'Reply "{number} 1" to take it.'
    )
    key = f"{number}-{occasion}-{person.person}"
    house.pager.text(connection, TextRecord(key, number, person.phones[0], body, facts.at))


MANAGERS_ARE_TOLD = {
    "unanswered": "nobody has taken it yet. You are being called too.",
    "not-joined": "it was taken by text, but the engineer did not reach the line within 60 seconds. "
    "The caller still waits.",
}


def text_managers(house: House, connection: Connection, facts: Facts, occasion: str) -> None:
    """Tell every manager with a phone, once for each occasion of a ticket."""
    ticket = facts.ticket
    default = f"{occasion.replace('vacant-', 'level ')} of policy {facts.policy.key} has nobody on it."
    body = f"Nightline: {summary(ticket, region_name(facts))}: {MANAGERS_ARE_TOLD.get(occasion, default)}"
    for manager in facts.configuration.engineers.values():
        if manager.manager and manager.active and manager.phones:
            key = f"{ticket.number}-{ticket.escalation}-{occasion}-{manager.key}"
            house.pager.text(connection, TextRecord(key, ticket.number, manager.phones[0], body, facts.at))


def region_name(facts: Facts) -> str:
    """The region's name as people say it."""
    region = facts.configuration.regions.get(facts.ticket.region, facts.configuration.default_region)
    return region.name


def came_too_late(connection: Connection, text: TextRecord) -> bool:
    """Whether a text asks for somebody while somebody has the ticket."""
    if text.ticket is None or not ASKS_FOR_SOMEBODY.match(text.key):
        return False
    ticket = find_ticket(connection, text.ticket)
    return ticket is not None and ticket.state is not TicketState.PAGING


def deliver(house: House, phone: Phone, key: str) -> None:
    """Hand one text of the outbox to the carrier. Raises PhoneFailed for a failure that may pass."""
    with house.engine.begin() as connection:
        text = find_text(connection, key)
        if text is None or text.status != WAITING:
            return
        if came_too_late(connection, text):
            text_sent(connection, key, "", "withdrawn")
            return
        configuration = house.configuration.current(connection)
    try:
        sid, status = phone.text(text.to, configuration.default_region.number, text.body)
    except PhoneFailed as failure:
        if not failure.permanent:
            raise
        logger.warning("text refused", key=key, why=str(failure))
        sid, status = "", "failed"
    with house.engine.begin() as connection:
        text_sent(connection, key, sid, status)
