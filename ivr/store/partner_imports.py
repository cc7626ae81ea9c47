"""Imports of partners that were shown and wait for their yes: in the database, so that any process can go on."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select

from ivr.store.setup_tables import partner_imports

WAITS = timedelta(hours=1)


@dataclass(frozen=True)
class WaitingImport:
    """An import by whoever uploaded it. `seen` is the fingerprint of what was shown."""

    key: str
    user: int
    at: datetime
    name: str
    removes: bool
    seen: str
    rows: Sequence[dict[str, Any]]


def keep_import(
    connection: Connection, *, user: int, at: datetime, name: str, removes: bool, seen: str, rows: Sequence[Any]
) -> str:
    """Keep an import for an hour; returns its key. Those that are older, and the same person's last one, go."""
    old = or_(partner_imports.c.at <= at - WAITS, partner_imports.c.user == user)
    connection.execute(delete(partner_imports).where(old))
    key = secrets.token_urlsafe(24)
    values = {"user": user, "at": at, "name": name[:200], "removes": int(removes), "seen": seen, "rows": list(rows)}
    connection.execute(insert(partner_imports).values(key=key, **values))
    return key


def find_import(connection: Connection, key: str, user: int, at: datetime) -> WaitingImport | None:
    """The import with this key, for whoever uploaded it."""
    own = (partner_imports.c.key == key, partner_imports.c.user == user, partner_imports.c.at > at - WAITS)
    row = connection.execute(select(partner_imports).where(*own)).mappings().first()
    return WaitingImport(**{**row, "removes": bool(row["removes"])}) if row else None


def drop_import(connection: Connection, key: str) -> bool:
    """It was carried out, or is not wanted; True when it was still there: of two at once one is first."""
    gone = delete(partner_imports).where(partner_imports.c.key == key).returning(partner_imports.c.key)
    return connection.execute(gone).first() is not None
