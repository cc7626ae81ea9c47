"""The clock of a rehearsal: its distance from real time, fixed once for each database."""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Connection, Engine, select

from ivr.clock import Clock, real_clock, shifted_clock
from ivr.store.once import insert_once
from ivr.store.tables import rehearsal


def clock_of(engine: Engine, now: datetime | None) -> Clock:
    """The real clock, or in a rehearsal one that stood at `now` when this database first saw it.

    In whole seconds, so up to one later, never earlier. The first process writes the distance, all others and every
    restart use it.
    """
    if now is None:
        return real_clock
    distance = ceil((now - real_clock()).total_seconds())
    with engine.begin() as connection:
        insert_once(connection, rehearsal, id=1, offset_seconds=distance)
        stored = connection.execute(select(rehearsal.c.offset_seconds).where(rehearsal.c.id == 1))
        return shifted_clock(timedelta(seconds=stored.scalar_one()))


def clock_in(connection: Connection) -> Clock:
    """The clock that a database lives by: the real one, or that of its rehearsal where one was begun."""
    distance = connection.execute(select(rehearsal.c.offset_seconds).where(rehearsal.c.id == 1)).scalar_one_or_none()
    return real_clock if distance is None else shifted_clock(timedelta(seconds=distance))
