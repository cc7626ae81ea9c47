"""How the database is reached: pragmas and time-outs."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, ExceptionContext, create_engine, event, make_url

CALLER_WAITS = 3
"""Seconds that a statement of a webhook waits for a lock: well inside the five that a caller may wait."""

WORKER_WAITS = 30
"""Seconds that a worker's statement waits: nobody listens, and the page must not be lost to a lock."""


def connect(url: str, waits: int = CALLER_WAITS) -> Engine:
    """An engine for SQLite or PostgreSQL whose statements wait so many seconds. Creates SQLite's folder."""
    if url.startswith("sqlite"):
        return _sqlite(url, waits)
    engine = create_engine(
        url,
        pool_size=20,
        max_overflow=20,
        pool_timeout=waits,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": waits,
            "tcp_user_timeout": waits * 1000,
            "options": f"-c lock_timeout={waits}s -c statement_timeout={waits + 1}s",
        },
    )

    @event.listens_for(engine, "handle_error")
    def say_that_it_is_away(context: ExceptionContext) -> None:
        # The durable engine waits for a lost connection, but not for one that cannot be had: it would drop a page.
        if context.connection is None:
            context.is_disconnect = True

    return engine


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
