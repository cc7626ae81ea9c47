"""How the database is reached: pragmas and time-outs."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url

BUSY_SECONDS = 3
"""How long a statement waits for a lock or a connection: well inside the five seconds a caller may wait."""


def connect(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL with Nightline's settings. Creates SQLite's folder."""
    if url.startswith("sqlite"):
        return _sqlite(url)
    return create_engine(
        url,
        pool_size=20,
        max_overflow=20,
        pool_timeout=BUSY_SECONDS,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": BUSY_SECONDS,
            "options": f"-c lock_timeout={BUSY_SECONDS}s -c statement_timeout=4s",
        },
    )


def _sqlite(url: str) -> Engine:
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, pool_size=20, max_overflow=20, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _record: Any) -> None:
        # Transactions begin IMMEDIATE (writers queue at the start instead of failing in the middle).
        connection.isolation_level = "IMMEDIATE"
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")  # a page that was promised survives a power cut
        connection.execute("PRAGMA foreign_keys=ON")

    return engine
