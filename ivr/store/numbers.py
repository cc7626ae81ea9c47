"""Ticket numbers: counted up, skipping those that a standby has reserved."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, insert, select, update

from ivr.store.once import insert_once
from ivr.store.tables import counters, reserved_numbers

FIRST_TICKET = 1042
AHEAD = 1000
"""How far ahead of the counter numbers are reserved: nobody sees a gap."""


def next_ticket_number(connection: Connection) -> int:
    """Take the next number. Concurrent takers queue; a number is never handed out twice."""
    while True:
        number = _count_up(connection)
        reserved = select(reserved_numbers.c.number).where(reserved_numbers.c.number == number)
        if connection.execute(reserved).first() is None:
            return number


def reserve_numbers(connection: Connection, count: int) -> Sequence[int]:
    """Set numbers aside, for tickets that are opened while this database is away."""
    _begin_counting(connection)
    # The same row that takers update: two that reserve at once queue here.
    now = connection.execute(
        update(counters).where(counters.c.name == "ticket").values(value=counters.c.value).returning(counters.c.value)
    ).scalar_one()
    last = connection.execute(select(func.max(reserved_numbers.c.number))).scalar_one() or 0
    first = max(int(now) + AHEAD, last + 1)
    numbers = range(first, first + count)
    connection.execute(insert(reserved_numbers), [{"number": number} for number in numbers])
    return numbers


def _count_up(connection: Connection) -> int:
    _begin_counting(connection)
    taken = connection.execute(
        update(counters)
        .where(counters.c.name == "ticket")
        .values(value=counters.c.value + 1)
        .returning(counters.c.value)
    )
    return int(taken.scalar_one())


def _begin_counting(connection: Connection) -> None:
    insert_once(connection, counters, name="ticket", value=FIRST_TICKET - 1)
