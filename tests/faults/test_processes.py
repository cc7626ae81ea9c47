"""The real processes: gunicorn and a worker, killed without warning in the middle of a ring."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from ivr.rehearsal.handsets import manual
from ivr.rehearsal.leg import Leg
from ivr.rehearsal.stage import Stage
from ivr.store import attempts, tickets
from routing.tickets import TicketState
from tests.line import EXAMPLE, ITALY, JON, NIGHT, ROSSI, ringing_for


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
