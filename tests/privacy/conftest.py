"""What tests of privacy may ask for: a desk on either database with a carrier that keeps recordings, and a night."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from ivr.configuration.apply import apply_file
from ivr.house import House
from ivr.rehearsal.carrier import Carrier
from ivr.store import messages, tickets
from ivr.store.desk_tables import attachments, feedback, ticket_details
from ivr.store.limits import pin_was_wrong
from ivr.store.messages import RecordingRecord, TextRecord
from routing.tickets import TicketState
from tests.console.desk import Desk, open_desk
from tests.console.night import Night
from tests.databases import Templates
from tests.line import EXAMPLE, JON, ROSSI, ringing_for


@dataclass
class Archive:
    """A desk, the carrier behind it, and what happened there."""

    desk: Desk
    carrier: Carrier
    night: Night

    @property
    def house(self) -> House:
        found: House = self.desk.app.extensions["houses"].main
        return found

    def call_with_ticket(self, days_ago: int, sid: str = "CA1", **values: Any) -> int:
        """A call so long ago, with answers, a closed ticket, its lines, texts and a recording; the ticket's number."""
        at = self.night.ago(days=days_ago)
        self.night.call(sid, at, ended_at=at + timedelta(minutes=5), call_back_number=ROSSI, outcome="critical")
        self.night.answer(sid, at, symptom="1", partner_number__1="4001", call_back_number__1=ROSSI)
        ticket = self.night.ticket(at, call=sid, **{"state": TicketState.CLOSED, **values})
        recording = f"RE{sid}"
        url = f"{self.house.settings.twilio_api_url}/2010-04-01/Accounts/{self.house.settings.account_sid}"
        self.carrier.recordings[recording] = 3

        def store(connection: Any) -> None:
            place = f"{url}/Recordings/{recording}"
            messages.store_recording(connection, RecordingRecord(recording, sid, ticket.number, place, 3, at))
            tickets.log(connection, ticket.number, "call-back", at, "call back asked for", ROSSI)
            tickets.log(connection, ticket.number, "note-1", at, "note", f"by Jon Bell: Anna Rossi, {ROSSI}, waits")
            text = f"Nightline CRITICAL {ticket.number} Rossi Telecom, call back {ROSSI}"
            messages.write_text(connection, TextRecord(f"{ticket.number}-x", ticket.number, JON, text, at))
            desk = {"ticket": ticket.number, "subject": "Anna Rossi waits", "call_from": ROSSI, "solution": "told Anna"}
            connection.execute(insert(ticket_details).values(**desk))
            said = {"ticket": ticket.number, "to": ROSSI, "asked_at": at, "stars": 5, "comment": "thanks, Anna"}
            connection.execute(insert(feedback).values(**said))
            file = {"id": sid, "ticket": ticket.number, "name": "Anna.txt", "kind": "text/plain", "size": 4}
            connection.execute(insert(attachments).values(**file, content=b"Anna", by="Jon Bell", at=at))
            pin_was_wrong(connection, [f"caller:{ROSSI}"], at)

        self.desk.do(store)
        return ticket.number


@pytest.fixture
def make_archive(templates: Templates, tmp_path: Path) -> Iterator[Callable[[str], Archive]]:
    """Makes an archive on a database of a kind."""
    made: list[Archive] = []

    def make(kind: str = "sqlite") -> Archive:
        url = templates.prepared(kind, tmp_path)
        carrier = Carrier(account_sid="AC" + "0" * 32, auth_token="a-token-for-tests", pace=30)
        desk = open_desk(url, tmp_path, carrier=carrier.serve())
        desk.do(lambda connection: apply_file(connection, ringing_for(EXAMPLE, 20, tmp_path)))
        made.append(Archive(desk, carrier, Night(desk)))
        return made[-1]

    yield make
    for archive in made:
        archive.carrier.close()
        archive.desk.app.extensions["houses"].close()
        archive.desk.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def archive(request: pytest.FixtureRequest, make_archive: Callable[[str], Archive]) -> Archive:
    """An archive on each database."""
    return make_archive(request.param)
