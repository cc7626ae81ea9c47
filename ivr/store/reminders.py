"""What people were told of coming shifts, handoffs and gaps, and the mail that goes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from ivr.store.calendar_tables import mails, reminders
from ivr.store.messages import STALE, WAITING
from ivr.store.once import insert_once

SHIFT, CHANGE, HANDOFF, GAPS = "shift", "change", "handoff", "gaps"
MAY_BE_CONFIRMED_FOR = timedelta(hours=12)
"""So long after a shift began its reminder may still be confirmed."""

SENDING, SENT, FAILED = "sending", "sent", "failed"


@dataclass(frozen=True)
class ReminderRecord:
    """Something that somebody was told. `key` names the occasion and is that of the text or mail; instants are UTC.

    Of a shift: `ends_at` None is without an end in sight. `withdrawn_at`: it is not so any more.
    """

    key: str
    kind: str
    rota: str
    engineer: str
    starts_at: datetime
    ends_at: datetime | None
    at: datetime
    to: str
    confirmed_at: datetime | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class MailRecord:
    """A mail to be sent or sent. `key` names the occasion."""

    key: str
    to: str
    subject: str
    body: str
    at: datetime
    status: str = WAITING


def write_reminder(connection: Connection, reminder: ReminderRecord) -> bool:
    """Note that somebody is told, once for each key; True when this call noted it."""
    return insert_once(connection, reminders, **reminder.__dict__)


def find_reminder(connection: Connection, key: str) -> ReminderRecord | None:
    """What was told under this key."""
    row = connection.execute(select(reminders).where(reminders.c.key == key)).mappings().first()
    return ReminderRecord(**row) if row else None


def told_of_shifts(connection: Connection, after: datetime) -> Sequence[ReminderRecord]:
    """What engineers were told, and still holds as far as is known, of shifts that begin after an instant."""
    holds = (reminders.c.kind == SHIFT, reminders.c.withdrawn_at.is_(None), reminders.c.starts_at > after)
    query = select(reminders).where(*holds).order_by(reminders.c.at, reminders.c.key)
    return [ReminderRecord(**row) for row in connection.execute(query).mappings()]


def withdrawn_of_shifts(connection: Connection, after: datetime) -> Sequence[ReminderRecord]:
    """What engineers were told of shifts that begin after an instant, and is not so any more; the latest last."""
    gone = (reminders.c.kind == SHIFT, reminders.c.withdrawn_at.is_not(None), reminders.c.starts_at > after)
    query = select(reminders).where(*gone).order_by(reminders.c.at, reminders.c.key)
    return [ReminderRecord(**row) for row in connection.execute(query).mappings()]


def withdraw_reminder(connection: Connection, key: str, at: datetime) -> bool:
    """What was told is not so any more; True for whoever finds it first."""
    holds = (reminders.c.key == key, reminders.c.withdrawn_at.is_(None))
    return connection.execute(update(reminders).where(*holds).values(withdrawn_at=at)).rowcount == 1


def is_withdrawn(connection: Connection, key: str) -> bool:
    """Whether what this reminder says is not so any more."""
    found = find_reminder(connection, key)
    return found is not None and found.withdrawn_at is not None


def unconfirmed(connection: Connection, to: str, at: datetime) -> Sequence[ReminderRecord]:
    """The reminders to a phone that wait for an OK at `at`, by when their shifts begin."""
    waits = (reminders.c.confirmed_at.is_(None), reminders.c.withdrawn_at.is_(None), reminders.c.kind == SHIFT)
    mine = (reminders.c.to == to, reminders.c.starts_at > at - MAY_BE_CONFIRMED_FOR)
    query = select(reminders).where(*waits, *mine).order_by(reminders.c.starts_at, reminders.c.at)
    return [ReminderRecord(**row) for row in connection.execute(query).mappings()]


def confirm_reminders(connection: Connection, found: Sequence[ReminderRecord], at: datetime) -> None:
    """Whoever got these reminders said OK."""
    keys = [reminder.key for reminder in found]
    fresh = (reminders.c.key.in_(keys), reminders.c.confirmed_at.is_(None))
    connection.execute(update(reminders).where(*fresh).values(confirmed_at=at))


def confirmed_shifts(connection: Connection, after: datetime) -> frozenset[tuple[str, str, datetime]]:
    """The shifts beginning after an instant that were confirmed: rota, engineer, and when they begin (UTC)."""
    query = select(reminders.c.rota, reminders.c.engineer, reminders.c.starts_at).where(
        reminders.c.kind == SHIFT,
        reminders.c.confirmed_at.is_not(None),
        reminders.c.withdrawn_at.is_(None),
        reminders.c.starts_at > after,
    )
    return frozenset((row.rota, row.engineer, row.starts_at) for row in connection.execute(query))


def latest_reminders(connection: Connection, since: datetime, limit: int = 50) -> Sequence[ReminderRecord]:
    """What was told of shifts that begin since an instant, the soonest first; of each shift only the last."""
    newest = (
        select(func.max(reminders.c.at))
        .where(reminders.c.kind == SHIFT, reminders.c.starts_at >= since)
        .group_by(reminders.c.rota, reminders.c.engineer, reminders.c.starts_at)
    )
    query = select(reminders).where(
        reminders.c.kind == SHIFT, reminders.c.starts_at >= since, reminders.c.at.in_(newest)
    )
    rows = connection.execute(query.order_by(reminders.c.starts_at, reminders.c.rota).limit(limit)).mappings()
    return [ReminderRecord(**row) for row in rows]


def write_mail(connection: Connection, mail: MailRecord) -> bool:
    """Put a mail into the outbox, once for each key; True when it is new."""
    return insert_once(connection, mails, **mail.__dict__)


def find_mail(connection: Connection, key: str) -> MailRecord | None:
    """The mail with this key."""
    row = connection.execute(select(mails).where(mails.c.key == key)).mappings().first()
    return MailRecord(**row) if row else None


def waiting_mails(connection: Connection) -> Sequence[MailRecord]:
    """The mail that was not sent yet, oldest first."""
    query = select(mails).where(mails.c.status == WAITING).order_by(mails.c.at, mails.c.key)
    return [MailRecord(**row) for row in connection.execute(query).mappings()]


def move_mail(connection: Connection, key: str, before: str, after: str) -> bool:
    """Change a mail's state if it is still the one before; False when somebody else was first."""
    same = (mails.c.key == key, mails.c.status == before)
    return connection.execute(update(mails).where(*same).values(status=after)).rowcount == 1


def withdraw_waiting(connection: Connection, key: str) -> bool:
    """A mail that was not sent yet is not to be; True when it was in time."""
    return move_mail(connection, key, WAITING, STALE)
