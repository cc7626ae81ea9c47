"""The facts of an event: what a message about a call, a ticket, a page or a rota says, with or without numbers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from ivr.house import House
from ivr.store.attempts import find_attempt
from ivr.store.calls import find_call
from ivr.store.events import Event
from ivr.store.tables import ticket_log
from ivr.store.tickets import find_ticket
from ivr.watch.logs import mask
from routing.configuration import Configuration
from routing.tickets import Ticket

OF_ATTEMPTS = {"page.ringing": "ring-", "page.declined": "declined-"}
"""Events of one ringing of one phone, and how the key of their line begins before the attempt's id."""


def written(at: datetime | None) -> str | None:
    """An instant as messages write it: ISO 8601 in UTC, such as 2026-11-28T02:00:00Z."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def facts_of(house: House, connection: Connection, event: Event) -> dict[str, Any]:
    """What a message about an event says: calls and tickets as they are now, and what changed."""
    known = house.configuration.current(connection)
    if event.call is not None:
        return {"call": _call(known, connection, event.call)}
    if event.ticket is None:
        return _rota(known, event)
    ticket = find_ticket(connection, event.ticket)
    found: dict[str, Any] = {"ticket": _ticket(house, known, ticket) if ticket else {"number": event.ticket}}
    if line := event.data.get("line"):
        found["change"] = {"event": event.data["change"], "detail": _detail(connection, event.ticket, line)}
    if event.type in OF_ATTEMPTS:
        found["attempt"] = _attempt(connection, event.data["line"].removeprefix(OF_ATTEMPTS[event.type]))
    return found


def without_numbers(facts: Any) -> Any:
    """The facts with every telephone number down to its country code and last two digits, and no SIP address."""
    if isinstance(facts, Mapping):
        return {name: _discreet(name, value) for name, value in facts.items()}
    if isinstance(facts, list):
        return [without_numbers(one) for one in facts]
    return mask(facts) if isinstance(facts, str) else facts


def _discreet(name: str, value: Any) -> Any:
    if name == "caller" and isinstance(value, str) and not value.startswith("+"):
        return ""
    return without_numbers(value)


def _call(known: Configuration, connection: Connection, sid: str) -> dict[str, Any]:
    record = find_call(connection, sid)
    if record is None:
        return {"id": sid}
    return {
        "id": sid,
        "region": record.region,
        "region_name": _region(known, record.region),
        "started_at": written(record.started_at),
        "ended_at": written(record.ended_at),
        "in_support_hours": record.in_support_hours,
        "outcome": record.outcome,
        "partner": record.partner,
        "ticket": record.ticket,
        "caller": record.caller,
    }


def _ticket(house: House, known: Configuration, ticket: Ticket) -> dict[str, Any]:
    engineer = known.engineers.get(ticket.acknowledged_by or "")
    return {
        "number": ticket.number,
        "url": f"{house.settings.public_url}/console/tickets/{ticket.number}",
        "state": str(ticket.state),
        "class_of_service": str(ticket.class_of_service),
        "symptom": str(ticket.symptom),
        "article": ticket.article,
        "region": ticket.region,
        "region_name": _region(known, ticket.region),
        "partner": ticket.partner,
        "partner_name": ticket.partner_name,
        "verified": ticket.verified,
        "pbx": ticket.pbx,
        "caller": ticket.caller,
        "call": ticket.call,
        "opened_at": written(ticket.opened_at),
        "response_due_at": written(ticket.response_due_at),
        "acknowledged_at": written(ticket.acknowledged_at),
        "acknowledged_by": ticket.acknowledged_by,
        "acknowledged_by_name": engineer.name if engineer else ticket.acknowledged_by,
        "incident": ticket.incident,
    }


def _attempt(connection: Connection, id_: str) -> dict[str, Any]:
    found = find_attempt(connection, id_)
    if found is None:
        return {"id": id_}
    names = ("id", "round", "position", "person", "name", "because", "phone")
    return {name: getattr(found, name) for name in names}


def _rota(known: Configuration, event: Event) -> dict[str, Any]:
    key = event.data.get("rota", "")
    rota = known.rotas.get(key)
    named = {"key": key, "name": rota.name if rota else key}
    return {
        "rota": named,
        "change": {"event": event.data.get("action", ""), "detail": f"by {event.data.get('by', '')}"},
    }


def _region(known: Configuration, key: str) -> str:
    return known.regions[key].name if key in known.regions else key


def _detail(connection: Connection, ticket: int, line: str) -> str:
    mine = (ticket_log.c.ticket == ticket, ticket_log.c.key == line)
    return str(connection.execute(select(ticket_log.c.detail).where(*mine)).scalar_one_or_none() or "")
