"""Secrets that the service must read again: where they stand, and all of them written anew at once."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, Connection, Table, select, update

from ivr.store.console_tables import users
from ivr.store.delivery_tables import endpoints

COLUMNS = (users.c.totp_secret, endpoints.c.secret, endpoints.c.previous_secret)


def every_secret(connection: Connection) -> Iterator[str]:
    """Each secret as it is kept."""
    for column in COLUMNS:
        yield from connection.execute(select(column).where(column != "")).scalars()


def rewrite_secrets(connection: Connection, written: Callable[[str], str]) -> int:
    """Keep every secret as `written` makes it; returns how many became others. One that changes meanwhile stays."""
    return sum(_rewrite(connection, column, written) for column in COLUMNS)


def _rewrite(connection: Connection, column: Column[Any], written: Callable[[str], str]) -> int:
    table: Table = column.table
    count = 0
    for id_, kept in connection.execute(select(table.c.id, column).where(column != "")).all():
        wanted = written(kept)
        if wanted != kept:
            mine = (table.c.id == id_, column == kept)
            count += connection.execute(update(table).where(*mine).values({column.name: wanted})).rowcount
    return count
