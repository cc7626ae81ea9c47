"""The real processes: gunicorn and a worker, killed without warning in the middle of a ring."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from ivr.rehearsal.handsets import manual
from ivr.rehearsal.leg import Leg
from ivr.rehearsal.stage import Stage
from ivr.store import attempts, tickets
from routing.tickets import Ticket, TicketState
from tests.conftest import url_of
from tests.line import EXAMPLE, ITALY, JON, NIGHT, ROSSI, ringing_for

pytestmark = pytest.mark.long


@contextmanager
def stage(url: str, folder: Path) -> Iterator[Stage]:
    with Stage(ringing_for(EXAMPLE, 120, folder), at=NIGHT, pace=5, url=url) as running:
        running.start()
        yield running


def critical_call(running: Stage) -> Leg:
    caller = running.carrier.dial(ROSSI, ITALY)
    caller.wait_for("platform")
    caller.press("1")
    caller.wait_for("Your ticket is 1 0 4 2")
    return caller


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_process_is_killed_while_the_phone_rings_and_the_page_goes_on(
    make_database: Callable[[str], str], tmp_path: Path, kind: str
) -> None:
    with stage(make_database(kind), tmp_path) as running:
        jon = running.carrier.add_phone(JON, manual)
        caller = critical_call(running)
        ring = jon.wait_for_ring()
        running.stop_service(kill=True)
        caller.hang_up()
        running.start_service()
        ring.answer()
        ring.wait_for("Critical ticket")
        ring.press("1")
        ring.wait_for("caller has hung up", 30)
        with running.engine.begin() as connection:
            ticket = tickets.find_ticket(connection, 1042)
            tried = attempts.attempts_of(connection, 1042)
        assert ticket is not None
        assert (ticket.state, ticket.acknowledged_by) == (TicketState.ACKNOWLEDGED, "jon")
        assert [attempt.phone for attempt in tried] == [JON]
        assert len(jon.legs) == 1


def test_the_clock_of_a_rehearsal_does_not_go_back_at_a_restart(
    make_database: Callable[[str], str], tmp_path: Path
) -> None:
    with stage(make_database("sqlite"), tmp_path) as running:
        critical_call(running)
        running.stop_service()
        running.start_service()
        running.carrier.dial(ROSSI, ITALY).wait_for("platform")
        second = running.carrier.dial("+12125550202", ITALY)
        second.wait_for("platform")
        second.press("1")
        second.wait_for("Your ticket is 1 0 4 3")
        with running.engine.begin() as connection:
            first, later = (tickets.find_ticket(connection, number) for number in (1042, 1043))
        assert first is not None
        assert later is not None
        assert datetime.fromisoformat("2026-11-28T03:00:00+01:00") < first.opened_at < later.opened_at


class WebAlone(Stage):
    """A stage without a worker."""

    def command(self) -> list[str]:
        return [sys.executable, "-m", "ivr", "web"]


def test_a_worker_that_is_to_stop_while_the_database_is_away_does_not_wait_for_it(
    postgresql_server: Callable[[], Any], tmp_path: Path
) -> None:
    server = postgresql_server()
    config = ringing_for(EXAMPLE, 120, tmp_path)
    try:
        with WebAlone(config, at=NIGHT, pace=1, url=url_of(server)) as running:
            running.start()
            jon = running.carrier.add_phone(JON, manual)
            worker = subprocess.Popen([sys.executable, "-m", "ivr", "worker"], env=running.environment())
            try:
                critical_call(running)
                jon.wait_for_ring(60)
                server.stop()
                worker.terminate()
                assert worker.wait(120) == 0
            finally:
                worker.kill()
                worker.wait()
    finally:
        server.cleanup()


def test_postgresql_stops_in_the_middle_of_a_call_and_comes_back(
    postgresql_server: Callable[[], Any], tmp_path: Path
) -> None:
    server = postgresql_server()
    try:
        with stage(url_of(server), tmp_path) as running:
            jon = running.carrier.add_phone(JON, manual)
            caller = running.carrier.dial(ROSSI, ITALY)
            caller.wait_for("platform")
            server.stop()
            caller.press("1")
            caller.wait_for("Your ticket is", 30)
            ring = jon.wait_for_ring(30)
            ring.answer()
            ring.wait_for("Critical ticket")
            ring.press("1")
            caller.wait_until_with(ring)
            server.start()
            running.carrier.wait_until(lambda: bool(stored(running)), 30)
            (ticket,) = stored(running)
            assert (ticket.state, ticket.acknowledged_by) == (TicketState.ACKNOWLEDGED, "jon")
            assert len(jon.legs) == 1
            second = running.carrier.dial(ROSSI, ITALY)
            second.wait_for("platform", 30)
    finally:
        server.cleanup()


def stored(running: Stage) -> list[Ticket]:
    """The tickets in the database; none while it is away."""
    try:
        with running.engine.begin() as connection:
            return list(tickets.list_tickets(connection))
    except DBAPIError:
        return []
