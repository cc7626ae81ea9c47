"""Writing a row at most once, on either database."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless one of its unique keys is taken; True when this call wrote it.

    Waits for a concurrent transaction that is writing the same key, so that the loser can then read it.
    """
    return connection.execute(_insertion(table, connection.dialect.name), values).first() is not None


@cache
def _insertion(table: Table, dialect: str) -> Executable:
    """Built once: putting a statement together takes longer than carrying it out."""
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return build(table).on_conflict_do_nothing().returning(next(iter(table.primary_key)))
