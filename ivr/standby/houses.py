"""Which database a request works on: the real one, or the standby's while that is away."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ivr.house import House
from ivr.settings import BadSettings
from ivr.standby.filelock import FileLock
from ivr.standby.journal import hold, open_journal, take_number
from ivr.standby.mirror import Mirror, Seen, write_down
from ivr.standby.pager import LocalEscalations, LocalPager
from ivr.store.attempts import attempts_of, ticket_of
from ivr.store.cache import AnnouncementCache, ConfigurationCache
from ivr.store.engine import CALLER_WAITS
from ivr.store.tables import calls, tickets
from ivr.store.tickets import find_ticket

logger = structlog.get_logger()

Found = TypeVar("Found")

FIRST_ATTEMPT = 500
"""Positions of attempts that a standby makes; nobody is rung so often for one ticket."""


class MovedBack(Exception):
    """The call is in the database again, since this process last saw that fail."""


def database_failed(error: BaseException | None) -> bool:
    """Whether it was the database that failed."""
    return isinstance(error, (DBAPIError, PoolTimeout)) and not isinstance(error, (IntegrityError, DataError))


class Turns:
    """One at a time. Raises PoolTimeout for whoever waited as long as for a lock."""

    def __init__(self, waits: float = CALLER_WAITS) -> None:
        """Whoever comes waits at most so many seconds."""
        self._lock, self._waits = threading.Lock(), waits

    def __enter__(self) -> None:
        """Wait for one's turn."""
        if not self._lock.acquire(timeout=self._waits):
            raise PoolTimeout("too many wait for the database")

    def __exit__(self, *_: object) -> None:
        """The next one."""
        self._lock.release()


def turns_at(engine: Engine) -> AbstractContextManager[None]:
    """How the requests of this process come to a database.

    SQLite has one writer at a time, and whoever finds it busy sleeps and tries again, for a second or more while others
    come and go; so they queue here. PostgreSQL takes all.
    """
    return Turns() if engine.dialect.name == "sqlite" else nullcontext()


class Houses:
    """The house on the real database, the standby's, and what tells which of them a request belongs to."""

    def __init__(self, main: House, folder: Path) -> None:
        """`folder` is on this machine's own disk."""
        self.main, self.folder = main, folder
        self.changed = threading.Condition()
        try:
            with FileLock(folder / "opening.lock"):
                journal, self.mirror = open_journal(folder / "journal.db"), Mirror(folder / "mirror.db")
        except (OSError, DBAPIError, sqlite3.Error) as error:
            raise BadSettings(
                f"NIGHTLINE_STANDBY: {folder} cannot be used ({error}). Name a folder on this machine's own disk "
                "that this user may write; if its journal is broken, move it aside."
            ) from error
        self.standby = replace(
            main,
            engine=journal,
            configuration=ConfigurationCache(),
            announcements=AnnouncementCache(),
            pager=LocalPager(self.changed),
            take_ticket_number=take_number,
            first_attempt=FIRST_ATTEMPT,
        )
        self.escalations = LocalEscalations(self.standby, self.changed)
        self._turns = {
            is_standby: turns_at(house.engine) for is_standby, house in ((False, main), (True, self.standby))
        }
        self.is_away = False
        self._failed_at = datetime.min.replace(tzinfo=UTC)
        self.journal_in_use = True  # until somebody has looked

    def of(self, call: str, attempt: str = "") -> House:
        """The house for a request about a call or an attempt."""
        if self.is_away or (self.journal_in_use and self._in_journal(call, attempt)):
            return self.standby
        return self.main

    def main_failed(self, since: datetime) -> None:
        """The real database did not answer who asked it at `since` (UTC): until it does again, nobody waits for it."""
        if not self.is_away:
            logger.error("the database is away: calls go on from the standby")
        self.is_away, self._failed_at = True, since

    def run(self, work: Callable[[House, Connection], Found], call: str = "", attempt: str = "") -> Found:
        """Do something in one transaction: where the call is at home, or on the standby should that fail."""
        if self.of(call, attempt) is self.standby:
            with suppress(MovedBack):
                return self._run_on(self.standby, work, call, attempt)
        began = self.main.clock()
        try:
            return self._run_on(self.main, work, call, attempt)
        except Exception as error:
            if not database_failed(error):
                raise
        self.main_failed(began)
        with suppress(MovedBack):
            return self._run_on(self.standby, work, call, attempt)
        return self._run_on(self.main, work, call, attempt)

    def _run_on(self, house: House, work: Callable[[House, Connection], Found], call: str, attempt: str) -> Found:
        with self.transaction(house, call, attempt) as connection:
            return work(house, connection)

    @contextmanager
    def transaction(self, house: House, call: str, attempt: str = "") -> Iterator[Connection]:
        """One transaction of a house, for a request about a call or an attempt. Raises MovedBack on the standby."""
        begin = self.journal(call, attempt) if house is self.standby else house.engine.begin()
        with self._turns[house.is_standby], begin as connection:
            yield connection

    @contextmanager
    def journal(self, call: str, attempt: str = "") -> Iterator[Connection]:
        """A transaction of the journal, in which a call goes on that this machine has seen. Raises MovedBack."""
        self.journal_in_use = True
        with self.standby.engine.begin() as connection:
            hold(connection)  # not moved to the database between a look and a write
            if not _knows(connection, call, attempt):
                if self.mirror.moved_after(str(ticket_of(attempt)) if attempt else call, self._failed_at):
                    raise MovedBack
                seen = self.mirror.recall_ticket(ticket_of(attempt)) if attempt else self.mirror.recall(call)
                if seen is not None:
                    write_down(connection, seen, self.main.clock())
            yield connection
        self.wake()

    def wake(self) -> None:
        """Something changed: the standby's pager looks at once."""
        with self.changed:
            self.changed.notify_all()

    def seen_last(self, call: str) -> Seen | None:
        """What this process kept of a call last; None when that was long ago, or never."""
        return self.mirror.kept_last(call, self.main.clock())

    def remember(self, seen: Seen) -> None:
        """Keep what a step of a call had before it."""
        self._quietly(self.mirror.keep, seen)

    def remember_attempts(self, connection: Connection, number: int) -> None:
        """Keep who was rung for a ticket, as far as this transaction knows."""
        self._quietly(self.mirror.keep_attempts, find_ticket(connection, number), attempts_of(connection, number))

    def _quietly(self, keep: Callable[..., None], *args: Any) -> None:
        """A mirror that fails must not hurt the call."""
        try:
            keep(*args, self.main.clock())
        except Exception:
            logger.warning("the mirror failed", exc_info=True)

    def close(self) -> None:
        """Let go of the files."""
        self.mirror.close()
        self.standby.engine.dispose()

    def _in_journal(self, call: str, attempt: str) -> bool:
        try:
            with self.standby.engine.connect() as connection:
                return _knows(connection, call, attempt)
        except DBAPIError:
            logger.exception("the journal cannot be read")
            return False


def _knows(connection: Connection, call: str, attempt: str) -> bool:
    if attempt:
        by_attempt = select(tickets.c.number).where(tickets.c.number == ticket_of(attempt))
        return connection.execute(by_attempt).first() is not None
    return connection.execute(select(calls.c.sid).where(calls.c.sid == call)).first() is not None
