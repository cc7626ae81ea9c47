"""Heartbeats of the paging workers."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from ivr.store.once import insert_once
from ivr.store.tables import workers

DEAD_AFTER = timedelta(seconds=5)
"""A worker that was silent for so long is dead."""


def beat(connection: Connection, id_: str, at: datetime) -> None:
    """This worker lives."""
    if not insert_once(connection, workers, id=id_, beat_at=at):
        connection.execute(update(workers).where(workers.c.id == id_).values(beat_at=at))


def leave(connection: Connection, id_: str) -> None:
    """This worker stops in good order, or was found dead."""
    connection.execute(delete(workers).where(workers.c.id == id_))


def living_workers(connection: Connection, since: datetime) -> frozenset[str]:
    """The workers that beat since then."""
    return frozenset(connection.execute(select(workers.c.id).where(workers.c.beat_at >= since)).scalars())
