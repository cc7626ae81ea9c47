"""Backup and restore: every row of one moment in a file that either kind of database takes back."""

import base64
import gzip
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import IO, Any

from alembic import command
from sqlalchemy import (
    Connection,
    Engine,
    LargeBinary,
    RowMapping,
    Table,
    column,
    insert,
    inspect,
    literal,
    select,
    table,
    text,
)

from ivr.private import private
from ivr.store.all_tables import metadata
from ivr.store.migrate import alembic_config, is_current, is_of_later_release, revision_of, revisions
from ivr.store.types import Instant

FORMAT = 1
BATCH = 500
FILES = 5
"""Of rows that hold files, so many are read at once."""

LETTERS = 16 << 20
"""Files of tickets are long: so much text at once is brought in."""

BY_ITSELF = {
    "ceremonies",
    "counters",
    "feed_state",
    "rehearsal",
    "reserved_numbers",
    "retention_runs",
    "workers",
}
"""Tables that a service writes which was started before anything was restored: nobody misses what is in them."""

Told = Callable[[str, int], None]
"""Is told a table and how many of its rows are done, again and again."""


class NotBackedUp(Exception):
    """Nothing was written; the text says why, and what to do."""


class NotRestored(Exception):
    """Nothing was changed; the text says why, and what to do."""


def back_up(engine: Engine, path: Path, at: datetime, told: Told = lambda _table, _count: None) -> Counter[str]:
    """Write every row as of one moment to a gzip file of JSON lines, whole or not at all; returns the rows by table.

    The durable engine's own tables are left out: a page in flight is taken up anew by the workers after a restore.
    Raises NotBackedUp.
    """
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with engine.connect() as connection:
            _hold_one_moment(connection)
            _refuse_other_shapes(connection)
            counts = _write_down(connection, part, at, told)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)  # a disk that is full would stay so
        raise
    return counts


def _refuse_other_shapes(connection: Connection) -> None:
    """Tables and columns that this release does not know would be left out."""
    if is_of_later_release(connection):
        raise NotBackedUp("A later release migrated this database. Back up with that one.")
    if not is_current(connection):
        raise NotBackedUp(
            "This database has not the shape of this release. Back up with the one that runs on it, or run first: "
            "nightline migrate."
        )


def _write_down(connection: Connection, part: Path, at: datetime, told: Told) -> Counter[str]:
    counts: Counter[str] = Counter()
    with open(part, "wb", opener=private) as whole, gzip.open(whole, "wt", encoding="utf-8") as file:
        head = {"nightline": FORMAT, "revision": revision_of(connection), "at": at.isoformat()}
        file.write(json.dumps(head) + "\n")
        for source in metadata.sorted_tables:
            for row in _rows(connection, source):
                line = {"table": source.name, "row": {name: _plain(value) for name, value in row.items()}}
                file.write(json.dumps(line) + "\n")
                counts[source.name] += 1
                if counts[source.name] % BATCH == 0:
                    told(source.name, counts[source.name])
            told(source.name, counts[source.name])
    return counts


def _rows(connection: Connection, source: Table) -> Iterable[RowMapping]:
    """Every row of a table, a few at a time: years of them need no more memory than those of a day."""
    has_files = any(isinstance(one.type, LargeBinary) for one in source.columns)
    return connection.execute(
        select(source), execution_options={"stream_results": True, "yield_per": FILES if has_files else BATCH}
    ).mappings()


def restore(engine: Engine, path: Path, told: Told = lambda _table, _count: None) -> Counter[str]:
    """Bring a backup into a database that holds nothing yet, in one transaction; returns the rows by table.

    A backup of an older release is brought in as it was, and then migrated. The file is read to its end before
    anything is written. Raises NotRestored.
    """
    counts: Counter[str] = Counter()
    revision = _read_whole(path)
    with gzip.open(path, "rt", encoding="utf-8") as file, engine.begin() as connection:
        _bring_to(connection, revision)
        file.readline()
        for name, lines in groupby(_lines(file), key=lambda line: str(line["table"])):
            for rows in _batches(line["row"] for line in lines):
                _insert(connection, name, rows)
                counts[name] += len(rows)
                told(name, counts[name])
        command.upgrade(alembic_config(connection), "head")
        _count_on(connection)
    return counts


def _hold_one_moment(connection: Connection) -> None:
    """Everything that is read from now on is of one moment."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
    else:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))


def _read_whole(path: Path) -> str:
    """The revision of a backup that is whole."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            revision = _head_of(file, path)
            for _line in _lines(file):
                pass
    except (EOFError, OSError, ValueError, zlib.error):
        raise NotRestored(f"{path} is damaged, or no backup of Nightline.") from None
    return revision


def _head_of(file: IO[str], path: Path) -> str:
    """The revision of a backup."""
    try:
        head = json.loads(file.readline())
        known = head["nightline"] == FORMAT and head["revision"] in revisions()
    except (ValueError, KeyError, TypeError):
        raise NotRestored(f"{path} is no backup of Nightline.") from None
    if not known:
        raise NotRestored(f"{path} was made by a later release. Restore it with that one.")
    return str(head["revision"])


def _bring_to(connection: Connection, revision: str) -> None:
    """An empty database in the shape of a revision."""
    present = revision_of(connection)
    if present is not None and (held := _held_in(connection)):
        raise NotRestored(
            f"This database is not empty: see its table {held}. Restore into a new one, and let NIGHTLINE_DATABASE_URL "
            "name it."
        )
    if present is not None:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    command.upgrade(alembic_config(connection), revision)


def _held_in(connection: Connection) -> str:
    """A table that holds something which did not come there by itself; empty when there is none."""
    present = set(inspect(connection).get_table_names()) - BY_ITSELF
    return next((one.name for one in metadata.sorted_tables if one.name in present and _has_row(connection, one)), "")


def _has_row(connection: Connection, source: Table) -> bool:
    return connection.execute(select(literal(1)).select_from(source).limit(1)).first() is not None


def _lines(file: IO[str]) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in file)


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    letters = 0
    for row in rows:
        batch.append(row)
        letters += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(batch) == BATCH or letters > LETTERS:
            yield batch
            batch, letters = [], 0
    if batch:
        yield batch


def _insert(connection: Connection, name: str, rows: list[dict[str, Any]]) -> None:
    """Insert rows as the backup has them, into the table as it was then."""
    known: Table | None = metadata.tables.get(name)
    types = {one.name: one.type for one in known.columns} if known is not None else {}
    target = table(name, *(column(one, types.get(one)) for one in rows[0]))
    found = [{one: _back(value, types.get(one)) for one, value in row.items()} for row in rows]
    connection.execute(insert(target), found)


def _count_on(connection: Connection) -> None:
    """PostgreSQL's own counters go on after the highest row."""
    if connection.dialect.name != "postgresql":
        return
    for source in metadata.sorted_tables:
        key = source.autoincrement_column
        if key is not None:
            highest = f"SELECT max({key.name}) FROM {source.name}"  # noqa: S608 - our own names
            sequence = f"pg_get_serial_sequence('{source.name}', '{key.name}')"
            connection.execute(text(f"SELECT setval({sequence}, coalesce(({highest}), 0) + 1, false)"))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime) else value


def _back(value: Any, type_: Any) -> Any:
    if value is None:
        return None
    if isinstance(type_, LargeBinary):
        return base64.b64decode(value)
    return datetime.fromisoformat(value) if isinstance(type_, Instant) else value
