"""The order of items, where the first that fits decides: told when a file changes it, and kept by an undo."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from ivr.configuration.apply import apply_file
from ivr.configuration.edit import fingerprint_of, remove_item, undo
from ivr.configuration.history import changes_since
from ivr.store.audit import Author, find_change, list_changes
from ivr.store.configuration import load_configuration
from tests.ivr.configuration.files import SMALL
from tests.line import NIGHT

SARA = Author("Sara Vogel", NIGHT)


def with_rules(tmp_path: Path, *keys: str) -> Path:
    """The small file with alert rules of these keys, in this order."""
    path = tmp_path / "rules.toml"
    rules = (f'[[alert_rules]]\nkey = "{key}"\nservice = "critical"\nlabels = {{ team = "{key}" }}\n' for key in keys)
    path.write_text(SMALL + "\n".join(["", *rules]))
    return path


def apply(engine: Engine, tmp_path: Path, *keys: str) -> list[str]:
    """What applying the rules is told to change."""
    with engine.begin() as connection:
        found, _ = apply_file(connection, with_rules(tmp_path, *keys), at=NIGHT, author=SARA)
        assert list(load_configuration(connection).alert_rules) == list(keys)
    return [str(change) for change in found.changes]


def test_a_file_that_changes_the_order_of_rules_tells_so_though_others_come_and_go(
    engine: Engine, tmp_path: Path
) -> None:
    apply(engine, tmp_path, "a", "b", "c")
    assert apply(engine, tmp_path, "b", "a", "d") == [
        "+ alert_rule d",
        "- alert_rule c",
        "~ alert_rule order\n    b, a, d",
    ]
    assert apply(engine, tmp_path, "b", "x", "a") == ["+ alert_rule x", "- alert_rule d"]


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_rule_whose_removal_is_undone_stands_where_it_stood(
    engine: Engine, tmp_path: Path, order: tuple[str, str]
) -> None:
    apply(engine, tmp_path, "a", "b", "c")
    with engine.begin() as connection:
        removed = {key: remove_item(connection, SARA, "alert_rule", key) for key in ("a", "b")}
        for key in order:
            undo(connection, SARA, removed[key] or 0)
        assert list(load_configuration(connection).alert_rules) == ["a", "b", "c"]


def test_a_rule_that_a_file_removed_comes_back_where_it_stood(engine: Engine, tmp_path: Path) -> None:
    apply(engine, tmp_path, "a", "b", "c")
    apply(engine, tmp_path, "a", "c")
    with engine.begin() as connection:
        (removed,) = list_changes(connection, kind="alert_rule", key="b", limit=1)
        undo(connection, SARA, removed.id)
        assert list(load_configuration(connection).alert_rules) == ["a", "b", "c"]


def test_the_place_of_what_was_removed_is_no_part_of_it(engine: Engine, tmp_path: Path) -> None:
    apply(engine, tmp_path, "a", "b")
    with engine.begin() as connection:
        (added,) = list_changes(connection, kind="alert_rule", key="a")
        removed = find_change(connection, remove_item(connection, SARA, "alert_rule", "a") or 0)
        assert removed is not None
        assert (removed.before, removed.followed_by) == (added.after, ("b",))
        assert list(changes_since(connection, "alert_rule", "a", fingerprint_of(added.after))) == [removed]
