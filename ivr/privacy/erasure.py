"""Erasure: one partner's or number's data is taken out of everything; what statistics need stays."""

import json
import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Connection, Text, cast, delete, func, or_, select, update

from ivr.house import House
from ivr.paging.pager import sending
from ivr.paging.phone import Phone, PhoneFailed
from ivr.privacy.subject import Subject, configured, count, parts_of
from ivr.store.audit import Author, record
from ivr.store.calendar_tables import mails
from ivr.store.configuration import load_configuration
from ivr.store.console_tables import changes
from ivr.store.messages import WAITING, RecordingRecord
from ivr.store.retention import forget_recording
from ivr.store.setup_tables import partner_imports
from ivr.store.tables import answers, attempts, calls, incoming_messages, messages, ticket_log, tickets
from routing.numbers import masked
from routing.retention import ERASED
from routing.screening import QUESTIONS
from routing.tickets import TicketState

STATISTICS = (*QUESTIONS, "verdict", "admitted", "not_recognised", "keys_not_heard")
"""Answers that say nothing of who gave them."""

OURS = (
    "opened",
    "acknowledged",
    "paging began",
    "paging began anew",
    "ringing",
    "phone",
    "passed on",
    "round over",
    "level skipped",
    "alarm",
    "engineer on the line",
    "caller joined",
    "line dropped",
    "handed over",
)
"""Lines of a timeline that tell of us and not of the partner: their details stay."""

DELETED = (
    "deliveries",
    "recordings",
    "files",
    "texts in",
    "phone checks",
    "reminders",
    "stopped texts",
    "wrong PINs",
)


class NotErased(Exception):
    """Nothing was erased, or not all; the text says what to do."""


def erase(house: House, subject: Subject, author: Author) -> dict[str, int]:
    """Erase a subject; returns the rows by kind. Recordings go first, at the carrier too. Raises NotErased.

    Doing it twice changes nothing more. The audit tells that it was done, and names a number only in part.
    """
    with house.engine.connect() as connection:
        refuse_at_work(connection, subject)
        table, where = parts_of(subject)["recordings"]
        found = [RecordingRecord(**row) for row in connection.execute(select(table).where(where)).mappings()]
        counted = count(connection, subject)
    erase_recordings(house, found)
    with house.engine.begin() as connection:
        refuse_at_work(connection, subject)
        work = []
        for one in (*map(Subject.of_number, numbers_of(connection, subject)), subject):
            erase_rows(connection, one)
            work += erase_keys(connection, one.number)
        named = f"partner {subject.partner}" if subject.partner else masked(subject.number)
        record(connection, author, "privacy", named, None, dict(counted), action="erase")
    house.pager.forget(work)
    return counted


def refuse_at_work(connection: Connection, subject: Subject) -> None:
    """Nothing is erased under somebody's hands."""
    table, where = parts_of(subject)["tickets"]
    at_work = table.c.state.in_([TicketState.PAGING, TicketState.ACKNOWLEDGED])
    numbers = connection.execute(select(table.c.number).where(where, at_work)).scalars().all()
    if numbers:
        named = ", ".join(map(str, numbers))
        raise NotErased(f"Somebody works on ticket {named}. Resolve or close it first.")
    rung = select(attempts.c.ticket).where(attempts.c.phone == subject.number, attempts.c.ended_at.is_(None))
    texted = select(messages.c.key).where(messages.c.to == subject.number, messages.c.status == WAITING)
    if subject.number and any(connection.execute(one.limit(1)).first() for one in (rung, texted)):
        raise NotErased("This number is being rung or texted for a ticket. Try again once that is over.")


def numbers_of(connection: Connection, subject: Subject) -> list[str]:
    """The numbers that a partner is known by, or called from; those of our own people are not among them."""
    if not subject.partner:
        return []
    found = {phone for one in configured(connection, subject) for phone in one["phones"]}
    for column in (calls.c.caller_number, calls.c.call_back_number):
        mine = select(column).where(calls.c.partner == subject.partner, column.is_not(None)).distinct()
        found.update(connection.execute(mine).scalars())
    ours = load_configuration(connection).engineers.values()
    return sorted(found - {phone for one in ours for phone in (*one.phones, *one.unverified)})


def erase_recordings(house: House, found: list[RecordingRecord]) -> None:
    """Delete callers' messages at the carrier, then here."""
    phone = Phone(house.settings)
    for recording in found:
        try:
            phone.delete_recording(recording.sid)
        except PhoneFailed as failure:
            raise NotErased(f"The carrier did not delete a recording ({failure}). Try again later.") from failure
        with house.engine.begin() as connection:
            forget_recording(connection, recording.sid)


def erase_rows(connection: Connection, subject: Subject) -> None:
    """Everything in one transaction: children first, then those whom they are found by."""
    parts = parts_of(subject)
    for name in names_of(connection, subject):
        erase_mentions(connection, name, WRITTEN)
    for name in DELETED:
        table, where = parts[name]
        connection.execute(delete(table).where(where))
    uploaded = cast(partner_imports.c.rows, Text).contains(f'"{subject.partner or subject.number}"', autoescape=True)
    connection.execute(delete(partner_imports).where(uploaded))  # a list that waits for its yes: upload it again
    of = {name: where for name, (_table, where) in parts.items()}
    connection.execute(delete(answers).where(of["answers"], answers.c.step.not_in(STATISTICS)))
    connection.execute(update(ticket_log).where(of["timelines"], ticket_log.c.event.not_in(OURS)).values(detail=""))
    connection.execute(update(messages).where(of["texts"]).values(body=ERASED))
    connection.execute(update(messages).where(messages.c.to == subject.number).values(to=ERASED))
    for column in (attempts.c.person, tickets.c.acknowledged_by):  # a duty phone is known by its number
        connection.execute(update(column.table).where(column == subject.number).values({column.name: ERASED}))
    for name, values in REPLACED.items():
        table, where = parts[name]
        connection.execute(update(table).where(where).values(**values))
    if subject.number:
        erase_mentions(connection, subject.number, (ticket_log.c.detail, *WRITTEN))
        erase_in_audit(connection, subject.number)
    if subject.partner and not configured(connection, subject):
        connection.execute(update(changes).where(of["audit"]).values(before=None, after=None))
    nobody = {"partner": None} if subject.partner else {}
    named = {"partner_name": "", **nobody} if subject.partner else {}
    blank = {"caller": ERASED, "pbx": "", "problem": "", **named}
    call = {"caller": ERASED, "caller_number": None, "call_back_number": None, **nobody}
    connection.execute(update(tickets).where(of["tickets"]).values(**blank))
    connection.execute(update(calls).where(of["calls"]).values(**call))


REPLACED: dict[str, dict[str, Any]] = {
    "desk fields": dict.fromkeys(
        ("subject", "message", "pbx_address", "error", "call_from", "call_to", "solution"), ""
    ),
    "feedback": {"to": ERASED, "comment": ""},
    "alerts": {"summary": ERASED, "description": "", "labels": {}, "serial": "", "partner": ""},
    "attempts": {"phone": ERASED},
}
"""What stands afterwards in rows that stay."""


WRITTEN = (messages.c.body, incoming_messages.c.body, incoming_messages.c.reply, mails.c.subject, mails.c.body)
"""What we wrote to our own people, and they to us, in which a subject may be named."""

SHORTEST_NAME = 4
"""Letters. A shorter name is too many other words to be looked for."""


def names_of(connection: Connection, subject: Subject) -> list[str]:
    """The names under which a partner's tickets are told of."""
    named = (tickets.c.partner == subject.partner, func.length(tickets.c.partner_name) >= SHORTEST_NAME)
    query = select(tickets.c.partner_name).where(*named).distinct()
    return list(connection.execute(query).scalars()) if subject.partner else []


def whole(text: str) -> re.Pattern[str]:
    """A number that is no part of a longer one, or a name that is no part of other words."""
    return re.compile(rf"{re.escape(text)}(?!\d)" if text.startswith("+") else rf"(?<!\w){re.escape(text)}(?!\w)")


def erase_mentions(connection: Connection, text: str, columns: Iterable[Column[Any]]) -> None:
    """A number or a name within other texts."""
    for column in columns:
        (key,) = column.table.primary_key
        mentions = select(key, column).where(column.contains(text, autoescape=True))
        for id_, written in connection.execute(mentions).all():
            without = {column.name: whole(text).sub(ERASED, written)}
            connection.execute(update(column.table).where(key == id_).values(without))


def erase_keys(connection: Connection, number: str) -> list[str]:
    """Texts that are known by their number: the rows go. Returns the work of the durable engine that sent them."""
    if not number:
        return []
    named = select(messages.c.key).where(messages.c.key.contains(number, autoescape=True))
    gone = [key for key in connection.execute(named).scalars() if whole(number).search(key)]
    connection.execute(delete(messages).where(messages.c.key.in_(gone)))
    return [sending(key) for key in gone]


def erase_in_audit(connection: Connection, number: str) -> None:
    """A number in the audit, where the configuration has it no more."""
    if configured(connection, Subject(number=number)):
        return
    told = or_(
        *(cast(column, Text).contains(number, autoescape=True) for column in (changes.c.before, changes.c.after))
    )
    for row in connection.execute(select(changes).where(told)).mappings().all():
        both = {name: json.loads(whole(number).sub(ERASED, json.dumps(row[name]))) for name in ("before", "after")}
        connection.execute(update(changes).where(changes.c.id == row["id"]).values(**both))
