"""What a browser began and finishes in a later request: kept here, bound to a handle, good once and not for long."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from ivr.store.console_tables import ceremonies

LASTS = timedelta(minutes=10)
Data = dict[str, Any]


def begin(
    connection: Connection, purpose: str, handle: str, data: Data, at: datetime, *, user: int | None = None
) -> None:
    """Keep `data` under a handle for ten minutes; what was kept there before is gone, and so is all that is over."""
    key = _key(purpose, handle)
    connection.execute(delete(ceremonies).where((ceremonies.c.expires_at <= at) | (ceremonies.c.key == key)))
    connection.execute(insert(ceremonies).values(key=key, user=user, data=data, expires_at=at + LASTS))


def look(connection: Connection, purpose: str, handle: str, at: datetime) -> Data | None:
    """What is kept under a handle, and stays there."""
    found = connection.execute(select(ceremonies.c.data).where(_living(purpose, handle, at))).first()
    return dict(found.data) if found else None


def take(connection: Connection, purpose: str, handle: str, at: datetime, *, user: int | None = None) -> Data | None:
    """What is kept under a handle for this user (None: for nobody), once: of two who ask at once, one gets it."""
    whose = ceremonies.c.user.is_(None) if user is None else ceremonies.c.user == user
    found = connection.execute(
        delete(ceremonies).where(_living(purpose, handle, at), whose).returning(ceremonies.c.data)
    ).first()
    return dict(found.data) if found else None


def _living(purpose: str, handle: str, at: datetime) -> ColumnElement[bool]:
    return (ceremonies.c.key == _key(purpose, handle)) & (ceremonies.c.expires_at > at)


def _key(purpose: str, handle: str) -> str:
    return hashlib.sha256(f"{purpose} {handle}".encode()).hexdigest()
