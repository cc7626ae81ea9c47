"""Versions: numbers that rise with every change of what processes hold in memory, so that each sees it at once."""

from sqlalchemy import Connection, update

from ivr.store.once import insert_once
from ivr.store.tables import counters

CONFIGURATION, ANNOUNCEMENTS = "configuration", "announcements"


def raise_version(connection: Connection, name: str) -> None:
    """What stands under this name changed: in the same transaction as the change."""
    insert_once(connection, counters, name=name, value=0)
    connection.execute(update(counters).where(counters.c.name == name).values(value=counters.c.value + 1))
