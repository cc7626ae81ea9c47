"""The mirror: what the web processes of this machine last knew of each call, should the database go away."""

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import Connection

from ivr.house import House
from ivr.store import attempts, calls, tickets
from ivr.store.attempts import AttemptRecord, ticket_of
from ivr.store.calls import CallRecord
from ivr.store.messages import RecordingRecord, store_recording
from routing.tickets import Ticket

KEPT = timedelta(hours=6)
KEPT_ANEW = timedelta(hours=1)
"""What is seen again and again does not grow old."""

LAST_KEPT = 1000
"""Calls that a process remembers having kept, so that what has not changed is not written again."""

TABLE = """
create table if not exists seen_calls (sid text primary key, ticket integer, at text not null, body text not null);
create index if not exists ix_seen_calls_ticket on seen_calls (ticket);
create table if not exists moved_back (subject text primary key, at text not null);
"""
"""The file is nobody else's, and read by its keys: no need for more than SQLite itself."""

KEEP = """
insert into seen_calls (sid, ticket, at, body) values (?, ?, ?, ?)
on conflict (sid) do update set ticket = excluded.ticket, at = excluded.at, body = excluded.body
"""

MOVED = "insert into moved_back (subject, at) values (?, ?) on conflict (subject) do update set at = excluded.at"
MOVED_AFTER = "select 1 from moved_back where subject = ? and at > ?"

OF_CALL = "select body from seen_calls where sid = ?"
OF_TICKET = "select body from seen_calls where ticket = ? order by rowid limit 1"
"""The call that was seen first: of a ticket that more than one call is about, the one that opened it."""


@dataclass(frozen=True)
class Seen:
    """What a step of a call had before it. `answers` are by step."""

    record: CallRecord
    answers: dict[str, str]
    ticket: Ticket | None
    attempts: tuple[AttemptRecord, ...]
    recordings: tuple[RecordingRecord, ...] = ()


SEEN = TypeAdapter(Seen)


def stored(at: datetime) -> str:
    """An instant as the file has it: UTC, such that earlier ones sort before later ones."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


class Mirror:
    """Shared by the processes of one machine. It survives a process, not a power cut: it only saves questions."""

    def __init__(self, path: Path) -> None:
        """Make the file when it is missing. Raises sqlite3.Error."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(path, timeout=1, isolation_level=None, check_same_thread=False)
        self._file.execute("pragma journal_mode = wal")
        self._file.execute("pragma synchronous = off")
        self._file.executescript(TABLE)
        self._last: dict[str, tuple[datetime, Seen]] = {}
        self._lock = threading.Lock()

    def keep(self, seen: Seen, at: datetime) -> None:
        """Remember a call as it is now."""
        sid, number = seen.record.sid, seen.ticket.number if seen.ticket else None
        body = SEEN.dump_json(seen).decode()
        with self._lock:  # a queue: whoever finds SQLite busy sleeps and tries again
            self._file.execute(KEEP, (sid, number, stored(at), body))
            self._last[sid] = (at, seen)
            if len(self._last) > LAST_KEPT:
                del self._last[next(iter(self._last))]

    def kept_last(self, sid: str, at: datetime) -> Seen | None:
        """What this process kept of a call last, as long as it need not be kept anew."""
        kept_at, seen = self._last.get(sid, (None, None))
        return seen if kept_at is not None and at - kept_at < KEPT_ANEW else None

    def recall(self, sid: str) -> Seen | None:
        """The call as it was last seen; None when this machine never did."""
        return self._find(OF_CALL, sid)

    def recall_ticket(self, number: int) -> Seen | None:
        """The call that opened a ticket; None when this machine never saw it."""
        return self._find(OF_TICKET, number)

    def keep_attempts(self, ticket: Ticket | None, tried: Sequence[AttemptRecord], at: datetime) -> None:
        """Remember who was rung for a ticket since its call was last seen."""
        seen = self.recall_ticket(ticket.number) if ticket is not None else None
        if seen is not None:
            self.keep(replace(seen, ticket=ticket, attempts=tuple(tried)), at)

    def note_moved(self, call: str, numbers: Iterable[int], at: datetime) -> None:
        """A call with its tickets is in the database again."""
        with self._lock:
            self._file.executemany(MOVED, [(subject, stored(at)) for subject in (call, *map(str, numbers))])

    def moved_after(self, subject: str, at: datetime) -> bool:
        """Whether a call (its id) or a ticket (its number) was moved into the database after an instant."""
        with self._lock:
            return self._file.execute(MOVED_AFTER, (subject, stored(at))).fetchone() is not None

    def forget_old(self, at: datetime) -> None:
        """Drop the calls of hours ago."""
        with self._lock:
            self._file.execute("delete from seen_calls where at < ?", (stored(at - KEPT),))
            self._file.execute("delete from moved_back where at < ?", (stored(at - KEPT),))

    def _find(self, query: str, key: str | int) -> Seen | None:
        with self._lock:
            found = self._file.execute(query, (key,)).fetchone()
        return SEEN.validate_json(found[0]) if found else None

    def close(self) -> None:
        """Let go of the file, once nobody works with it: SQLite does not look whether somebody does."""
        with self._lock:
            self._file.close()


def write_down(journal: Connection, seen: Seen, at: datetime) -> None:
    """Put a call that the mirror knows into the journal, so that it goes on there."""
    calls.begin_call(journal, seen.record)
    for step, answer in seen.answers.items():
        calls.record_answer(journal, seen.record.sid, step, answer, at)
    if seen.ticket is not None and tickets.insert_ticket(journal, seen.ticket):
        for attempt in seen.attempts:
            attempts.insert_attempt(journal, attempt)
        for recording in seen.recordings:
            store_recording(journal, recording)


def missed_attempt(house: House, journal: Connection, id_: str, leg: str, phone: str) -> AttemptRecord | None:
    """An attempt that the worker made after the mirror last looked: told from the phone that now asks.

    None for a ticket that is not known, or a phone that is nobody's.
    """
    adopted = attempts.attempt_of_leg(journal, leg)
    if adopted is not None:
        return adopted
    ticket = tickets.find_ticket(journal, ticket_of(id_))
    position = id_.partition("-")[2]
    people = house.configuration.current(journal).engineers.values()
    owner = next((person for person in people if phone in person.phones), None)
    if ticket is None or owner is None or not position.isdecimal():
        return None
    at = house.clock()
    attempt = AttemptRecord(
        id=id_,
        ticket=ticket.number,
        position=int(position),
        round=ticket.round,
        person=owner.key,
        name=owner.name,
        because="rung before the database went away",
        phone=phone,
        ring_seconds=20,
        decided_at=at,
        tried_at=at,
        placed_at=at,
        leg=leg,
    )
    return attempt if attempts.insert_attempt(journal, attempt) else None
