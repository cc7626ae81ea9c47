"""Whose data it is: one partner's or one number's, found wherever it is kept, and handed out as JSON."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, false, func, or_, select

from ivr.store.alert_tables import alerts
from ivr.store.calendar_tables import reminders
from ivr.store.configuration import load_configuration, partner_by_number, partner_by_phone
from ivr.store.console_tables import changes
from ivr.store.delivery_tables import deliveries, desk_tickets
from ivr.store.desk_tables import attachments, feedback, ticket_details
from ivr.store.event_tables import events
from ivr.store.setup_tables import phone_checks
from ivr.store.tables import (
    answers,
    attempts,
    calls,
    incoming_messages,
    messages,
    opted_out,
    pin_failures,
    recordings,
    ticket_log,
    tickets,
)

Where = tuple[Table, ColumnElement[bool]]


@dataclass(frozen=True)
class Subject:
    """A partner number, or a telephone number (E.164): one of both is given."""

    partner: str = ""
    number: str = ""

    @classmethod
    def of_number(cls, number: str) -> "Subject":
        """Whoever has a telephone number."""
        return cls(number=number)

    def __str__(self) -> str:
        """As a person reads it."""
        return f"partner {self.partner}" if self.partner else self.number


def parts_of(subject: Subject) -> Mapping[str, Where]:
    """Where data of a subject is kept: rows by table. Children stand before those whom they are found by."""
    of_calls = select(calls.c.sid).where(calls_of(subject))
    of_tickets = select(tickets.c.number).where(tickets_of(subject))
    number, partner = subject.number, subject.partner
    texted = or_(messages.c.ticket.in_(of_tickets), same(messages.c.to, number))
    failures = or_(
        same(pin_failures.c.key, number and f"caller:{number}"),
        same(pin_failures.c.key, partner and f"partner:{partner}"),
    )
    of_events = select(events.c.id).where(or_(events.c.call.in_(of_calls), events.c.ticket.in_(of_tickets)))
    return {
        "deliveries": (deliveries, deliveries.c.event.in_(of_events)),
        "tickets elsewhere": (desk_tickets, desk_tickets.c.ticket.in_(of_tickets)),
        "events": (events, or_(events.c.call.in_(of_calls), events.c.ticket.in_(of_tickets))),
        "answers": (answers, answers.c.call.in_(of_calls)),
        "timelines": (ticket_log, ticket_log.c.ticket.in_(of_tickets)),
        "recordings": (recordings, or_(recordings.c.call.in_(of_calls), recordings.c.ticket.in_(of_tickets))),
        "texts": (messages, texted),
        "texts in": (incoming_messages, same(incoming_messages.c["from"], number)),
        "desk fields": (ticket_details, ticket_details.c.ticket.in_(of_tickets)),
        "files": (attachments, attachments.c.ticket.in_(of_tickets)),
        "feedback": (feedback, or_(same(feedback.c.to, number), feedback.c.ticket.in_(of_tickets))),
        "alerts": (alerts, or_(same(alerts.c.partner, partner), alerts.c.ticket.in_(of_tickets))),
        "attempts": (attempts, same(attempts.c.phone, number)),
        "phone checks": (phone_checks, same(phone_checks.c.phone, number)),
        "reminders": (reminders, same(reminders.c.to, number)),
        "stopped texts": (opted_out, same(opted_out.c.phone, number)),
        "wrong PINs": (pin_failures, failures),
        "audit": (changes, and_(changes.c.kind == "partner", same(changes.c.key, partner))),
        "tickets": (tickets, tickets_of(subject)),
        "calls": (calls, calls_of(subject)),
    }


def calls_of(subject: Subject) -> ColumnElement[bool]:
    """Calls of the partner, or from or to the number."""
    columns = (calls.c.caller, calls.c.caller_number, calls.c.call_back_number)
    return or_(same(calls.c.partner, subject.partner), *(same(column, subject.number) for column in columns))


def tickets_of(subject: Subject) -> ColumnElement[bool]:
    """Tickets of the partner, or that such a call opened."""
    of_calls = select(calls.c.sid).where(calls_of(subject))
    mine = (same(tickets.c.partner, subject.partner), same(tickets.c.caller, subject.number))
    return or_(*mine, tickets.c.call.in_(of_calls))


def same(column: Any, value: str) -> ColumnElement[bool]:
    """Whether a column has a value; never for one that is not asked for."""
    return column == value if value else false()


def count(connection: Connection, subject: Subject) -> dict[str, int]:
    """How many rows of each kind there are; kinds without any are left out."""
    counted = {
        name: connection.execute(select(func.count()).select_from(table).where(where)).scalar_one()
        for name, (table, where) in parts_of(subject).items()
    }
    return {name: int(rows) for name, rows in counted.items() if rows}


def export(connection: Connection, subject: Subject, at: datetime) -> dict[str, Any]:
    """Everything that is kept of a subject, as plain values for JSON. PINs and codes are hashes, and left out."""
    found: dict[str, Any] = {
        "subject": str(subject),
        "at": at.isoformat(),
        "configured": configured(connection, subject),
    }
    for name, (table, where) in parts_of(subject).items():
        columns = [column for column in table.c if column.name not in {"salt", "code_hash"}]
        rows = connection.execute(select(*columns).where(where).order_by(*table.primary_key)).mappings()
        found[name] = [{key: plain(value) for key, value in row.items()} for row in rows]
    return found


def configured(connection: Connection, subject: Subject) -> list[dict[str, Any]]:
    """Where the configuration names the subject: as partner, or as an engineer's phone."""
    entry = partner_by_number(connection, subject.partner) if subject.partner else None
    partner = entry.partner if entry else partner_by_phone(connection, subject.number) if subject.number else None
    found = [{"kind": "partner", **partner.__dict__}] if partner else []
    engineers = load_configuration(connection).engineers.values() if subject.number else ()
    return found + [
        {"kind": "engineer", **one.__dict__} for one in engineers if subject.number in (*one.phones, *one.unverified)
    ]


def plain(value: Any) -> Any:
    """A value as JSON has it; a file in base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime) else value
