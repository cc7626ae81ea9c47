"""Calls by API: listed and filtered, and one with what was answered at each step."""

from datetime import datetime

from pydantic import BaseModel, Field

from ivr.api import masking
from ivr.api.frame import Ask, resource
from ivr.api.instants import Instant
from ivr.api.pages import PageQuery, mark_of, place_of
from ivr.api.problems import Trouble
from ivr.api.scopes import Scope
from ivr.store.calls import CallRecord, answers_in_order, find_call
from ivr.store.listing import CallFilter, find_calls, page_of

NUMBERS = ("called", "caller", "call_back_number")
TYPED_NUMBER = "call_back_number"
"""Steps that begin so were answered with a telephone number."""


class CallQuery(PageQuery):
    """Which calls; what is left out asks for nothing."""

    region: str | None = Field(None, description="The key of a region.")
    outcome: str | None = Field(None, description='How it ended, such as "connected"; "under way" for living calls.')
    partner: str | None = Field(None, description="A partner number.")
    since: Instant | None = Field(None, description="Begun at this instant or later.")
    until: Instant | None = Field(None, description="Begun before this instant.")


class CallOut(BaseModel):
    """A caller's call. Numbers are masked without the scope phones; instants are null for what did not happen."""

    sid: str = Field(description="The carrier's id.")
    region: str
    called: str
    caller: str = Field(description="As the carrier sent it; anonymous when withheld.")
    partner: str | None
    recognised_by: str | None
    in_support_hours: bool
    started_at: datetime
    on_hold_at: datetime | None
    joined_at: datetime | None = Field(description="When caller and engineer were connected.")
    ended_at: datetime | None
    outcome: str | None
    ticket: int | None
    call_back_number: str | None


class StepOut(BaseModel):
    """A step of the script and what was answered."""

    at: datetime
    step: str
    answer: str


class CallWhole(CallOut):
    """A call with its steps."""

    answers: list[StepOut] = Field(description="The oldest first. A PIN is never among them.")


class CallList(BaseModel):
    """A page of calls, the newest first."""

    calls: list[CallOut]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


@resource("/calls", Scope.CALLS, CallList, query=CallQuery)
def list_calls(ask: Ask) -> CallList:
    """List calls, the newest first."""
    query: CallQuery = ask.query
    wanted = CallFilter(
        region=query.region or "",
        outcome=query.outcome or "",
        partners=(query.partner,) if query.partner else (),
        since=query.since,
        until=query.until,
    )
    found = find_calls(ask.connection, wanted, place_of(query.cursor), query.limit + 1)
    shown, last = page_of(found, query.limit)
    more = mark_of(last.started_at, last.sid) if last else None
    return CallList(calls=[CallOut.model_validate(_plain(ask, one)) for one in shown], next=more)


@resource("/calls/<sid>", Scope.CALLS, CallWhole)
def read_call(ask: Ask, sid: str) -> CallWhole:
    """Read one call with what was answered at each step."""
    found = find_call(ask.connection, sid)
    if found is None:
        raise Trouble(404, "There is no such call")
    steps = [
        {"at": at, "step": step, "answer": _answer(ask, step, answer)}
        for step, answer, at in answers_in_order(ask.connection, sid)
    ]
    return CallWhole.model_validate({**_plain(ask, found), "answers": steps})


def _plain(ask: Ask, record: CallRecord) -> dict[str, object]:
    found = {name: getattr(record, name) for name in CallOut.model_fields}
    return {**found, **{name: masking.phone(ask, found[name]) for name in NUMBERS if found[name]}}


def _answer(ask: Ask, step: str, answer: str) -> str:
    return masking.phone(ask, answer) if step.startswith(TYPED_NUMBER) else masking.text(ask, answer)
