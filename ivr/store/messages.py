"""Texts out and in, and the caller's recordings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select, text, update

from ivr.store.once import insert_once
from ivr.store.tables import UNSENT, incoming_messages, messages, recordings

WAITING = "waiting"
STALE = "stale"
"""Never sent: what it asked for is not wanted any more."""

SUMMARISED = "summarised"
"""Never sent by itself: `sid` is the key of the text that tells of it instead."""


@dataclass(frozen=True)
class TextRecord:
    """A text to be sent or sent. `key` names the occasion, `to` is E.164."""

    key: str
    ticket: int | None
    to: str
    body: str
    at: datetime
    sid: str | None = None
    status: str = WAITING


@dataclass(frozen=True)
class RecordingRecord:
    """A caller's own message. `url` is where the carrier keeps the audio."""

    sid: str
    call: str
    ticket: int | None
    url: str
    seconds: int
    at: datetime


def write_text(connection: Connection, text: TextRecord) -> bool:
    """Put a text into the outbox, once for each key; True when it is new."""
    return insert_once(connection, messages, **text.__dict__)


def find_text(connection: Connection, key: str) -> TextRecord | None:
    """The text with this key."""
    row = connection.execute(select(messages).where(messages.c.key == key)).mappings().first()
    return TextRecord(**row) if row else None


def text_sent(connection: Connection, key: str, sid: str, status: str) -> None:
    """The carrier took the text."""
    connection.execute(update(messages).where(messages.c.key == key).values(sid=sid, status=status))


def text_is_stale(connection: Connection, key: str) -> None:
    """A text that still waits is not to be sent."""
    waits = (messages.c.key == key, messages.c.status == WAITING)
    connection.execute(update(messages).where(*waits).values(status=STALE))


def withdraw_text(connection: Connection, key: str) -> bool:
    """A text that was not sent yet is not to be; True when it was in time."""
    waits = (messages.c.key == key, messages.c.status == WAITING)
    return connection.execute(update(messages).where(*waits).values(status=STALE)).rowcount == 1


def last_text_to(connection: Connection, to: str, since: datetime) -> TextRecord | None:
    """The newest text to a number since an instant, that which is on its way too."""
    unsent = (STALE, SUMMARISED, "stopped", "failed")
    mine = (messages.c.to == to, messages.c.at >= since, messages.c.status.not_in(unsent))
    query = select(messages).where(*mine).order_by(messages.c.at.desc(), messages.c.key.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return TextRecord(**row) if row else None


def hold_waiting(connection: Connection, to: str, before: datetime) -> Sequence[TextRecord]:
    """The texts to a number that wait since before `before`, oldest first; nobody else has them until the end."""
    connection.execute(update(messages).where(messages.c.key == "").values(status=WAITING))  # takes SQLite's lock
    old = (messages.c.to == to, messages.c.status == WAITING, messages.c.at < before)
    query = select(messages).where(*old).order_by(messages.c.at, messages.c.key).with_for_update()
    return [TextRecord(**row) for row in connection.execute(query).mappings()]


def who_waits(connection: Connection, before: datetime) -> Sequence[str]:
    """The numbers with a text that waits since before `before`."""
    old = (text(UNSENT), messages.c.at < before)
    return sorted(set(connection.execute(select(messages.c.to).where(*old)).scalars()))


def texts_told_by(connection: Connection, summary: str) -> Sequence[TextRecord]:
    """The texts that this one tells of."""
    query = select(messages).where(messages.c.status == SUMMARISED, messages.c.sid == summary)
    return [TextRecord(**row) for row in connection.execute(query).mappings()]


def tell_instead(connection: Connection, keys: Iterable[str], summary: str) -> None:
    """The text with the key `summary` tells of these, and of what they told of."""
    instead = {"status": SUMMARISED, "sid": summary}
    for key in keys:
        told_by_it = and_(messages.c.status == SUMMARISED, messages.c.sid == key)
        connection.execute(update(messages).where(or_(messages.c.key == key, told_by_it)).values(instead))


def newer_texts(connection: Connection, text: TextRecord) -> Sequence[str]:
    """The keys of texts about the same ticket to the same number that are newer than this one."""
    newer = (messages.c.ticket == text.ticket, messages.c.to == text.to, messages.c.at > text.at)
    return connection.execute(select(messages.c.key).where(*newer)).scalars().all()


def text_status(connection: Connection, sid: str, status: str) -> None:
    """What the carrier reports of a text it took. A final state is never taken back."""
    final = ("delivered", "undelivered", "failed")
    connection.execute(
        update(messages).where(messages.c.sid == sid, messages.c.status.not_in(final)).values(status=status)
    )


def texts_of(connection: Connection, ticket: int) -> Sequence[TextRecord]:
    """The texts sent about a ticket, oldest first."""
    query = select(messages).where(messages.c.ticket == ticket).order_by(messages.c.at, messages.c.key)
    return [TextRecord(**row) for row in connection.execute(query).mappings()]


def text_received(connection: Connection, sid: str, sender: str, body: str, at: datetime, reply: str) -> str:
    """Store a text that came in with our answer to it; returns the answer that stands, the first one."""
    values = {"sid": sid, "from": sender, "body": body, "at": at, "reply": reply}
    return reply if insert_once(connection, incoming_messages, **values) else text_answered(connection, sid) or ""


def text_answered(connection: Connection, sid: str) -> str | None:
    """What an earlier delivery of this text was answered; None when it is new."""
    query = select(incoming_messages.c.reply).where(incoming_messages.c.sid == sid)
    return connection.execute(query).scalar_one_or_none()


def first_sender(connection: Connection, phones: Sequence[str], since: datetime) -> str | None:
    """From which of these numbers the first text since an instant came."""
    theirs = (incoming_messages.c["from"].in_(phones), incoming_messages.c.at >= since)
    query = select(incoming_messages.c["from"]).where(*theirs).order_by(incoming_messages.c.at).limit(1)
    return connection.execute(query).scalar_one_or_none()


def store_recording(connection: Connection, recording: RecordingRecord) -> bool:
    """Keep where a caller's message is, once; True when it is new."""
    return insert_once(connection, recordings, **recording.__dict__)


def find_recording(connection: Connection, sid: str) -> RecordingRecord | None:
    """The recording with this sid."""
    row = connection.execute(select(recordings).where(recordings.c.sid == sid)).mappings().first()
    return RecordingRecord(**row) if row else None


def link_recordings(connection: Connection, call: str, ticket: int) -> None:
    """Give what a call recorded before its ticket was opened to that ticket."""
    connection.execute(
        update(recordings).where(recordings.c.call == call, recordings.c.ticket.is_(None)).values(ticket=ticket)
    )


def recordings_of(connection: Connection, ticket: int) -> Sequence[RecordingRecord]:
    """The messages recorded for a ticket, oldest first."""
    query = select(recordings).where(recordings.c.ticket == ticket).order_by(recordings.c.at)
    return [RecordingRecord(**row) for row in connection.execute(query).mappings()]


def recordings_of_call(connection: Connection, call: str) -> Sequence[RecordingRecord]:
    """The messages that a call left, oldest first."""
    query = select(recordings).where(recordings.c.call == call).order_by(recordings.c.at)
    return [RecordingRecord(**row) for row in connection.execute(query).mappings()]
