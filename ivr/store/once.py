"""Writing a row at most once, on either database."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless one of its unique keys is taken; True when this call wrote it.

    Waits for a concurrent transaction that is writing the same key, so that the loser can then read it.
    """
    build = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    key = next(iter(table.primary_key))
    written = build(table).values(**values).on_conflict_do_nothing().returning(key)
    return connection.execute(written).first() is not None
