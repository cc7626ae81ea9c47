"""What limits go by: how often somebody called, and how many PINs were wrong in a row."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from ivr.store.once import insert_once
from ivr.store.tables import calls, pin_failures
from routing.pins import FORGOTTEN_AFTER, FREE_TRIES, rests_until

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def calls_from(connection: Connection, caller: str, since: datetime) -> int:
    """How many calls of a number (E.164) nobody recognised began since then."""
    return _count(connection, calls.c.caller_number == caller, since)


def strangers_on(connection: Connection, called: str, since: datetime) -> int:
    """How many calls that nobody recognised began on one of our numbers since then."""
    return _count(connection, calls.c.called == called, since)


def _count(connection: Connection, where: ColumnElement[bool], since: datetime) -> int:
    query = select(func.count()).select_from(calls)
    return int(
        connection.execute(query.where(where, calls.c.partner.is_(None), calls.c.started_at >= since)).scalar_one()
    )


def pin_rests(connection: Connection, keys: Iterable[str], at: datetime, free: int = FREE_TRIES) -> bool:
    """Whether any of these has to wait before its next PIN, of which so many may be wrong, is looked at."""
    query = select(pin_failures.c.failures, pin_failures.c.last_at).where(
        pin_failures.c.key.in_(list(keys)), pin_failures.c.last_at > at - FORGOTTEN_AFTER
    )
    waits = (rests_until(row.failures, row.last_at, free) for row in connection.execute(query))
    return any(until is not None and until > at for until in waits)


def pin_was_wrong(connection: Connection, keys: Iterable[str], at: datetime) -> None:
    """Count a wrong PIN for each of these."""
    connection.execute(delete(pin_failures).where(pin_failures.c.last_at <= at - FORGOTTEN_AFTER))
    for key in keys:
        if not insert_once(connection, pin_failures, key=key, failures=1, last_at=at):
            more = {"failures": pin_failures.c.failures + 1, "last_at": at}
            connection.execute(update(pin_failures).where(pin_failures.c.key == key).values(**more))


def wrong_pins(connection: Connection, key: str) -> int:
    """How many wrong PINs are counted under a key."""
    query = select(pin_failures.c.failures).where(pin_failures.c.key == key)
    return connection.execute(query).scalar_one_or_none() or 0


def pin_was_right(connection: Connection, keys: Iterable[str]) -> None:
    """Whoever knows the PIN starts anew."""
    connection.execute(delete(pin_failures).where(pin_failures.c.key.in_(list(keys))))
