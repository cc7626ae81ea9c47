"""Writing a row at most once, on either database."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless one of its unique keys is taken; True when this call wrote it.

    Waits for a concurrent transaction that is writing the same key, so that the loser can then read it.
    """
    return connection.execute(_insertion(table, connection.dialect.name), values).rowcount == 1


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in one statement, but for those of whose unique keys one is taken."""
    connection.execute(_insertion(table, connection.dialect.name), rows if len(rows) > 1 else rows[0])


@cache
def _insertion(table: Table, dialect: str) -> Executable:
    """Built once: putting a statement together takes longer than carrying it out. It tells how many rows it wrote."""
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return build(table).on_conflict_do_nothing().inline().execution_options(preserve_rowcount=True)
