"""Tickets by API: listed and filtered, and one with everything that is known of it and happened."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ivr.api import masking
from ivr.api.frame import Ask, resource
from ivr.api.instants import Instant
from ivr.api.pages import PageQuery, mark_of, place_of
from ivr.api.problems import Trouble
from ivr.api.scopes import Scope
from ivr.desk.writing import missing_of
from ivr.store.attachments import attachments_of
from ivr.store.attempts import AttemptRecord, attempts_of
from ivr.store.details import details_of
from ivr.store.feedback import find_feedback
from ivr.store.listing import TicketFilter, find_tickets, page_of
from ivr.store.messages import recordings_of, texts_of
from ivr.store.related import related_to
from ivr.store.tickets import find_ticket, timeline
from routing.escalation import Outcome
from routing.goals import Goal, goal_of
from routing.screening import QUESTIONS, SPOKEN_SYMPTOM, Symptom
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState


class TicketQuery(PageQuery):
    """Which tickets; what is left out asks for nothing."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    class_of_service: ClassOfService | None = Field(None, alias="class")
    state: TicketState | None = None
    region: str | None = Field(None, description="The key of a region.")
    engineer: str | None = Field(None, description="The key of the engineer who has or had it.")
    partner: str | None = Field(None, description="A partner number.")
    since: Instant | None = Field(None, description="Opened at this instant or later.")
    until: Instant | None = Field(None, description="Opened before this instant.")


class TicketOut(BaseModel):
    """A ticket. Numbers are masked without the scope phones."""

    number: int
    class_of_service: ClassOfService
    state: TicketState
    symptom: Symptom
    about: str = Field(description="The symptom in words.")
    article: str = Field(description="The article of the terms that decided the class.")
    region: str
    partner: str | None = Field(description="The partner number; null for somebody nobody recognised.")
    partner_name: str
    verified: bool
    caller: str
    pbx: str
    opened_at: datetime
    response_due_at: datetime | None = Field(description="Null: answered by phone at once (art. 16.3).")
    goal: Goal | None = Field(description="How the response goal stands now.")
    acknowledged_at: datetime | None
    acknowledged_by: str | None = Field(description="The key of an engineer.")
    acknowledged_via: str | None
    incident: int | None = Field(description="The ticket whose page serves this one too.")
    call: str | None = Field(description="The carrier's id of the call that opened it.")


class AnswerOut(BaseModel):
    """A question of the screening and the key that answered it."""

    question: str
    key: str
    text: str


class EventOut(BaseModel):
    """One line of the timeline."""

    at: datetime
    event: str
    detail: str


class AttemptOut(BaseModel):
    """One ringing of one phone. Instants are null for what did not happen."""

    id: str
    round: int
    person: str
    name: str
    because: str
    phone: str
    decided_at: datetime
    ringing_at: datetime | None
    answered_at: datetime | None
    joined_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None


class TextOut(BaseModel):
    """A text that was sent about it. What it says is left out: it may have a link that takes the ticket."""

    at: datetime
    to: str
    status: str


class MessageOut(BaseModel):
    """The caller's own message; it is heard in the console."""

    sid: str
    at: datetime
    seconds: int


class FileOut(BaseModel):
    """A file that was attached; it is saved in the console."""

    id: str
    name: str
    kind: str
    size: int
    by: str
    at: datetime


class RelatedOut(BaseModel):
    """Another ticket that belongs to it."""

    number: int
    how: str = Field(description="related, follows or followed by.")
    state: TicketState


class EssentialsOut(BaseModel):
    """The fields of article 17.7, beside the PBX's name; empty for what nobody wrote down."""

    subject: str
    message: str
    pbx_address: str
    wms_version: str
    firmware: str
    error: str
    call_from: str
    call_to: str
    call_at: datetime | None


class SolutionOut(BaseModel):
    """How it was solved."""

    by: str = Field(description="resolution or workaround.")
    text: str
    at: datetime


class FeedbackOut(BaseModel):
    """What the caller said afterwards."""

    stars: int
    comment: str
    at: datetime


class TicketWhole(TicketOut):
    """A ticket with everything."""

    answers: list[AnswerOut] = Field(description="What led to the verdict, in the order asked.")
    essentials: EssentialsOut
    missing: list[str] = Field(description="What of article 17.7 is still missing, in words.")
    solution: SolutionOut | None
    timeline: list[EventOut] = Field(description="The oldest first.")
    attempts: list[AttemptOut]
    texts: list[TextOut]
    messages: list[MessageOut]
    files: list[FileOut]
    related: list[RelatedOut]
    feedback: FeedbackOut | None


class TicketList(BaseModel):
    """A page of tickets, the newest first."""

    tickets: list[TicketOut]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


@resource("/tickets", Scope.TICKETS, TicketList, query=TicketQuery)
def list_tickets(ask: Ask) -> TicketList:
    """List tickets, the newest first."""
    query: TicketQuery = ask.query
    wanted = TicketFilter(
        class_of_service=query.class_of_service or "",
        state=query.state or "",
        region=query.region or "",
        engineer=query.engineer or "",
        partners=(query.partner,) if query.partner else (),
        since=query.since,
        until=query.until,
    )
    found = find_tickets(ask.connection, wanted, place_of(query.cursor, is_number=True), query.limit + 1)
    shown, last = page_of(found, query.limit)
    more = mark_of(last.opened_at, last.number) if last else None
    return TicketList(tickets=[ticket_out(ask, one) for one in shown], next=more)


@resource("/tickets/<int:number>", Scope.TICKETS, TicketWhole)
def read_ticket(ask: Ask, number: int) -> TicketWhole:
    """Read one ticket with its answers, timeline, attempts, fields, files and related tickets."""
    return whole(ask, ticket_of(ask, number))


def ticket_of(ask: Ask, number: int) -> Ticket:
    """The ticket that was asked for."""
    found = find_ticket(ask.connection, number)
    if found is None:
        raise Trouble(404, "There is no such ticket")
    return found


def ticket_out(ask: Ask, ticket: Ticket) -> TicketOut:
    """A ticket on the wire."""
    return TicketOut(**_plain(ask, ticket))


def _plain(ask: Ask, ticket: Ticket) -> dict[str, object]:
    warning = ask.configuration.rules.warning_of(ticket.class_of_service)
    names = set(TicketOut.model_fields) - {"about", "goal", "caller"}
    return {
        **{name: getattr(ticket, name) for name in names},
        "about": SPOKEN_SYMPTOM[ticket.symptom],
        "goal": goal_of(ticket, ask.at, warning),
        "caller": masking.phone(ask, ticket.caller),
        "acknowledged_by": masking.person(ask, ticket.acknowledged_by),
    }


def whole(ask: Ask, ticket: Ticket) -> TicketWhole:
    """A ticket with everything."""
    connection, number = ask.connection, ticket.number
    details = details_of(connection, number)
    said = find_feedback(connection, number)
    texts = {name: masking.text(ask, value) for name, value in details.essentials.__dict__.items() if name != "call_at"}
    numbers = {name: masking.phone(ask, getattr(details.essentials, name)) for name in ("call_from", "call_to")}
    given = said is not None and said.stars is not None
    solution = masking.text(ask, details.solution)
    events = timeline(connection, number)
    files = attachments_of(connection, number)
    related = related_to(connection, number)
    return TicketWhole.model_validate(
        {
            **_plain(ask, ticket),
            "answers": [_answer(name, key) for name, key in ticket.answers.items()],
            "essentials": {**texts, **numbers, "call_at": details.essentials.call_at},
            "missing": missing_of(connection, ticket, details),
            "solution": {"by": details.solved_by, "text": solution, "at": details.solved_at}
            if details.solved_by
            else None,
            "timeline": [{"at": e.at, "event": e.event, "detail": masking.text(ask, e.detail)} for e in events],
            "attempts": [_attempt(ask, one) for one in attempts_of(connection, number)],
            "texts": [
                {"at": t.at, "to": masking.phone(ask, t.to), "status": t.status} for t in texts_of(connection, number)
            ],
            "messages": [{"sid": r.sid, "at": r.at, "seconds": r.seconds} for r in recordings_of(connection, number)],
            "files": [{name: getattr(file, name) for name in FileOut.model_fields} for file in files],
            "related": [{"number": r.ticket.number, "how": r.how, "state": r.ticket.state} for r in related],
            "feedback": {"stars": said.stars, "comment": masking.text(ask, said.comment), "at": said.given_at}
            if said is not None and given
            else None,
        }
    )


def _answer(name: str, key: str) -> dict[str, str]:
    option = QUESTIONS[name].option(key) if name in QUESTIONS else None
    return {"question": name, "key": key, "text": option.goal if option else ""}


def _attempt(ask: Ask, record: AttemptRecord) -> dict[str, object]:
    found: dict[str, Any] = {name: getattr(record, name) for name in AttemptOut.model_fields}
    texts = {name: masking.text(ask, found[name]) for name in ("name", "because")}
    return {**found, **texts, "person": masking.person(ask, record.person), "phone": masking.phone(ask, record.phone)}
