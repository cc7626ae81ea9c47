"""Backup and restore: what comes back is what was there, on either kind of database, or nothing at all."""

import errno
import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg import ServerCursor
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    LargeBinary,
    String,
    event,
    insert,
    select,
    text,
)

from ivr.configuration.apply import apply_file
from ivr.operations.backup import BY_ITSELF, NotBackedUp, NotRestored, _held_in, back_up, restore
from ivr.store import tickets
from ivr.store.attachments import Attachment, add_attachment
from ivr.store.audit import Author, record
from ivr.store.engine import connect
from ivr.store.migrate import is_current
from ivr.store.tables import attempts, metadata
from ivr.store.tickets import find_ticket
from ivr.store.types import Instant
from tests.databases import Templates
from tests.line import EXAMPLE, NIGHT, ringing_for
from tests.scenes import paging_ticket

KINDS = [("sqlite", "postgresql"), ("postgresql", "sqlite"), ("sqlite", "sqlite")]

TICKET = paging_ticket(
    partner_name='Rossi "Telecom" Ünïcode\n', answers={"symptom": "1"}, opened_at=NIGHT + timedelta(microseconds=123456)
)

SOMETHING = {
    Boolean: True,
    Float: 0.1,
    Instant: NIGHT + timedelta(microseconds=1),
    Integer: 77,
    JSON: {"Ünï": [1, 0.1, None, "\n"]},
    LargeBinary: b"\x00\xff\n",
    String: 'Ünï "x"\n\\',
}
"""A value for each kind of column, and none that a default would put there."""


def fill(engine: Engine, folder: Path) -> None:
    """A configuration, a ticket with its timeline, an attempt that lives, a change, and in each table one row more."""
    with engine.begin() as connection:
        apply_file(connection, ringing_for(EXAMPLE, 20, folder))
        tickets.insert_ticket(connection, TICKET)
        tickets.log(connection, 1042, "paging-1", NIGHT, "paging began")
        record(connection, Author("Sara", NIGHT), "rota", "noc", {"a": 1}, None)
        values = {"id": "1042-1", "ticket": 1042, "position": 1, "round": 1, "person": "jon", "name": "Jon Bell"}
        more = {"because": "", "phone": "+447700900120", "ring_seconds": 20, "decided_at": NIGHT}
        connection.execute(insert(attempts).values(**values, **more))
        file = Attachment("f1", 1042, "trace.pcap", "application/vnd.tcpdump.pcap", 4, "Jon", NIGHT)
        add_attachment(connection, file, b"\xd4\xc3\x00\xff")
        for table in metadata.sorted_tables:
            made_up = {column.name: something(connection, column) for column in table.columns}
            connection.execute(insert(table).values(made_up))


def something(connection: Connection, column: Column[Any]) -> Any:
    """What a column can hold; where it refers to another table, a row of that."""
    for key in column.foreign_keys:
        return connection.execute(select(key.column).limit(1)).scalar_one()
    found = next(value for kind, value in SOMETHING.items() if isinstance(column.type, kind))
    return found[: column.type.length] if isinstance(column.type, String) else found


def everything(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    with engine.connect() as connection:
        return {
            table.name: sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=repr)
            for table in metadata.sorted_tables
        }


@pytest.fixture
def engines(templates: Templates, tmp_path: Path) -> Callable[[str, str], Engine]:
    def make(kind: str, name: str) -> Engine:
        folder = tmp_path / name
        folder.mkdir()
        return connect(templates.prepared(kind, folder))

    return make


def test_nobody_else_of_the_machine_reads_a_backup(templates: Templates, tmp_path: Path) -> None:
    engine = connect(templates.prepared("sqlite", tmp_path))
    (tmp_path / "b.jsonl.gz.part").touch(mode=0o644)  # what a backup that was cut off left behind
    back_up(engine, tmp_path / "b.jsonl.gz", NIGHT)
    engine.dispose()
    assert (tmp_path / "b.jsonl.gz").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("from_", "to"), KINDS)
def test_every_row_comes_back_on_either_kind_of_database(
    engines: Callable[[str, str], Engine], tmp_path: Path, from_: str, to: str
) -> None:
    source, target = engines(from_, "source"), engines(to, "target")
    fill(source, tmp_path)
    before = everything(source)
    assert [name for name, rows in before.items() if not rows] == []
    written = back_up(source, tmp_path / "backup.gz", NIGHT)
    assert restore(target, tmp_path / "backup.gz") == written
    assert everything(target) == before
    with target.begin() as connection:
        assert find_ticket(connection, 1042) == TICKET
        assert is_current(connection)
        tickets.log(connection, 1042, "another", NIGHT, "goes on counting")
        record(connection, Author("Sara", NIGHT), "rota", "noc", None, {"a": 1})
    source.dispose()
    target.dispose()


def test_a_database_that_holds_something_is_left_alone(engines: Callable[[str, str], Engine], tmp_path: Path) -> None:
    source = engines("sqlite", "source")
    fill(source, tmp_path)
    before = everything(source)
    back_up(source, tmp_path / "backup.gz", NIGHT)
    with pytest.raises(NotRestored, match="not empty"):
        restore(source, tmp_path / "backup.gz")
    assert everything(source) == before
    source.dispose()


@pytest.mark.parametrize("name", sorted(set(metadata.tables) - BY_ITSELF))
def test_a_database_in_which_somebody_entered_anything_is_left_alone(
    engines: Callable[[str, str], Engine], name: str
) -> None:
    engine = engines("sqlite", "target")
    with engine.begin() as connection:
        connection.execute(text("pragma foreign_keys = off"))
        row = {one.name: 1 if one.foreign_keys else something(connection, one) for one in metadata.tables[name].columns}
        connection.execute(insert(metadata.tables[name]).values(row))
        assert _held_in(connection) == name
    engine.dispose()


def test_what_a_service_wrote_by_itself_before_the_restore_is_no_hindrance(
    engines: Callable[[str, str], Engine], tmp_path: Path
) -> None:
    source, target = engines("sqlite", "source"), engines("sqlite", "target")
    fill(source, tmp_path)
    back_up(source, tmp_path / "backup.gz", NIGHT)
    with target.begin() as connection:
        for table in (metadata.tables[name] for name in BY_ITSELF):
            row = {one.name: None if one.foreign_keys else something(connection, one) for one in table.columns}
            connection.execute(insert(table).values(row))
    restore(target, tmp_path / "backup.gz")
    assert everything(target) == everything(source)
    source.dispose()
    target.dispose()


def test_a_backup_that_fails_leaves_nothing_on_the_disk(engines: Callable[[str, str], Engine], tmp_path: Path) -> None:
    engine = engines("sqlite", "source")
    there = sorted(tmp_path.iterdir())

    def fill_the_disk(_table: str, _count: int) -> None:
        assert (tmp_path / "backup.gz.part").exists()
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        back_up(engine, tmp_path / "backup.gz", NIGHT, fill_the_disk)
    assert sorted(tmp_path.iterdir()) == there
    engine.dispose()


@pytest.mark.parametrize(
    ("version", "said"), [("0027", "run first: nightline migrate"), ("9999", "Back up with that one")]
)
def test_a_database_in_another_releases_shape_is_not_backed_up_in_part(
    engines: Callable[[str, str], Engine], tmp_path: Path, version: str, said: str
) -> None:
    engine = engines("sqlite", "source")
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = :version"), {"version": version})
    with pytest.raises(NotBackedUp, match=said):
        back_up(engine, tmp_path / "backup.gz", NIGHT)
    assert not list(tmp_path.glob("backup*"))
    engine.dispose()


def test_postgresql_hands_out_each_table_in_parts(engines: Callable[[str, str], Engine], tmp_path: Path) -> None:
    engine, in_parts = engines("postgresql", "source"), set()

    def note(_connection: Connection, cursor: Any, statement: str, *_: object) -> None:
        if isinstance(cursor, ServerCursor):
            in_parts.add(statement.partition("FROM ")[2].strip())

    event.listen(engine, "after_cursor_execute", note)
    back_up(engine, tmp_path / "backup.gz", NIGHT)
    assert in_parts == set(metadata.tables)
    engine.dispose()


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ({"nightline": 1, "revision": "9999", "at": "x"}, "later release"),
        ({"something": "else"}, "no backup"),
        ([], "no backup"),
    ],
)
def test_what_is_no_backup_of_ours_is_refused(
    engines: Callable[[str, str], Engine], tmp_path: Path, head: Any, said: str
) -> None:
    with gzip.open(tmp_path / "odd.gz", "wt") as file:
        file.write(json.dumps(head) + "\n")
    target = engines("sqlite", "target")
    with pytest.raises(NotRestored, match=said):
        restore(target, tmp_path / "odd.gz")
    target.dispose()


def test_a_backup_that_breaks_off_restores_nothing(engines: Callable[[str, str], Engine], tmp_path: Path) -> None:
    source, target = engines("sqlite", "source"), engines("sqlite", "target")
    fill(source, tmp_path)
    back_up(source, tmp_path / "backup.gz", NIGHT)
    whole = (tmp_path / "backup.gz").read_bytes()
    (tmp_path / "half.gz").write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(NotRestored, match="damaged"):
        restore(target, tmp_path / "half.gz")
    assert not any(rows for name, rows in everything(target).items() if name != "counters")
    source.dispose()
    target.dispose()


def test_a_backup_of_an_older_release_is_brought_to_the_present_shape(
    engines: Callable[[str, str], Engine], tmp_path: Path
) -> None:
    row = {"name": "ticket", "value": 77}
    with gzip.open(tmp_path / "old.gz", "wt") as file:
        file.write(json.dumps({"nightline": 1, "revision": "0001", "at": NIGHT.isoformat()}) + "\n")
        file.write(json.dumps({"table": "counters", "row": row}) + "\n")
    target = engines("sqlite", "target")
    assert restore(target, tmp_path / "old.gz") == {"counters": 1}
    with target.begin() as connection:
        assert is_current(connection)
    assert everything(target)["counters"] == [row]
    target.dispose()
