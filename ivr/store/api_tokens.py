"""Tokens of the API: made once, kept as hashes, and good until they are revoked or over."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, or_, select, update

from ivr.store.api_tables import api_tokens

PREFIX = "nl_"
USED_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class ApiToken:
    """A token without its secret. Instants are UTC; `expires_at` None: it does not end by itself."""

    id: int
    name: str
    scopes: tuple[str, ...]
    by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None


def make_token(
    connection: Connection, name: str, scopes: Iterable[str], by: str, at: datetime, expires_at: datetime | None = None
) -> str:
    """Store a new token; returns its text, which is known only now."""
    secret = PREFIX + secrets.token_urlsafe(32)
    values = {"name": name, "scopes": sorted(scopes), "by": by, "created_at": at, "expires_at": expires_at}
    connection.execute(insert(api_tokens).values(key=_key(secret), **values))
    return secret


def token_behind(connection: Connection, secret: str, at: datetime) -> ApiToken | None:
    """The token of a text, as long as it is good; notes that it is used."""
    over = or_(api_tokens.c.expires_at.is_(None), api_tokens.c.expires_at > at)
    query = select(api_tokens).where(api_tokens.c.key == _key(secret), api_tokens.c.revoked_at.is_(None), over)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    if row["used_at"] is None or at - row["used_at"] > USED_EVERY:
        connection.execute(update(api_tokens).where(api_tokens.c.id == row["id"]).values(used_at=at))
    return _token(dict(row))


def list_tokens(connection: Connection) -> Sequence[ApiToken]:
    """All tokens that ever were, the newest first."""
    rows = connection.execute(select(api_tokens).order_by(api_tokens.c.id.desc())).mappings()
    return [_token(dict(row)) for row in rows]


def revoke_token(connection: Connection, id_: int, at: datetime) -> bool:
    """End a token at once; False when it had ended or never was."""
    living = (api_tokens.c.id == id_, api_tokens.c.revoked_at.is_(None))
    return connection.execute(update(api_tokens).where(*living).values(revoked_at=at)).rowcount == 1


def _key(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _token(row: dict[str, object]) -> ApiToken:
    del row["key"]
    return ApiToken(**{**row, "scopes": tuple(row["scopes"])})  # type: ignore[arg-type]
