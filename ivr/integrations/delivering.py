"""Delivering: events become deliveries, each is tried until it is over, and every try is written down."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ivr.house import House
from ivr.integrations.facts import facts_of
from ivr.integrations.recipients import Recipients
from ivr.integrations.targets import Answer, Target, Verdict
from ivr.integrations.webhooks import WebhookTarget
from ivr.integrations.wire import ALL_SECONDS
from ivr.plain import plain
from ivr.store.audit import Author, record
from ivr.store.configuration import NotConfigured
from ivr.store.deliveries import (
    Delivery,
    DeliveryState,
    Try,
    add_delivery,
    ask_again,
    begin_try,
    drop_waiting,
    find_delivery,
    hasten,
    is_behind_another,
    next_behind,
    note_try,
    overdue,
    put_off,
)
from ivr.store.endpoints import KIND, Endpoint, disable_endpoint
from ivr.store.events import Event, new_events, relayed, write_test

logger = structlog.get_logger()

WAITS = tuple(
    timedelta(seconds=seconds) for seconds in (5, 60, 5 * 60, 30 * 60, 2 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
)
"""How long after each failure it is tried again; nobody tries after the last."""

AT_ONCE = 20
"""So many events are relayed by one transaction: a caller's write waits for no longer than that."""

STRANDED_AFTER = timedelta(minutes=2)
LOOKED_AT_AGAIN = timedelta(minutes=5)
UNNAMED_FOR = timedelta(days=3)
"""What waits longer for somebody whom the file does not name is dropped; till then another worker may know them."""

LONGEST_TRY = timedelta(seconds=ALL_SECONDS)
"""A try that began sooner may be under way, in a worker that only seems dead."""


def relay(house: House, recipients: Recipients) -> int:
    """Put new events into the queues of those who want them; returns how many events. Twice is once."""
    at = house.clock()
    with house.engine.begin() as connection:
        found = new_events(connection, AT_ONCE)
        if found:
            everybody = recipients.all(connection)
            for event in found:
                wanted = [one for one in everybody if one.wants(event, at)]
                _queue(house, connection, event, _bodies(house, connection, event, wanted), at)
            relayed(connection, [event.id for event in found], at)
    return len(found)


def _bodies(
    house: House, connection: Connection, event: Event, targets: Sequence[Target]
) -> list[tuple[Target, str | None]]:
    """What each is told of an event. One that cannot be told keeps no other from being told."""
    try:
        facts = facts_of(house, connection, event) if targets else {}
        return [(target, target.body(event, facts)) for target in targets]
    except (SQLAlchemyError, NotConfigured):
        raise
    except Exception:
        logger.exception("an event could not be told", happening=event.key)
        return []


def _queue(
    house: House, connection: Connection, event: Event, bodies: Sequence[tuple[Target, str | None]], at: datetime
) -> None:
    for target, body in bodies:
        id_ = add_delivery(connection, event, target.key, body, at) if body is not None else None
        if id_ is not None:
            house.pager.deliver(connection, f"deliver-{id_}-1", id_, 1, target.key, 0)


def attempt(house: House, recipients: Recipients, id_: int, number: int) -> None:
    """Try a delivery for the `number`th time; a try that is late, doubled or out of turn does nothing."""
    with house.engine.begin() as connection:
        one = find_delivery(connection, id_)
        if one is None or one.state is not DeliveryState.WAITING or one.attempts != number - 1:
            return
        target = recipients.find(connection, one.target)
        if target is None:
            _leave(connection, recipients, one, house.clock())
            return
        if not _begins(house, connection, target, one, house.clock()):
            return
    begun = time.monotonic()
    answer = _sent(house, target, one)
    with house.engine.begin() as connection:
        _settle(house, connection, target, one, answer, int((time.monotonic() - begun) * 1000))


def _leave(connection: Connection, recipients: Recipients, one: Delivery, at: datetime) -> None:
    """Nobody knows this recipient: a webhook that is gone, or one of the file, which another worker may have read."""
    until = at if one.target.startswith(KIND) else at - UNNAMED_FOR
    if recipients.are_known and one.created_at <= until:
        drop_waiting(connection, one.target, until, at, "This recipient is told no more.")
    else:
        put_off(connection, one.id, at + LOOKED_AT_AGAIN)


def _begins(house: House, connection: Connection, target: Target, one: Delivery, at: datetime) -> bool:
    """Write down that a try begins, unless it is not its turn, or one that was cut off began only just before."""
    if target.in_order and is_behind_another(connection, one):
        put_off(connection, one.id, at + LOOKED_AT_AGAIN)
        return False
    rests_until = one.begun_at and one.begun_at + max(target.patience, LONGEST_TRY) / house.settings.pace
    if rests_until and rests_until > at:
        put_off(connection, one.id, rests_until)
        _kick(house, connection, one, at, (rests_until - at).total_seconds())
        return False
    return begin_try(connection, one, at)


def _sent(house: House, target: Target, one: Delivery) -> Answer:
    try:
        return target.send(house, one)
    except Exception as error:
        # Neither the error's text nor its trace: both may hold what the request held.
        logger.error("a delivery broke", delivery=one.id, target=one.target, why=type(error).__name__)
        return Answer(Verdict.AGAIN, said=f"It broke on our side ({type(error).__name__}).")


def _settle(
    house: House, connection: Connection, target: Target, one: Delivery, answer: Answer, milliseconds: int
) -> None:
    at = house.clock()
    wait = _wait_after(one, answer, target.patience)
    tried = Try(one.attempts + 1, at, milliseconds, answer.status, plain(answer.said))
    if not note_try(connection, one, tried, **_standing(one, answer, wait, at)):
        return
    if wait is not None:
        seconds = wait.total_seconds() / house.settings.pace
        id_ = f"deliver-{one.id}-{tried.number + 1}"
        house.pager.deliver(connection, id_, one.id, tried.number + 1, one.target, seconds)
        return
    if answer.verdict is not Verdict.DELIVERED:
        logger.warning("a delivery failed", delivery=one.id, target=one.target, status=answer.status)
    if answer.verdict is Verdict.GONE and one.target.startswith(KIND):
        _disable(connection, one, at)
    follower = next_behind(connection, one) if target.in_order else None
    if follower is not None:
        _kick(house, connection, follower, at)


def _wait_after(one: Delivery, answer: Answer, patience: timedelta) -> timedelta | None:
    """How long until the next try; None when there is none."""
    if answer.verdict is not Verdict.AGAIN or one.failures >= len(WAITS):
        return None
    return max(WAITS[one.failures], answer.pause or timedelta(0), patience)


def _standing(one: Delivery, answer: Answer, wait: timedelta | None, at: datetime) -> dict[str, Any]:
    if answer.verdict is Verdict.DELIVERED:
        return {"state": DeliveryState.DELIVERED, "next_at": None, "done_at": at}
    if wait is None:
        return {"state": DeliveryState.FAILED, "failures": one.failures + 1, "next_at": None, "done_at": at}
    return {"failures": one.failures + 1, "next_at": at + wait}


def _disable(connection: Connection, one: Delivery, at: datetime) -> None:
    why, id_ = "It answered 410 Gone.", one.target.removeprefix(KIND)
    if disable_endpoint(connection, int(id_), at, why):
        record(connection, Author("Nightline", at, "worker"), "webhook", id_, None, None, action="disable", why=why)
        drop_waiting(connection, one.target, at, at, why)


def _kick(house: House, connection: Connection, one: Delivery, at: datetime, seconds: float = 0) -> None:
    id_ = f"deliver-{one.id}-{one.attempts + 1}-{int(at.timestamp() * 1000)}"
    house.pager.deliver(connection, id_, one.id, one.attempts + 1, one.target, seconds)


def again(house: House, connection: Connection, id_: int, at: datetime) -> bool:
    """Somebody wants a delivery tried now, whether it waits or is over; False when there is none."""
    one = find_delivery(connection, id_)
    if one is None:
        return False
    if not hasten(connection, id_, at):
        ask_again(connection, id_, at)
    _kick(house, connection, one, at)
    return True


def send_test(house: House, connection: Connection, endpoint: Endpoint, at: datetime) -> int:
    """Queue a message that says nothing but that it is a test; returns the delivery."""
    target = WebhookTarget(endpoint)
    event = write_test(connection, target.key, at)
    id_ = add_delivery(connection, event, target.key, target.body(event, {"test": True}), at)
    assert id_ is not None
    house.pager.deliver(connection, f"deliver-{id_}-1", id_, 1, target.key, 0)
    return id_


def rescue(house: House) -> int:
    """Take up deliveries whose time has long come though nobody is at them; returns how many."""
    at = house.clock()
    with house.engine.connect() as connection:
        stranded = overdue(connection, at - STRANDED_AFTER)
    for one in stranded:
        with house.engine.begin() as connection:
            put_off(connection, one.id, at + LOOKED_AT_AGAIN)
            _kick(house, connection, one, at)
    return len(stranded)
