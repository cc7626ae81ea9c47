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
from ivr.plain import plain
from ivr.store.audit import Author, record
from ivr.store.configuration import NotConfigured
from ivr.store.deliveries import (
    Delivery,
    DeliveryState,
    Try,
    add_delivery,
    ask_again,
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

AT_ONCE = 200
STRANDED_AFTER = timedelta(minutes=2)
LOOKED_AT_AGAIN = timedelta(minutes=5)


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
            drop_waiting(connection, one.target, house.clock(), "This recipient is told no more.")
            return
        if target.in_order and is_behind_another(connection, one):
            put_off(connection, id_, house.clock() + LOOKED_AT_AGAIN)
            return
    begun = time.monotonic()
    answer = _sent(house, target, one)
    with house.engine.begin() as connection:
        _settle(house, connection, target, one, answer, int((time.monotonic() - begun) * 1000))


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
        drop_waiting(connection, one.target, at, why)


def _kick(house: House, connection: Connection, one: Delivery, at: datetime) -> None:
    id_ = f"deliver-{one.id}-{one.attempts + 1}-{int(at.timestamp() * 1000)}"
    house.pager.deliver(connection, id_, one.id, one.attempts + 1, one.target, 0)


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
