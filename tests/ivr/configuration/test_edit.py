"""One item is changed: checked like a file, audited, never over somebody else's change, and undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from ivr.configuration.apply import apply_file
from ivr.configuration.edit import (
    EditConflict,
    EditRefused,
    change_item,
    fingerprint,
    item_of,
    remove_item,
    undo,
)
from ivr.configuration.export import table_of
from ivr.store.audit import Author, list_changes
from ivr.store.configuration import load_configuration
from ivr.store.engine import connect
from ivr.store.migrate import migrate
from tests.line import EXAMPLE, NIGHT

SARA = Author("Sara Vogel", NIGHT)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = connect(f"sqlite:///{tmp_path}/edit.db")
    migrate(engine)
    with engine.begin() as found:
        apply_file(found, EXAMPLE)
        yield found
    engine.dispose()


def table(connection: Connection, kind: str, key: str) -> dict[str, object]:
    return table_of(kind, item_of(load_configuration(connection), kind, key))


def test_a_change_is_stored_and_written_down_with_before_and_after(connection: Connection) -> None:
    changed = {**table(connection, "engineer", "mia"), "name": "Mia Berg"}
    assert change_item(connection, SARA, "engineer", "mia", changed) is not None
    assert load_configuration(connection).engineers["mia"].name == "Mia Berg"
    (line,) = list_changes(connection)
    assert (line.by, line.kind, line.key, line.action) == ("Sara Vogel", "engineer", "mia", "change")
    assert line.before is not None
    assert line.after is not None
    assert (line.before["name"], line.after["name"]) == ("Mia Keller", "Mia Berg")


def test_a_change_that_changes_nothing_leaves_no_line(connection: Connection) -> None:
    assert change_item(connection, SARA, "rota", "noc", table(connection, "rota", "noc")) is None
    assert list_changes(connection) == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("phones", ["171 39200 10"], "is not an international number"),
        ("phones", ["+44 20 7946 0120"], "is already a phone of"),
        ("phones", ["+16144841546"], "the line would ring itself"),
    ],
)
def test_an_item_is_refused_in_the_words_of_apply(connection: Connection, field: str, value: object, said: str) -> None:
    with pytest.raises(EditRefused, match=said) as refused:
        change_item(connection, SARA, "engineer", "mia", {**table(connection, "engineer", "mia"), field: value})
    assert any(fault.field.startswith(field) or not fault.field for fault in refused.value.faults)


def test_what_others_refer_to_is_not_removed(connection: Connection) -> None:
    with pytest.raises(EditRefused, match=r'no entry "noc-backup" in rotas'):
        remove_item(connection, SARA, "rota", "noc-backup")


def test_what_somebody_else_changed_meanwhile_is_never_overwritten(connection: Connection) -> None:
    seen = fingerprint("engineer", load_configuration(connection).engineers["mia"])
    mine = {**table(connection, "engineer", "mia"), "email": "new@example.com"}
    change_item(connection, SARA, "engineer", "mia", {**mine, "name": "Mia Berg"}, seen=seen)
    with pytest.raises(EditConflict) as conflict:
        change_item(connection, SARA, "engineer", "mia", mine, seen=seen)
    assert conflict.value.present.name == "Mia Berg"


def test_a_change_is_undone_unless_the_item_changed_again(connection: Connection) -> None:
    before = load_configuration(connection)
    first = change_item(connection, SARA, "engineer", "mia", {**table(connection, "engineer", "mia"), "name": "A"})
    assert first is not None
    undo(connection, SARA, first)
    assert load_configuration(connection) == before
    with pytest.raises(EditConflict):
        undo(connection, SARA, first)
    removed = change_item(connection, SARA, "engineer", "new", {"key": "new", "name": "New"})
    assert removed is not None
    undo(connection, SARA, removed)
    assert load_configuration(connection) == before
