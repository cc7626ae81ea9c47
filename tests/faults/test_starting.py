"""Processes that start while PostgreSQL is down wait for it, say so, and go on once it is back."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from ivr.rehearsal.stage import Stage
from ivr.store.engine import connect
from ivr.store.migrate import alembic_config, is_current
from ivr.store.workers import living_workers
from tests.conftest import url_of
from tests.line import EXAMPLE

pytestmark = pytest.mark.long

WAITS = "the worker waits for it"


def eventually(condition: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


def a_worker_beats(engine: Engine) -> bool:
    """Whether a worker beat in the last three seconds."""
    with suppress(DBAPIError), engine.begin() as connection:
        return bool(living_workers(connection, datetime.now(UTC) - timedelta(seconds=3)))
    return False


@pytest.mark.parametrize("ends", ["the database comes back", "it is told to stop"])
def test_a_worker_that_starts_while_postgresql_is_down_waits_for_it(
    postgresql_server: Callable[[], Any], tmp_path: Path, ends: str
) -> None:
    server = postgresql_server()
    log = tmp_path / "worker.log"
    with Stage(EXAMPLE, at=None, pace=1, url=url_of(server)) as prepared:
        prepared.start()
        prepared.stop_service()
        server.stop()
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "ivr", "worker"], env=prepared.environment(), stdout=output, stderr=output
            )
        try:
            assert eventually(lambda: log.read_text().count(WAITS) >= 2), log.read_text()
            if ends == "the database comes back":
                server.start()
                engine = connect(url_of(server))
                assert eventually(lambda: a_worker_beats(engine)), log.read_text()
                engine.dispose()
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        finally:
            process.kill()
            server.cleanup()


def undo_the_last_migration(connection: Connection) -> None:
    """The shape before the newest migration, which made tables, columns or indexes."""
    last = ScriptDirectory.from_config(alembic_config()).get_revision("head")
    source = Path(last.path).read_text()
    tables, indexes = re.findall(r'create_table\(\s*"(\w+)"', source), re.findall(r'"(ix_\w+)"', source)
    columns = re.findall(r'add_column\(\s*"(\w+)", sa\.Column\("(\w+)"', source)
    undone = [f"drop table {name}" for name in tables] or [f"drop index {name}" for name in indexes]
    undone += [f"alter table {table} drop column {column}" for table, column in columns]
    assert undone, "the newest migration made neither tables nor columns nor indexes: undo here what it did"
    for statement in undone:
        connection.execute(text(statement))
    connection.execute(text("update alembic_version set version_num = :before"), {"before": last.down_revision})


def test_serve_that_starts_while_postgresql_is_down_answers_from_the_standby_and_pages_once_it_is_back(
    postgresql_server: Callable[[], Any],
) -> None:
    server = postgresql_server()
    try:
        with Stage(EXAMPLE, at=None, pace=1, url=url_of(server)) as running:
            running.start()
            running.stop_service()
            engine = connect(url_of(server))
            with engine.begin() as connection:  # as a release with a new migration finds it
                undo_the_last_migration(connection)
            engine.dispose()
            server.stop()
            running.start_service()
            assert requests.get(f"{running.public_url}/readyz", timeout=5).json()["status"] == "standby"
            assert eventually(lambda: WAITS in running.log.read_text())
            server.start()
            assert eventually(lambda: a_worker_beats(engine)), running.log.read_text()
            with engine.begin() as connection:
                assert is_current(connection)
            assert eventually(lambda: requests.get(f"{running.public_url}/readyz", timeout=5).json()["regions"] == 6)
            assert running.service is not None
            assert running.service.poll() is None
    finally:
        server.cleanup()
