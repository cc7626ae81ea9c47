"""Guards: tests that look at the program itself."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from ivr.commands.run import THREADS
from ivr.prompts.page import draw as draw_voices
from ivr.store.all_tables import metadata
from ivr.store.engine import connect
from ivr.store.migrate import alembic_config, migrate
from ivr.voice.flow import draw
from ivr.voice.steps import CALLER_STEPS, CHECK_STEPS, ENGINEER_STEPS

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("schedules", "routing", "ivr")
MAPPED = (*PACKAGES, "bench")
PURE = {"schedules", "routing"}
IMPURE = {"flask", "twilio", "sqlalchemy", "dbos", "os", "requests", "socket", "subprocess", "alembic", "random"}
LONGEST_FILE, LONGEST_FUNCTION = 400, 45
ROOMS = ["schedules", "routing", "ivr"]


def modules(*packages: str) -> Iterator[tuple[Path, ast.Module]]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path, ast.parse(path.read_text())


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_go_one_way() -> None:
    for path, tree in modules(*PACKAGES):
        here = ROOMS.index(path.relative_to(ROOT).parts[0])
        for name in imports(tree):
            top = name.split(".")[0]
            if top in ROOMS:
                assert ROOMS.index(top) <= here, f"{path} imports {name}"


def test_schedules_and_routing_do_no_input_or_output() -> None:
    for path, tree in modules(*PURE):
        used = {name.split(".")[0] for name in imports(tree)} & IMPURE
        assert not used, f"{path} imports {used}"


def test_within_the_service_paging_knows_nothing_of_voice_and_the_store_of_neither() -> None:
    below = {
        "store": ("ivr.voice", "ivr.paging", "ivr.integrations", "ivr.rehearsal"),
        "paging": ("ivr.voice", "ivr.rehearsal"),
    }
    for folder, above in below.items():
        for path in sorted((ROOT / "ivr" / folder).glob("*.py")):
            for name in imports(ast.parse(path.read_text())):
                assert not name.startswith(above), f"{path} imports {name}"


def test_no_call_and_no_page_knows_who_is_told_of_it() -> None:
    worker = ROOT / "ivr" / "paging" / "worker.py"  # starts the outward side beside paging, and calls nothing of it
    for folder in ("voice", "paging", "standby", "store"):
        for path in sorted((ROOT / "ivr" / folder).glob("*.py")):
            names = [name for name in imports(ast.parse(path.read_text())) if name.startswith("ivr.integrations")]
            assert all(path == worker and name.startswith("ivr.integrations.outward") for name in names), path


def test_only_the_clock_asks_the_time() -> None:
    for path, tree in modules(*PACKAGES):
        if path.match("ivr/clock.py") or "rehearsal" in path.parts:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in {"now", "utcnow", "today"}, f"{path}:{node.lineno}"


def test_f9_only_one_module_knows_pytz() -> None:
    users = [path.name for path, tree in modules(*PACKAGES) if any(n.startswith("pytz") for n in imports(tree))]
    assert users == ["zones.py"]


def test_no_webhook_imports_the_rest_client() -> None:
    for path in sorted((ROOT / "ivr" / "voice").glob("*.py")):
        assert "ivr.paging.phone" not in set(imports(ast.parse(path.read_text()))), path


def test_there_is_one_migration_head_and_it_makes_the_tables_as_they_are(tmp_path: Path) -> None:
    assert len(ScriptDirectory.from_config(alembic_config()).get_heads()) == 1
    engine = connect(f"sqlite:///{tmp_path}/empty.db")
    migrate(engine)
    with engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_steps_are_named_for_what_they_are() -> None:
    exceptions = {"answer", "join_room", "stored_recording", "stored_speech"}
    for name in {*CALLER_STEPS, *ENGINEER_STEPS, *CHECK_STEPS} - exceptions:
        assert name.startswith(("ask_", "tell_", "heard_", "after_")), name
    assert not set(CALLER_STEPS) & set(ENGINEER_STEPS)


def test_files_and_functions_stay_small() -> None:
    for path, tree in modules(*MAPPED):
        assert len(path.read_text().splitlines()) <= LONGEST_FILE, path
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, f"{path}:{node.lineno} {node.name}"


def test_gates_leave_calls_two_threads_at_least() -> None:
    """Behind each gate one thread may be, for seconds."""
    called = [
        node.func.id
        for path, tree in modules("ivr")
        if "from ivr.gate import Gate" in path.read_text()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert 0 < called.count("Gate") <= THREADS - 2


def captions() -> dict[str, str]:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    return dict(re.findall(r"^\| `([\w/]+\.py)` \| (.+?) \|$", text, re.MULTILINE))


def test_the_map_has_every_module_with_its_own_caption() -> None:
    written = {
        str(path.relative_to(ROOT)): (ast.get_docstring(tree) or "").splitlines()[0]
        for path, tree in modules(*MAPPED)
        if path.name != "__init__.py"
    }
    assert captions() == written


def test_the_call_flow_is_drawn_from_the_script_as_it_is() -> None:
    assert (ROOT / "docs" / "call-flow.md").read_text() == draw()


def test_the_table_of_prompts_is_drawn_from_the_catalogue_as_it_is() -> None:
    assert (ROOT / "docs" / "voices.md").read_text() == draw_voices()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_lock_files_carry_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "--hash=sha256:" in text
    assert "://" not in text


def test_the_command_line_answers_without_loading_the_service() -> None:
    found = subprocess.run([sys.executable, "-m", "ivr", "--help"], capture_output=True, text=True, check=True)
    assert "apply" in found.stdout
