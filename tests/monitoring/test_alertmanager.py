"""Prometheus' own Alertmanager tells a running Nightline of an alert that fires, and that it is over."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.rehearsal.handsets import manual
from ivr.rehearsal.stage import Stage
from ivr.store import alerts, tickets
from ivr.store.api_tokens import make_token
from routing.tickets import TicketState
from tests.line import EXAMPLE, JON, NIGHT
from tests.monitoring.running import RunningAlertmanager, program

pytestmark = pytest.mark.long


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether something becomes so within half a minute."""
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        threading.Event().wait(0.1)
    return condition()


def test_a_real_alertmanager_wakes_the_engineer_and_takes_it_back(tmp_path: Path) -> None:
    program()
    with Stage(EXAMPLE, at=NIGHT, pace=10) as stage:
        stage.start()
        stage.carrier.add_phone(JON, manual)
        with stage.engine.begin() as connection:
            token = make_token(connection, "alertmanager", ["alerts"], "tests", NIGHT)
        manager = RunningAlertmanager(tmp_path, stage.public_url, token)

        def state() -> TicketState | None:
            with stage.engine.begin() as connection:
                found = tickets.find_ticket(connection, 1042)
            return found.state if found else None

        labels = {"alertname": "SipTrunksDown", "severity": "critical", "partner": "4001", "pbx_serial": "1100-7"}
        annotations = {"summary": "SIP trunks down", "description": "no registration since 02:58"}
        began = datetime.now(UTC).replace(microsecond=0)
        told = {"labels": labels, "annotations": annotations, "startsAt": began.isoformat()}
        try:
            manager.tell(told)
            assert eventually(lambda: state() is TicketState.PAGING), manager.said()
            ring = stage.carrier.phones[JON].wait_for_ring()
            over = (began + timedelta(seconds=1)).isoformat()
            assert eventually(lambda: datetime.now(UTC).isoformat() > over)
            manager.tell({**told, "endsAt": over})
            assert eventually(lambda: state() is TicketState.CLOSED), manager.said()
            ring.wait_until_over()
        finally:
            manager.stop()
        with stage.engine.begin() as connection:
            (stored,) = alerts.alerts_of(connection, 1042)
            ticket = tickets.find_ticket(connection, 1042)
    assert ticket is not None
    assert (ticket.problem, ticket.partner, ticket.pbx) == ("SIP trunks down", "4001", "1100-7")
    assert (stored.starts_at, stored.description) == (began, "no registration since 02:58")
