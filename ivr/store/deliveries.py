"""Deliveries: what is to be told to whom, how often that was tried, and what was answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, text, update

from ivr.store import delivery_tables
from ivr.store.delivery_tables import deliveries, delivery_attempts
from ivr.store.events import Event
from ivr.store.once import insert_once

LONGEST_ANSWER = 500


class DeliveryState(StrEnum):
    """Where a delivery stands. `failed`: nobody tries any more; `dropped`: its recipient wants nothing now."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Delivery:
    """One event for one recipient. Instants are UTC; `next_at` is when it is tried next.

    `begun_at` is when a try began whose end is not known: it is under way, or was cut off.
    """

    id: int
    event: int
    target: str
    name: str
    type: str
    ticket: int | None
    body: str
    state: DeliveryState
    attempts: int
    failures: int
    next_at: datetime | None
    created_at: datetime
    done_at: datetime | None
    status: int | None
    said: str
    begun_at: datetime | None

    @property
    def tried_before(self) -> bool:
        """Whether they may have been told already."""
        return self.attempts > 0 or self.begun_at is not None


@dataclass(frozen=True)
class Try:
    """One try of a delivery: what was answered, and how long it took."""

    number: int
    at: datetime
    milliseconds: int
    status: int | None
    said: str


def add_delivery(connection: Connection, event: Event, target: str, body: str, at: datetime) -> int | None:
    """Something is to be delivered, from `at` on; its id, or None when that is known."""
    row = {"event": event.id, "target": target, "name": event.name, "type": event.type, "ticket": event.ticket}
    state = {"state": str(DeliveryState.WAITING), "attempts": 0, "failures": 0, "next_at": at, "created_at": at}
    if not insert_once(connection, deliveries, **row, **state, body=body):
        return None
    mine = (deliveries.c.event == event.id, deliveries.c.target == target)
    return int(connection.execute(select(deliveries.c.id).where(*mine)).scalar_one())


def find_delivery(connection: Connection, id_: int) -> Delivery | None:
    """One delivery by its id."""
    row = connection.execute(select(deliveries).where(deliveries.c.id == id_)).mappings().first()
    return _delivery(row) if row else None


def is_behind_another(connection: Connection, one: Delivery) -> bool:
    """Whether an earlier delivery about the same ticket to the same recipient is not over."""
    mine = (deliveries.c.target == one.target, deliveries.c.ticket == one.ticket, deliveries.c.id < one.id)
    waiting = (*mine, deliveries.c.state == DeliveryState.WAITING)
    return connection.execute(select(deliveries.c.id).where(*waiting).limit(1)).first() is not None


def next_behind(connection: Connection, one: Delivery) -> Delivery | None:
    """The next delivery about the same ticket to the same recipient that waits for this one."""
    mine = (deliveries.c.target == one.target, deliveries.c.ticket == one.ticket, deliveries.c.id > one.id)
    waiting = (*mine, deliveries.c.state == DeliveryState.WAITING)
    row = connection.execute(select(deliveries).where(*waiting).order_by(deliveries.c.id).limit(1)).mappings().first()
    return _delivery(row) if row else None


def begin_try(connection: Connection, one: Delivery, at: datetime) -> bool:
    """Write down that a try begins, before anything is sent; False when it stands otherwise than it was read."""
    same = (deliveries.c.state == one.state, deliveries.c.attempts == one.attempts)
    still = (deliveries.c.id == one.id, *same, deliveries.c.begun_at.is_not_distinct_from(one.begun_at))
    return connection.execute(update(deliveries).where(*still).values(begun_at=at)).rowcount == 1


def note_try(connection: Connection, one: Delivery, tried: Try, **values: Any) -> bool:
    """Write down a try and where the delivery stands after it; False when somebody else wrote that try."""
    said = tried.said[:LONGEST_ANSWER]
    still = (deliveries.c.id == one.id, deliveries.c.attempts == tried.number - 1)
    more = {"attempts": tried.number, "status": tried.status, "said": said, "begun_at": None, **values}
    if connection.execute(update(deliveries).where(*still).values(**more)).rowcount != 1:
        return False
    row = {**tried.__dict__, "said": said, "delivery": one.id}
    connection.execute(insert(delivery_attempts).values(**row))
    return True


def ask_again(connection: Connection, id_: int, at: datetime) -> bool:
    """Somebody wants a delivery tried again now, as from the first time; False when it waits anyway."""
    over = (deliveries.c.id == id_, deliveries.c.state != DeliveryState.WAITING)
    values = {"state": DeliveryState.WAITING, "failures": 0, "next_at": at, "done_at": None}
    return connection.execute(update(deliveries).where(*over).values(**values)).rowcount == 1


def hasten(connection: Connection, id_: int, at: datetime) -> bool:
    """A delivery that waits is tried now; False when it is over."""
    waiting = (deliveries.c.id == id_, deliveries.c.state == DeliveryState.WAITING)
    return connection.execute(update(deliveries).where(*waiting).values(next_at=at)).rowcount == 1


def put_off(connection: Connection, id_: int, until: datetime) -> None:
    """A delivery that waits is looked at later."""
    connection.execute(update(deliveries).where(deliveries.c.id == id_).values(next_at=until))


def drop_waiting(connection: Connection, target: str, until: datetime, at: datetime, why: str) -> int:
    """A recipient wants nothing any more: what waits since `until` or longer is not sent; returns how many."""
    mine = (deliveries.c.target == target, deliveries.c.created_at <= until)
    waiting = (*mine, deliveries.c.state == DeliveryState.WAITING)
    values = {"state": DeliveryState.DROPPED, "next_at": None, "done_at": at, "said": why}
    return connection.execute(update(deliveries).where(*waiting).values(**values)).rowcount


def overdue(connection: Connection, before: datetime, limit: int = 100) -> Sequence[Delivery]:
    """Deliveries that should have been tried before an instant, the longest first: nobody seems to be at it."""
    query = select(deliveries).where(text(delivery_tables.WAITING), deliveries.c.next_at < before)
    return [_delivery(row) for row in connection.execute(query.order_by(deliveries.c.next_at).limit(limit)).mappings()]


@dataclass(frozen=True)
class Wanted:
    """Which deliveries are asked for; empty asks for nothing. `target` may end in a colon: all of that kind."""

    target: str = ""
    state: str = ""
    type: str = ""
    ticket: int | None = None


def list_deliveries(
    connection: Connection, wanted: Wanted, before_id: int | None = None, limit: int = 50
) -> Sequence[Delivery]:
    """The newest deliveries, newest first, older than one of them."""
    query = select(deliveries).order_by(deliveries.c.id.desc()).limit(limit)
    for column, value in ((deliveries.c.state, wanted.state), (deliveries.c.type, wanted.type)):
        query = query.where(column == value) if value else query
    if wanted.target:
        one, kind = deliveries.c.target == wanted.target, deliveries.c.target.startswith(wanted.target, autoescape=True)
        query = query.where(kind if wanted.target.endswith(":") else one)
    if wanted.ticket is not None:
        query = query.where(deliveries.c.ticket == wanted.ticket)
    if before_id is not None:
        query = query.where(deliveries.c.id < before_id)
    return [_delivery(row) for row in connection.execute(query).mappings()]


def tries_of(connection: Connection, id_: int) -> Sequence[Try]:
    """Every try of a delivery, the first one first."""
    columns = [delivery_attempts.c[name] for name in ("number", "at", "milliseconds", "status", "said")]
    query = select(*columns).where(delivery_attempts.c.delivery == id_).order_by(delivery_attempts.c.number)
    return [Try(*row) for row in connection.execute(query)]


def counts_of(connection: Connection, since: datetime) -> Mapping[str, Mapping[str, int]]:
    """How many deliveries there were since an instant, by recipient and state."""
    columns = (deliveries.c.target, deliveries.c.state)
    query = select(*columns, func.count()).where(deliveries.c.created_at >= since).group_by(*columns)
    found: dict[str, dict[str, int]] = {}
    for target, state, count in connection.execute(query):
        found.setdefault(target, {})[state] = count
    return found


def forget_deliveries(connection: Connection, before: datetime) -> int:
    """Delete deliveries that were queued before an instant and are over, with their tries; returns how many."""
    old = (deliveries.c.created_at < before, deliveries.c.state != DeliveryState.WAITING)
    tries = delivery_attempts.c.delivery.in_(select(deliveries.c.id).where(*old))
    connection.execute(delete(delivery_attempts).where(tries))
    return connection.execute(delete(deliveries).where(*old)).rowcount


def _delivery(row: RowMapping) -> Delivery:
    values = dict(row)
    values["state"] = DeliveryState(values["state"])
    return Delivery(**values)
