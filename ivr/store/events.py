"""Events: written in the same transaction as what happened, once, and read by whoever passes them on."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from ivr.store.event_tables import UNRELAYED, events
from ivr.store.once import insert_new


class EventType(StrEnum):
    """What can happen that others are told of. Wire names: never rename one that a release had."""

    CALL_STARTED = "call.started"
    CALL_ENDED = "call.ended"
    TICKET_OPENED = "ticket.opened"
    TICKET_ACKNOWLEDGED = "ticket.acknowledged"
    TICKET_CHANGED = "ticket.changed"
    TICKET_RESOLVED = "ticket.resolved"
    TICKET_CLOSED = "ticket.closed"
    PAGE_STARTED = "page.started"
    PAGE_RINGING = "page.ringing"
    PAGE_ACCEPTED = "page.accepted"
    PAGE_DECLINED = "page.declined"
    PAGE_EXHAUSTED = "page.exhausted"
    ROTA_CHANGED = "rota.changed"


OF_TIMELINE: dict[str, tuple[EventType, ...]] = {
    "acknowledged": (EventType.TICKET_ACKNOWLEDGED, EventType.PAGE_ACCEPTED),
    "resolved": (EventType.TICKET_RESOLVED,),
    "closed": (EventType.TICKET_CLOSED,),
    "closed by itself": (EventType.TICKET_CLOSED,),
    "paging began": (EventType.PAGE_STARTED,),
    "ringing": (EventType.PAGE_RINGING,),
    "passed on": (EventType.PAGE_DECLINED,),
    "round over": (EventType.PAGE_EXHAUSTED,),
    "line dropped": (EventType.TICKET_CHANGED, EventType.PAGE_STARTED),
    "handed over": (EventType.TICKET_CHANGED, EventType.PAGE_STARTED),
}
"""What a line of a ticket's timeline is for others; any line that is not named here or below is `ticket.changed`."""

NOT_FOR_OTHERS = frozenset(
    {
        "opened",  # the ticket itself tells
        "phone",
        "level skipped",
        "engineer on the line",
        "caller joined",
        "caller's line ended",
        "standby",
        "paging began anew",
    }
)
"""Lines that only whoever reads the timeline needs."""

TEST = "webhook.test"

NEVER_PAGED = "acknowledged-0"
"""How the key of a line begins that says that a ticket was taken for which nobody was called."""


@dataclass(frozen=True)
class Event:
    """One happening. `at` is UTC; `id` counts up, not without gaps."""

    id: int
    key: str
    at: datetime
    type: str
    ticket: int | None
    call: str | None
    data: dict[str, Any]

    @property
    def name(self) -> str:
        """What others know it by: the same in every message about it, and in no other."""
        return "evt_" + hashlib.sha256(f"{self.key} {self.at.isoformat()}".encode()).hexdigest()[:32]


def tell_of_call(connection: Connection, type_: EventType, call: str, at: datetime) -> None:
    """A caller's call started or ended."""
    _write(connection, [_row(type_, call, at, call=call)])


def tell_of_ticket(connection: Connection, ticket: int, at: datetime) -> None:
    """A ticket was opened."""
    _write(connection, [_row(EventType.TICKET_OPENED, str(ticket), at, ticket=ticket)])


def tell_of_line(connection: Connection, ticket: int, line: str, at: datetime, event: str) -> None:
    """A line was added to a ticket's timeline: `line` is its key, `event` its words. One insert at most."""
    if event in NOT_FOR_OTHERS:
        return
    types = OF_TIMELINE.get(event, (EventType.TICKET_CHANGED,))
    if line.startswith(NEVER_PAGED):
        types = (EventType.TICKET_ACKNOWLEDGED,)
    data = {"change": event, "line": line}
    _write(connection, [_row(type_, f"{ticket}:{line}", at, ticket=ticket, data=data) for type_ in types])


def tell_of_rotas(connection: Connection, changes: Iterable[tuple[str, str]], by: str, at: datetime) -> None:
    """Rotas were changed: the key of each, and what was done (add, change, remove)."""
    rows = [
        _row(EventType.ROTA_CHANGED, f"{key}:{at.isoformat()}", at, data={"rota": key, "action": action, "by": by})
        for key, action in changes
    ]
    if rows:
        _write(connection, rows)


def write_test(connection: Connection, target: str, at: datetime) -> Event:
    """An event of the type `webhook.test`, for one recipient alone: nobody else gets it."""
    row = {"key": f"{TEST}:{target}:{uuid.uuid4().hex}", "at": at, "type": TEST, "data": {}, "relayed_at": at}
    made = connection.execute(insert(events).values(**row)).inserted_primary_key
    assert made is not None
    found = find_event(connection, int(made[0]))
    assert found is not None
    return found


def new_events(connection: Connection, limit: int) -> Sequence[Event]:
    """The oldest events that were not relayed yet; held, where the database can, from another worker that looks."""
    query = select(events).where(text(UNRELAYED)).order_by(events.c.id).limit(limit)
    rows = connection.execute(query.with_for_update(skip_locked=True)).mappings()
    return [_event(row) for row in rows]


def are_new(connection: Connection) -> bool:
    """Whether any event was not relayed yet."""
    return connection.execute(select(events.c.id).where(text(UNRELAYED)).limit(1)).first() is not None


def forget_events(connection: Connection, before: datetime) -> int:
    """Delete events that happened before an instant; returns how many."""
    return connection.execute(delete(events).where(events.c.at < before)).rowcount


def relayed(connection: Connection, ids: Iterable[int], at: datetime) -> None:
    """Whoever wants these events has them in their queue."""
    connection.execute(update(events).where(events.c.id.in_(list(ids))).values(relayed_at=at))


def find_event(connection: Connection, id_: int) -> Event | None:
    """One event by its id."""
    row = connection.execute(select(events).where(events.c.id == id_)).mappings().first()
    return _event(row) if row else None


def _row(
    type_: EventType,
    subject: str,
    at: datetime,
    *,
    ticket: int | None = None,
    call: str | None = None,
    data: dict[str, Any] | None = None,
) -> dict[str, Any]:
    key = f"{type_}:{subject}"[:240]
    return {"key": key, "at": at, "type": str(type_), "ticket": ticket, "call": call, "data": data or {}}


def _write(connection: Connection, rows: list[dict[str, Any]]) -> None:
    insert_new(connection, events, rows)


def _event(row: Any) -> Event:
    return Event(*(row[name] for name in ("id", "key", "at", "type", "ticket", "call", "data")))
