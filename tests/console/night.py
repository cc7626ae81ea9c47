"""A night for tests of the console: calls, tickets, phones that ring, texts; written by the store's own functions."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from ivr.house import House
from ivr.paging import incidents
from ivr.store import attempts, calls, messages, tickets, workers
from ivr.store.attempts import AttemptRecord
from ivr.store.calls import CallRecord
from ivr.store.messages import RecordingRecord, TextRecord
from routing.escalation import Candidate, Outcome, Ring
from routing.screening import Symptom, Verdict, screen
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState
from tests.console.desk import Desk
from tests.line import ITALY, JON, ROSSI

PLATFORM = {"symptom": "1"}
QUESTION = {"symptom": "4", "uncovered": "3"}
REASONS = {"jon": ("Jon Bell", "weekly, week 48"), "ada": ("Ada Rossi", "backup, week 48")}


@dataclass
class Night:
    """Fills a desk's database; ticket numbers count up from 1042."""

    desk: Desk
    numbers: list[int] = field(default_factory=lambda: [1041])

    @property
    def house(self) -> House:
        found: House = self.desk.app.extensions["houses"].main
        return found

    def ago(self, **length: float) -> datetime:
        return self.desk.at - timedelta(**length)

    def worker_beats(self) -> None:
        self.desk.do(lambda connection: workers.beat(connection, "a worker", self.desk.at))

    def call(self, sid: str, started_at: datetime, **values: Any) -> str:
        """A call of Rossi Telecom to Italy, unless said otherwise."""
        usual = {"region": "it", "called": ITALY, "caller": ROSSI, "caller_number": ROSSI, "partner": "4001"}
        more = {"recognised_by": "caller_id", "in_support_hours": False}
        record = CallRecord(sid=sid, started_at=started_at, **{**usual, **more, **values})
        self.desk.do(lambda connection: calls.begin_call(connection, record))
        return sid

    def answer(self, sid: str, at: datetime, **answers: str) -> None:
        for step, answer in answers.items():
            name = step.replace("__", ":")
            self.desk.do(lambda c, name=name, answer=answer: calls.record_answer(c, sid, name, answer, at))

    def ticket(self, opened_at: datetime, answers: dict[str, str] = PLATFORM, **values: Any) -> Ticket:
        """A ticket of Rossi Telecom whose screening gave these answers; it is open."""
        verdict = screen(answers)
        assert isinstance(verdict, Verdict)
        self.numbers.append(self.numbers[-1] + 1)
        found: dict[str, Any] = {
            "number": self.numbers[-1],
            "call": None,
            "region": "it",
            "partner": "4001",
            "partner_name": "Rossi Telecom",
            "class_of_service": verdict.class_of_service,
            "symptom": verdict.symptom,
            "article": verdict.article,
            "answers": answers,
            "caller": ROSSI,
            "called": ITALY,
            "pbx": "rossi-pbx-01",
            "verified": True,
            "state": TicketState.OPEN,
            "opened_at": opened_at,
        }
        ticket = Ticket(**{**found, **values})
        told = f"{ticket.class_of_service}, {ticket.symptom}, art. {ticket.article}"

        def store(connection: Connection) -> None:
            tickets.insert_ticket(connection, ticket)
            tickets.log(connection, ticket.number, "opened", opened_at, "opened", told)
            if ticket.call is not None:
                calls.update_call(connection, ticket.call, ticket=ticket.number)

        self.desk.do(store)
        return ticket

    def page(self, ticket: Ticket, at: datetime) -> None:
        """Begin to page for it, as the verdict does."""
        known = self.house.configuration
        self.desk.do(lambda c: incidents.begin_page(c, self.house.pager, known.current(c), ticket, at))

    def ring(self, ticket: Ticket, person: str = "jon", phone: str = JON, at: datetime | None = None) -> AttemptRecord:
        """Ring a phone; it rings at once."""
        name, because = REASONS.get(person, ("the duty phone", "duty phone"))
        at = at or self.desk.at
        ring = Ring(Candidate(person, name, (phone,), because), phone, 20)

        def store(connection: Connection) -> AttemptRecord:
            found = attempts.claim(connection, ticket.number, 1, ring, at)
            assert found is not None
            attempts.set_once(connection, found.id, tried_at=at, placed_at=at, ringing_at=at + timedelta(seconds=1))
            body = f'Nightline CRITICAL {ticket.number}. Reply "{ticket.number} 1", or open http://x/take/secret-token'
            text = TextRecord(f"{found.id}-ring", ticket.number, phone, body, at, "SM1", "delivered")
            messages.write_text(connection, text)
            return found

        return self.desk.do(store)  # type: ignore[no-any-return]

    def over(self, attempt: AttemptRecord, outcome: Outcome, seconds: int, answered: int | None = None) -> None:
        """A phone stopped after so many seconds; it was answered after `answered`."""
        at = attempt.decided_at

        def store(connection: Connection) -> None:
            if answered is not None:
                attempts.set_once(connection, attempt.id, answered_at=at + timedelta(seconds=answered))
            attempts.end_attempt(connection, attempt.id, outcome, at + timedelta(seconds=seconds))

        self.desk.do(store)

    def message(self, ticket: Ticket, url: str = "http://127.0.0.1:1/recording", sid: str = "RE1") -> None:
        record = RecordingRecord(sid, ticket.call or "CA0", ticket.number, url, 12, ticket.opened_at)
        self.desk.do(lambda connection: messages.store_recording(connection, record))

    def read(self, number: int) -> Ticket:
        found = self.desk.do(lambda connection: tickets.find_ticket(connection, number))
        assert isinstance(found, Ticket)
        return found

    def events(self, number: int) -> list[tuple[str, str]]:
        found = self.desk.do(lambda connection: tickets.timeline(connection, number))
        return [(one.event, one.detail) for one in found]

    def standard(self, opened_at: datetime, **values: Any) -> Ticket:
        """A question of Harbor Voice from the United States."""
        usual = {"partner": "4002", "partner_name": "Harbor Voice", "region": "us", "pbx": ""}
        due = opened_at + timedelta(days=2)
        return self.ticket(opened_at, QUESTION, **{**usual, "response_due_at": due, **values})


def busy_night(night: Night) -> Ticket:
    """A worker, a Critical ticket that pages with its caller on hold, one that Ada has, two Standard."""
    night.worker_beats()
    night.call("CA-old", night.ago(hours=5), ended_at=night.ago(hours=4.9), outcome="standard ticket")
    night.standard(night.ago(hours=5), call="CA-old")
    night.standard(night.ago(hours=2), partner=None, partner_name="", verified=False, symptom=Symptom.MESSAGE)
    talk = {"partner": "4007", "region": "fr", "caller": "+33199000207", "caller_number": "+33199000207"}
    night.call(
        "CA-talk", night.ago(minutes=21), on_hold_at=night.ago(minutes=19), joined_at=night.ago(minutes=18), **talk
    )
    taken = {"state": TicketState.ACKNOWLEDGED, "acknowledged_by": "ada", "acknowledged_via": "key"}
    loire = {"partner": "4007", "partner_name": "Loire Telephonie", "region": "fr"}
    night.ticket(
        night.ago(minutes=20),
        {"symptom": "3", "workaround": "1"},
        call="CA-talk",
        escalation=1,
        acknowledged_at=night.ago(minutes=18),
        responded_at=night.ago(minutes=18),
        **taken,
        **loire,
    )
    night.call("CA-hold", night.ago(minutes=4), on_hold_at=night.ago(minutes=2))
    night.answer("CA-hold", night.ago(minutes=3), admitted="yes", symptom="1", verdict=Symptom.PLATFORM)
    ticket = night.ticket(night.ago(minutes=3), call="CA-hold")
    night.page(ticket, night.ago(minutes=3))
    night.message(ticket)
    declined = night.ring(ticket, at=night.ago(minutes=3))
    night.over(declined, Outcome.NO_ANSWER, 21)
    night.ring(ticket, "ada", "+33639980130", night.ago(seconds=20))
    night.call(
        "CA-new", night.ago(seconds=40), partner=None, recognised_by=None, caller="anonymous", caller_number=None
    )
    night.answer("CA-new", night.ago(seconds=10), partner_number__1="4001")
    assert ticket.class_of_service is ClassOfService.CRITICAL
    return ticket
