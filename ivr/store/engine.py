"""How the database is reached: pragmas and time-outs."""

import time
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

CALLER_WAITS = 3
"""Seconds that a statement of a webhook waits for a lock: well inside the five that a caller may wait."""

RESTED_SECONDS = 1.0
LAST_USED = "last used"

BREATH_SECONDS = 0.1
"""A writer that waits for SQLite looks ten times a second whether it is free."""

WORKER_WAITS = 30
"""Seconds that a worker's statement waits: nobody listens, and the page must not be lost to a lock."""

STATEMENT_MORE, ANSWER_MORE = 1.0, 1.5
"""Beyond the wait for a lock: how long PostgreSQL works on a statement, and how long its answer is waited for. The
second counts when the server is frozen, and keeps none of its own times."""


def connect(url: str, waits: int = CALLER_WAITS, *, unhurried: bool = False) -> Engine:
    """An engine for SQLite or PostgreSQL whose statements wait so many seconds. Creates SQLite's folder.

    `unhurried`: for locks only; a statement may work for as long as it needs.
    """
    if url.startswith("sqlite"):
        return _sqlite(url, waits)
    from ivr.store.cursors import LateCursor  # here, because these import the driver
    from ivr.store.waiting import BoundedConnection

    limit = 0 if unhurried else round((waits + STATEMENT_MORE) * 1000)
    engine = create_engine(
        url,
        pool_size=20,
        max_overflow=20,
        pool_timeout=waits,
        connect_args={
            "connect_timeout": waits,
            "tcp_user_timeout": waits * 1000,
            "cursor_factory": LateCursor,
            "client_encoding": "utf8",  # a database that was made without an encoding would answer in bytes
            "options": f"-c lock_timeout={waits}s -c statement_timeout={limit}",
        },
    )

    @event.listens_for(engine, "do_connect")
    def bound(_dialect: Dialect, _record: ConnectionPoolEntry, cargs: Any, cparams: Any) -> Any:
        connection = BoundedConnection.connect(*cargs, **cparams)
        connection.seconds = None if unhurried else waits + ANSWER_MORE
        return connection

    @event.listens_for(engine, "handle_error")
    def say_that_it_is_away(context: ExceptionContext) -> None:
        # The durable engine waits for a lost connection, but not for one that cannot be had: it would drop a page.
        if context.connection is None:
            context.is_disconnect = True

    ping_after_a_rest(engine)
    return engine


def ping_after_a_rest(engine: Engine) -> None:
    """Try a connection that nobody used for a second before it is used; when it is dead, all that rested are replaced.

    What `pool_pre_ping` does before every use: a round trip that a busy line can spare. When nothing is answered at
    all, no other connection is tried: NoAnswer is raised.
    """

    @event.listens_for(engine, "checkin")
    def note(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info[LAST_USED] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ping(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        used_at = record.info.get(LAST_USED)
        if used_at is not None and time.monotonic() - used_at > RESTED_SECONDS and not answers(engine, connection):
            raise InvalidatePoolError


def answers(engine: Engine, connection: DBAPIConnection) -> bool:
    """Whether a connection is alive. Raises NoAnswer when the database is not."""
    from ivr.store.waiting import NoAnswer

    try:
        return engine.dialect.do_ping(connection)
    except NoAnswer:
        raise
    except engine.dialect.loaded_dbapi.Error:
        return False


def let_others_write(engine: Engine) -> None:
    """Pause between two transactions of many: SQLite has one writer, and none that waits is told that it is free."""
    if engine.dialect.name == "sqlite":
        time.sleep(BREATH_SECONDS)


def _sqlite(url: str, waits: int) -> Engine:
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, pool_size=20, max_overflow=20, connect_args={"timeout": waits, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _record: Any) -> None:
        # Transactions begin IMMEDIATE (writers queue at the start instead of failing in the middle).
        connection.isolation_level = "IMMEDIATE"
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")  # a page that was promised survives a power cut
        connection.execute("PRAGMA foreign_keys=ON")

    return engine
