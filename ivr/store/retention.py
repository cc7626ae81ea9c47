"""What is old enough to go: counted, and deleted a few rows at a time, so that no call waits for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, delete, func, not_, or_, select, tuple_, update

from ivr.store.alert_tables import alert_posts, alerts
from ivr.store.api_tables import api_tokens
from ivr.store.calendar_tables import calendar_feeds, mails, reminders
from ivr.store.console_tables import ceremonies, changes, sessions
from ivr.store.messages import RecordingRecord
from ivr.store.once import insert_once
from ivr.store.privacy_tables import recording_audio, retention_runs
from ivr.store.rota_tables import absences, swaps
from ivr.store.setup_tables import partner_imports, phone_checks
from ivr.store.tables import (
    answers,
    calls,
    incoming_messages,
    messages,
    pin_failures,
    recordings,
    tickets,
)
from routing.tickets import TicketState

OVER = (TicketState.RESOLVED, TicketState.CLOSED)
AT_WORK = tuple(state for state in TicketState if state not in OVER)
Rows = tuple[Table, ColumnElement[bool]]


@dataclass(frozen=True)
class RetentionRun:
    """What one run deleted of one kind of data, or how far it came. Instants are UTC."""

    key: str
    kind: str
    at: datetime
    by: str
    before: datetime
    deleted: int | None
    detail: str


def old_rows(kind: str, before: datetime) -> Sequence[Rows]:
    """The rows of a kind that are older than an instant (UTC), in the order in which they go."""
    match kind:
        case "answers":
            kept = select(calls.c.sid).where(not_(is_free(calls.c.ticket)))
            return [(answers, and_(answers.c.at < before, not_(is_open(answers.c.call)), answers.c.call.not_in(kept)))]
        case "calls":
            return [(calls, and_(calls.c.started_at < before, not_(is_open(calls.c.sid)), is_free(calls.c.ticket)))]
        case "texts":
            old = (incoming_messages, incoming_messages.c.at < before)
            return [
                (messages, and_(messages.c.at < before, is_free(messages.c.ticket))),
                old,
                (mails, mails.c.at < before),
            ]
        case "tickets":
            return old_tickets(before)
        case "audit":
            return [(changes, changes.c.at < before)]
        case "overrides":
            return [(swaps, swaps.c.ends_at < before), (absences, absences.c.ends_at < before)]
        case "reminders":
            return [(reminders, reminders.c.starts_at < before)]
        case "sign_in":
            return leftovers(before)
    return []


def is_free(ticket: ColumnElement[int | None]) -> ColumnElement[bool]:
    """What belongs to no ticket that is at work, by the column that names its ticket."""
    at_work = select(tickets.c.number).where(tickets.c.state.in_(AT_WORK))
    return or_(ticket.is_(None), ticket.not_in(at_work))


def is_open(call: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a ticket that is at work has this call: of several about one ticket it names the last."""
    return call.in_(select(tickets.c.call).where(tickets.c.state.in_(AT_WORK), tickets.c.call.is_not(None)))


def old_tickets(before: datetime) -> Sequence[Rows]:
    """Tickets that are over, with what belongs to them; timelines and attempts go with their ticket."""
    gone = and_(tickets.c.opened_at < before, tickets.c.state.in_(OVER))
    numbers = select(tickets.c.number).where(gone)
    without = and_(alerts.c.ticket.is_(None), alerts.c.last_at < before)
    return [
        (messages, messages.c.ticket.in_(numbers)),
        (alerts, or_(alerts.c.ticket.in_(numbers), without)),
        (tickets, gone),
    ]


def leftovers(before: datetime) -> Sequence[Rows]:
    """What signing in and the API leave behind."""
    ended = or_(api_tokens.c.revoked_at < before, api_tokens.c.expires_at < before)
    return [
        (sessions, sessions.c.expires_at < before),
        (ceremonies, ceremonies.c.expires_at < before),
        (pin_failures, pin_failures.c.last_at < before),
        (api_tokens, ended),
        (alert_posts, alert_posts.c.minute < int(before.timestamp()) // 60),
        (phone_checks, phone_checks.c.asked_at < before),
        (partner_imports, partner_imports.c.at < before),
        (calendar_feeds, calendar_feeds.c.revoked_at < before),
    ]


def count_old(connection: Connection, rows: Rows) -> int:
    """How many rows would go."""
    table, old = rows
    return int(connection.execute(select(func.count()).select_from(table).where(old)).scalar_one())


def delete_old(connection: Connection, rows: Rows, limit: int) -> int:
    """Delete so many rows at most; returns how many went."""
    table, old = rows
    key: list[Column[Any]] = list(table.primary_key)
    some = select(*key).where(old).limit(limit)
    picked = key[0].in_(some) if len(key) == 1 else tuple_(*key).in_(some)
    return connection.execute(delete(table).where(picked)).rowcount


def old_recordings(connection: Connection, before: datetime, limit: int) -> Sequence[RecordingRecord]:
    """The oldest messages of callers from before an instant, but for those of tickets at work."""
    free = is_free(recordings.c.ticket)
    query = select(recordings).where(recordings.c.at < before, free).order_by(recordings.c.at).limit(limit)
    return [RecordingRecord(**row) for row in connection.execute(query).mappings()]


def forget_recording(connection: Connection, sid: str) -> None:
    """A caller's message is gone, also what is kept of it here."""
    for table in (recording_audio, recordings):
        connection.execute(delete(table).where(table.c.sid == sid))


def begin_run(connection: Connection, key: str, kind: str, at: datetime, by: str, before: datetime) -> bool:
    """Begin a run of a kind; False when somebody else has begun it."""
    values = {"key": key, "kind": kind, "at": at, "by": by, "before": before, "detail": ""}
    return insert_once(connection, retention_runs, **values)


def end_run(connection: Connection, key: str, deleted: int, detail: str) -> None:
    """What a run did."""
    mine = retention_runs.c.key == key
    connection.execute(update(retention_runs).where(mine).values(deleted=deleted, detail=detail))


def list_runs(connection: Connection, limit: int = 100) -> Sequence[RetentionRun]:
    """The newest runs, newest first."""
    query = select(retention_runs).order_by(retention_runs.c.at.desc(), retention_runs.c.key).limit(limit)
    return [RetentionRun(**row) for row in connection.execute(query).mappings()]


def last_run_at(connection: Connection) -> datetime | None:
    """When retention was run last; None before the first time."""
    found: datetime | None = connection.execute(select(func.max(retention_runs.c.at))).scalar_one()
    return found
