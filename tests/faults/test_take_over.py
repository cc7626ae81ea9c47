"""A worker that is killed without a word: a living one goes on with what it was doing."""

import os
import signal
from collections.abc import Callable

import pytest

from ivr.rehearsal.handsets import manual
from tests.line import JON, JON_TOO, Line, WorkerProcess

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
