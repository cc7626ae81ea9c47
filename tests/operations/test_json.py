"""What commands print with --json: one value, with the keys that their page promises; and progress on a terminal."""

import json
import os
import pty
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ivr.commands.printing import Progress
from ivr.store import tickets
from ivr.store.engine import connect
from tests.operations.conftest import Operator
from tests.operations.test_backup import TICKET

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "commands.md").read_text().partition("## JSON")[2]
PROMISED = dict(re.findall(r"^\| `([^|]+)` \| (.+) \|$", PAGE, re.MULTILINE))


def promised(command: str) -> tuple[set[str], bool]:
    """The keys that the page names for a command outside of brackets, and whether it leaves others open."""
    line = next(text for names, text in PROMISED.items() if command in names.split("`, `"))
    return set(re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", line))), "..." in line


def keys_of(value: Any) -> set[str]:
    return set(value[0] if isinstance(value, list) else value)


@pytest.fixture
def printed(operator: Operator, tmp_path: Path) -> Callable[..., Any]:
    """Types a command with --json; what it printed, as a value."""
    engine = connect(operator.settings.database_url)
    with engine.begin() as connection:
        tickets.insert_ticket(connection, TICKET)
    engine.dispose()

    def type_(*words: str) -> Any:
        return json.loads(operator.type(*words, "--json").stdout)

    return type_


def test_every_command_prints_the_keys_that_its_page_promises(printed: Callable[..., Any], tmp_path: Path) -> None:
    backup = str(tmp_path / "b.gz")
    typed = {
        "who": ["who"],
        "tickets": ["tickets"],
        "ticket": ["ticket", "1042"],
        "doctor": ["doctor"],
        "numbers plan": ["numbers", "plan"],
        "numbers apply": ["numbers", "apply", "--yes"],
        "migrate": ["migrate"],
        "backup": ["backup", backup],
        "fallback": ["fallback", str(tmp_path / "documents")],
        "user add": ["user", "add", "sara@example.com"],
        "user password": ["user", "password", "sara@example.com"],
        "user list": ["user", "list"],
        "token add": ["token", "add", "wall", "--scope", "on-call"],
        "token list": ["token", "list"],
        "token revoke": ["token", "revoke", "1"],
        "privacy new-key": ["privacy", "new-key"],
        "retention run": ["retention", "run", "--dry-run"],
    }
    wrong = {}
    for command, words in typed.items():
        keys, is_open = promised(command)
        found = keys_of(printed(*words))
        if command == "ticket":
            keys |= promised("tickets")[0]
            is_open = True
        if not (keys <= found if is_open else keys == found):
            wrong[command] = (keys - found, found - keys)
    assert wrong == {}
    assert set(printed("token", "scopes")) > {"on-call", "rotas"}


def test_a_plan_is_printed_as_json_and_a_level_names_its_people(operator: Operator, tmp_path: Path) -> None:
    exported = operator.type("export").stdout
    changed = tmp_path / "changed.toml"
    changed.write_text(exported.replace('name = "Rossi Telecom"', 'name = "Rossi Tel"'))
    (change,) = json.loads(operator.type("apply", str(changed), "--dry-run", "--json").stdout)
    assert set(change) == promised("apply")[0]
    assert (change["action"], change["kind"]) == ("change", "partner")
    italy = next(one for one in json.loads(operator.type("who", "--json").stdout) if one["region"] == "it")
    assert set(italy["levels"][0][0]) == {"name", "because", "phones", "texts"}


def test_json_asks_nothing(operator: Operator) -> None:
    assert operator.type("numbers", "apply", "--json").exit_code == 2


def test_a_terminal_sees_how_far_long_work_is_and_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        progress = Progress()
        progress("partners", 7)
        progress.end()
    seen = ""
    with suppress(OSError):  # how the kernel says that the other side has closed, and all was read
        while part := os.read(ours, 65536):
            seen += part.decode()
    os.close(ours)
    assert "partners: 7" in seen
    assert seen.endswith("\x1b[K")


def test_where_nobody_watches_a_backup_says_nothing_beside_its_outcome(operator: Operator, tmp_path: Path) -> None:
    found = operator.type("backup", str(tmp_path / "c.gz"))
    assert found.stderr == ""
    assert "rows in" in found.stdout
