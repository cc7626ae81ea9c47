"""Texts out and in, and the caller's recordings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from ivr.store.once import insert_once
from ivr.store.tables import incoming_messages, messages, recordings

WAITING = "waiting"


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


def store_recording(connection: Connection, recording: RecordingRecord) -> bool:
    """Keep where a caller's message is, once; True when it is new."""
    return insert_once(connection, recordings, **recording.__dict__)


def link_recordings(connection: Connection, call: str, ticket: int) -> None:
    """Give what a call recorded before its ticket was opened to that ticket."""
    connection.execute(
        update(recordings).where(recordings.c.call == call, recordings.c.ticket.is_(None)).values(ticket=ticket)
    )


def recordings_of(connection: Connection, ticket: int) -> Sequence[RecordingRecord]:
    """The messages recorded for a ticket, oldest first."""
    query = select(recordings).where(recordings.c.ticket == ticket).order_by(recordings.c.at)
    return [RecordingRecord(**row) for row in connection.execute(query).mappings()]
