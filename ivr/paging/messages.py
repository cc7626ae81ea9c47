"""Texts: what an engineer reads beside the ring, and what managers are told."""

from sqlalchemy import Connection

from ivr.house import House
from ivr.paging.facts import Facts
from ivr.paging.links import link_to_take
from ivr.store.attempts import AttemptRecord
from ivr.store.messages import TextRecord
from routing.escalation import Candidate
from routing.tickets import Ticket


def summary(ticket: Ticket, region: str) -> str:
    """A ticket in one line."""
    who = ticket.who if ticket.partner_name or ticket.is_monitoring else f"unverified caller {ticket.caller}"
    return f"{ticket.number} {who}, {region}: {ticket.what}"


def text_beside_ring(house: House, connection: Connection, facts: Facts, attempt: AttemptRecord) -> None:
    """The text that goes out with a ring and can be answered."""
    number, about = facts.ticket.number, summary(facts.ticket, region_name(facts))
    body = (
        f'Nightline CRITICAL {about}. Reply "{number} 1" to take it, "{number} 2" to pass it on, '
        f"or open {link_to_take(house, attempt.id, facts.at)}"
    )
    key = f"{attempt.id}-ring"
    if attempt.helps is not None:
        asking = facts.configuration.engineers.get(attempt.helps)
        body = f"Nightline: {asking.name if asking else attempt.helps} asks you to join CRITICAL {about}."
        key = f"{attempt.id}-join"
    house.pager.text(connection, TextRecord(key, number, attempt.phone, body, house.clock()))


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
    for manager in facts.configuration.managers:
        key = f"{ticket.number}-{ticket.escalation}-{occasion}-{manager.key}"
        house.pager.text(connection, TextRecord(key, ticket.number, manager.phones[0], body, facts.at))


def region_name(facts: Facts) -> str:
    """The region's name as people say it."""
    region = facts.configuration.regions.get(facts.ticket.region, facts.configuration.default_region)
    return region.name
