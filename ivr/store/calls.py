"""Calls and what callers answered."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, update

from ivr.store.events import EventType, tell_of_call
from ivr.store.once import insert_once
from ivr.store.tables import answers, calls, tickets

NEVER = datetime.max.replace(tzinfo=UTC)

ANSWERS = select(answers.c.step, answers.c.answer).where(answers.c.call == bindparam("of_call"))
"""Asked in most requests, and so put together once."""


@dataclass(frozen=True)
class CallRecord:
    """One caller's call as it is stored. `caller_number` is E.164, None when withheld or malformed."""

    sid: str
    region: str
    called: str
    caller: str
    caller_number: str | None
    started_at: datetime
    in_support_hours: bool
    partner: str | None = None
    recognised_by: str | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    ticket: int | None = None
    call_back_number: str | None = None
    on_hold_at: datetime | None = None
    joined_at: datetime | None = None


def find_call(connection: Connection, sid: str) -> CallRecord | None:
    """The call with this sid; None when its first request has not been seen."""
    row = connection.execute(select(calls).where(calls.c.sid == sid)).mappings().first()
    return CallRecord(**row) if row else None


def begin_call(connection: Connection, record: CallRecord) -> CallRecord:
    """Store a call that begins; returns what stands, which is the first one when told twice."""
    if insert_once(connection, calls, **record.__dict__):
        tell_of_call(connection, EventType.CALL_STARTED, record.sid, record.started_at)
        return record
    stored = find_call(connection, record.sid)
    assert stored is not None
    return stored


def last_end(connection: Connection, ticket: int) -> datetime:
    """When the last of all calls about a ticket ended (UTC); far ahead while one lives, or when there was none."""
    mine = or_(
        calls.c.ticket == ticket,
        calls.c.sid == select(tickets.c.call).where(tickets.c.number == ticket).scalar_subquery(),
    )
    ends = connection.execute(select(calls.c.ended_at).where(mine)).scalars().all()
    return max((end for end in ends if end is not None), default=NEVER) if all(ends) else NEVER


def unended_calls(connection: Connection, before: datetime) -> list[str]:
    """The calls that began before an instant and have not ended, by the carrier's sid."""
    query = select(calls.c.sid).where(calls.c.ended_at.is_(None), calls.c.started_at < before)
    return list(connection.execute(query).scalars())


def update_call(connection: Connection, sid: str, **values: Any) -> None:
    """Set columns of a call."""
    connection.execute(update(calls).where(calls.c.sid == sid).values(**values))


def update_call_once(connection: Connection, sid: str, **values: Any) -> bool:
    """Set columns that are still empty, all or none; True when this call set them."""
    empty = [calls.c[name].is_(None) for name in values]
    changed = connection.execute(update(calls).where(calls.c.sid == sid, *empty).values(**values))
    if changed.rowcount == 1 and "ended_at" in values:
        tell_of_call(connection, EventType.CALL_ENDED, sid, values["ended_at"])
    return changed.rowcount == 1


def record_answer(connection: Connection, call: str, step: str, answer: str, at: datetime) -> str:
    """Store what was answered at a step; returns the answer that stands: the first one."""
    if insert_once(connection, answers, call=call, step=step, answer=answer, at=at):
        return answer
    stood = connection.execute(
        select(answers.c.answer).where(answers.c.call == call, answers.c.step == step)
    ).scalar_one()
    return str(stood)


def answers_of(connection: Connection, call: str) -> dict[str, str]:
    """All answers of a call by step."""
    rows = connection.execute(ANSWERS, {"of_call": call})
    return {step: answer for step, answer in rows}  # noqa: C416 - rows are no pairs to the type checker


def answers_in_order(connection: Connection, call: str) -> list[tuple[str, str, datetime]]:
    """Step, answer and instant (UTC) of all that a call answered, the oldest first."""
    query = select(answers.c.step, answers.c.answer, answers.c.at).where(answers.c.call == call)
    return [(row.step, row.answer, row.at) for row in connection.execute(query.order_by(answers.c.at, answers.c.step))]


def callers_waiting(connection: Connection, ticket: int, since: datetime) -> int:
    """How many calls about a ticket that began since then are not over."""
    living = (calls.c.ticket == ticket, calls.c.ended_at.is_(None), calls.c.started_at > since)
    return int(connection.execute(select(func.count()).select_from(calls).where(*living)).scalar_one())
