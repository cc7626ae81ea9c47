"""A worker that is killed without a word: a living one goes on with what it was doing."""

import os
import signal
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from dbos import DBOS
from sqlalchemy import select

from ivr.house import House
from ivr.paging import worker
from ivr.paging.pager import OUT_QUEUE
from ivr.paging.phone import Phone
from ivr.paging.worker import Worker
from ivr.rehearsal.handsets import manual
from ivr.store.tables import workers
from tests.line import JON, JON_TOO, Line, WorkerProcess

pytestmark = pytest.mark.long

MakeLine = Callable[..., Line]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_living_worker_goes_on_with_the_page_of_one_that_was_killed_while_the_phone_rang(
    make_line: MakeLine, kind: str
) -> None:
    line = make_line(kind)
    jon, second_phone = line.phone(JON, manual), line.phone(JON_TOO, manual)
    with line.frozen_worker():
        killed, living = WorkerProcess(line.settings), WorkerProcess(line.settings)
        killed.start()
        caller = line.critical_call()
        ring = jon.wait_for_ring()
        living.start()
        pid = killed._process.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        try:
            ring.wait_until_over(60)  # nobody answers; what follows is the living worker's
            line.take(second_phone.wait_for_ring(60), caller)
            assert [attempt.phone for attempt in line.attempts()] == [JON, JON_TOO]
            assert (len(jon.legs), len(second_phone.legs)) == (1, 1)
        finally:
            living.stop()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_news_for_others_go_on_beside_the_pages_and_not_among_them(make_line: MakeLine, kind: str) -> None:
    line = make_line(kind)

    def stands() -> tuple[str, str]:
        (found,) = DBOS.list_workflows(workflow_ids=["news-1"])
        return found.status, str(found.queue_name)

    with line.engine.begin() as connection:
        line.house.pager.deliver(connection, "news-1", 1, 1, "crm", 0)
    assert line.eventually(lambda: stands() == ("SUCCESS", OUT_QUEUE))
    mark = "update {}workflow_status set status = 'PENDING', executor_id = 'dead' where workflow_uuid = 'news-1'"
    with line.engine.begin() as connection:
        connection.exec_driver_sql(mark.format("" if kind == "sqlite" else "dbos."))
    assert isinstance(line.worker, Worker)
    line.worker.take_over()
    assert line.eventually(lambda: stands()[0] == "SUCCESS")
    assert stands() == ("SUCCESS", OUT_QUEUE)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_next_phone_rings_when_it_was_due_and_not_a_whole_ring_after_the_take_over(
    make_line: MakeLine, kind: str
) -> None:
    line = make_line(kind, pace=10)
    jon = line.phone(JON, manual)
    line.phone(JON_TOO, manual)
    line.carrier.callbacks.drop = lambda params: params.get("CallStatus") in {"no-answer", "completed"}
    with line.frozen_worker():
        killed, living = WorkerProcess(line.settings), WorkerProcess(line.settings)
        killed.start()
        line.critical_call()
        jon.wait_for_ring()
        living.start()
        three_quarters = line.house.clock() + line.settings.shortened(timedelta(seconds=90))
        assert line.eventually(lambda: line.house.clock() > three_quarters)
        pid = killed._process.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        try:
            assert line.eventually(lambda: len(line.attempts()) == 2, 60)
            first, second = line.attempts()
            assert first.ringing_at is not None
            # The ring takes 120 s and the carrier's five; begun anew it would end after 210 s at the earliest.
            took = (second.decided_at - first.ringing_at) * line.settings.pace
            assert timedelta(seconds=120) <= took < timedelta(seconds=200)
        finally:
            living.stop()


def test_a_worker_whose_sweep_waits_for_the_carrier_does_not_seem_dead(
    make_line: MakeLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, answers = threading.Event(), threading.Event()

    def hang(_house: House, _phone: Phone) -> None:
        waits.set()
        answers.wait(60)

    monkeypatch.setattr(worker, "SWEEP_SECONDS", 0.1)
    monkeypatch.setattr(worker, "sweep", hang)
    line = make_line()

    def beat_at() -> datetime:
        with line.engine.begin() as connection:
            return connection.execute(select(workers.c.beat_at)).scalar_one()

    try:
        assert waits.wait(60)
        before = beat_at()
        assert line.eventually(lambda: beat_at() > before)
    finally:
        answers.set()
