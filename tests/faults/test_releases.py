"""Two releases side by side on one database: each goes on with its own pages, and none is lost with its release."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from dbos import DBOS, DBOSClient
from sqlalchemy import text

from ivr.paging.pager import OUT_QUEUE, QUEUE, Pager, escalation_id
from ivr.paging.releases import adopt, versions_of, worker_id
from ivr.rehearsal.handsets import manual
from ivr.store.engine import connect
from ivr.store.messages import TextRecord
from ivr.store.migrate import migrate, revision_of
from tests.line import ADA, JON, NIGHT, Line, WorkerProcess

pytestmark = pytest.mark.long


class Seen:
    """What the durable engine says of workflows."""

    def __init__(self, line: Line) -> None:
        self.client = DBOSClient(system_database_engine=line.engine, lazy=True)

    def worker_of(self, workflow: str) -> str | None:
        """The worker that runs a workflow, or ran it; None while it waits for one."""
        (found,) = self.client.list_workflows(workflow_ids=[workflow], load_input=False, load_output=False)
        return None if found.status == "ENQUEUED" else found.executor_id

    def is_run_by(self, workflow: str, version: str, other_than: str | None = None) -> bool:
        worker = self.worker_of(workflow)
        return worker is not None and versions_of([worker]) == {version} and worker != other_than


def kill(worker: WorkerProcess) -> None:
    pid = worker._process.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def test_each_release_goes_on_with_its_own_work_and_the_last_one_takes_all(make_line: Callable[..., Line]) -> None:
    line = make_line(pace=5)  # a phone rings for as long as all of this takes
    seen, page, jon = Seen(line), escalation_id(1042, 1), line.phone(JON, manual)
    old, also_old = WorkerProcess(line.settings), WorkerProcess(line.settings)
    new = WorkerProcess(line.settings, "next")
    with line.frozen_worker():
        old.start()
        caller = line.critical_call()
        ring = jon.wait_for_ring()
        first = seen.worker_of(page)
        also_old.start()
        new.start()
        kill(old)
        assert line.eventually(lambda: seen.is_run_by(page, "1", other_than=first), 30)
        with line.engine.begin() as connection:
            Pager(seen.client, "next").text(connection, TextRecord("1042-news", 1042, ADA, "news", NIGHT))
        assert line.eventually(lambda: seen.is_run_by("text-1042-news", "next"))
        assert seen.is_run_by(page, "1")
        kill(also_old)
        assert line.eventually(lambda: seen.is_run_by(page, "next"), 30)
        line.take(ring, caller)
        assert line.ticket().acknowledged_by == "jon"
        assert [attempt.phone for attempt in line.attempts()] == [JON]
        assert len(jon.legs) == 1
        new.stop()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_work_of_an_older_release_whose_new_worker_died_while_taking_it_over_is_begun_by_the_next_pass(
    make_line: Callable[..., Line], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, begin_anew, died = make_line(kind), DBOS.rewind_workflow, list[str]()

    def dies_at_first(workflow: str, **options: Any) -> None:
        if workflow not in died:
            died.append(workflow)
            raise RuntimeError("here the worker's process dies")
        begin_anew(workflow, **options)

    def stands(workflow: str) -> tuple[str, str | None, str | None]:
        (found,) = DBOS.list_workflows(workflow_ids=[workflow])
        return found.status, found.app_version, found.queue_name

    def next_pass() -> bool:
        with suppress(RuntimeError):
            adopt([line.worker.id])
        return stands("news-1")[0] == "SUCCESS"

    monkeypatch.setattr(DBOS, "rewind_workflow", dies_at_first)
    older = Pager(DBOSClient(system_database_engine=line.engine, lazy=True), "0")
    with line.engine.begin() as connection:
        older.deliver(connection, "news-1", 1, 1, "crm", 0)
        older.text(connection, TextRecord("older-news", None, ADA, "news", NIGHT))
    assert line.eventually(next_pass)
    assert line.eventually(lambda: stands("text-older-news")[0] == "SUCCESS")
    assert sorted(died) == ["news-1", "text-older-news"]
    assert stands("news-1") == ("SUCCESS", "1", OUT_QUEUE)
    assert stands("text-older-news") == ("SUCCESS", "1", QUEUE)
    assert [text.body for text in line.phone(ADA).texts] == ["news"]


def test_work_that_somebody_cancelled_stays_cancelled(make_line: Callable[..., Line]) -> None:
    line = make_line()
    with line.engine.begin() as connection:
        line.house.pager.deliver(connection, "news-1", 1, 1, "crm", 3600)
    DBOS.cancel_workflow("news-1")
    assert adopt([line.worker.id]) == 0
    (found,) = DBOS.list_workflows(workflow_ids=["news-1"])
    assert found.status == "CANCELLED"


def test_a_worker_says_by_its_id_what_it_can_go_on_with() -> None:
    assert versions_of([worker_id("4711-ab", "7"), "0815-cd"]) == {"7", "1"}


def test_an_older_release_leaves_a_database_of_a_later_one_as_it_is(make_database: Callable[[str], str]) -> None:
    engine = connect(make_database("sqlite"))
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    migrate(engine)
    with engine.connect() as connection:
        assert revision_of(connection) == "9999"
    engine.dispose()
