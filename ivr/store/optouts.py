"""Phones whose owners want no texts."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from ivr.store.once import insert_once
from ivr.store.tables import opted_out


def stop_texts(connection: Connection, phone: str, at: datetime) -> bool:
    """Send no texts to this phone (E.164) from now on; True when that is new."""
    return insert_once(connection, opted_out, phone=phone, at=at)


def start_texts(connection: Connection, phone: str) -> None:
    """Texts may be sent to this phone again."""
    connection.execute(delete(opted_out).where(opted_out.c.phone == phone))


def wants_no_texts(connection: Connection, phone: str) -> bool:
    """Whether the owner of this phone stopped texts."""
    return connection.execute(select(opted_out.c.phone).where(opted_out.c.phone == phone)).first() is not None


def stopped_phones(connection: Connection) -> frozenset[str]:
    """All phones that get no texts."""
    return frozenset(connection.execute(select(opted_out.c.phone)).scalars())
