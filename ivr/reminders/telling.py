"""Telling one person one thing: by text, or by mail where only that reaches them; and taking it back in time."""

from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from ivr.house import House
from ivr.store.messages import STALE, SUMMARISED, WAITING, TextRecord, find_text, withdraw_text
from ivr.store.optouts import wants_no_texts
from ivr.store.reminders import (
    MailRecord,
    ReminderRecord,
    find_mail,
    withdraw_reminder,
    withdraw_waiting,
    write_mail,
    write_reminder,
)
from routing.configuration import Configuration
from routing.people import Engineer

logger = structlog.get_logger()

SUBJECT = "On call"
NOT_TOLD = {WAITING, STALE, SUMMARISED, "stopped", "failed", "undelivered"}
"""States of a text or a mail that its reader has not got."""


def tell(
    house: House,
    connection: Connection,
    known: Configuration,
    what: ReminderRecord,
    body: str,
    *,
    ticket: int | None = None,
) -> bool:
    """Tell the engineer of a record, once for its key; True when that is new. `to` is found here.

    `ticket` is the one that it is about, if any.

    Somebody who has neither a phone that may be texted nor, where mail is set up, an address is not told.
    """
    person = known.engineers.get(what.engineer)
    to = address_of(house, connection, person) if person else None
    if to is None or not write_reminder(connection, replace(what, to=to)):
        return False
    if "@" in to:
        write_mail(
            connection, MailRecord(what.key, to, SUBJECT if ticket is None else f"Ticket {ticket}", body, what.at)
        )
    else:
        house.pager.text(connection, TextRecord(what.key, ticket, to, body, what.at))
    logger.info("told", occasion=what.kind, engineer=what.engineer, rota=what.rota or None)
    return True


def address_of(house: House, connection: Connection, person: Engineer) -> str | None:
    """Where somebody is told: their first phone, unless it stopped texts; else by mail, where that is set up."""
    if person.phones and not wants_no_texts(connection, person.phones[0]):
        return person.phones[0]
    return person.email if "@" in person.email and house.settings.mail_url is not None else None


def withdraw(connection: Connection, record: ReminderRecord, at: datetime) -> bool:
    """What was told is not so any more. True when its reader has it, and must hear so from whoever is asking now."""
    if not withdraw_reminder(connection, record.key, at):
        return False
    if withdraw_text(connection, record.key) or withdraw_waiting(connection, record.key):
        return False
    sent = find_text(connection, record.key) or find_mail(connection, record.key)
    return sent is not None and sent.status not in NOT_TOLD
