"""The order of items, where the first that fits decides: told when a file changes it, and kept by an undo."""

from pathlib import Path

from sqlalchemy import Engine

from ivr.configuration.apply import apply_file
from ivr.store.configuration import load_configuration
from tests.ivr.configuration.files import SMALL
from tests.line import NIGHT


def with_rules(tmp_path: Path, *keys: str) -> Path:
    """The small file with alert rules of these keys, in this order."""
    path = tmp_path / "rules.toml"
    rules = (f'[[alert_rules]]\nkey = "{key}"\nservice = "critical"\nlabels = {{ team = "{key}" }}\n' for key in keys)
    path.write_text(SMALL + "\n".join(["", *rules]))
    return path


def apply(engine: Engine, tmp_path: Path, *keys: str) -> list[str]:
    """What applying the rules is told to change."""
    with engine.begin() as connection:
        found, _ = apply_file(connection, with_rules(tmp_path, *keys), at=NIGHT)
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
