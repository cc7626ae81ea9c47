"""The API's table: the tokens that programs carry."""

from sqlalchemy import JSON, Column, Integer, String, Table

from ivr.store.tables import metadata
from ivr.store.types import Instant

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("by", String(200), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("used_at", Instant),
)
"""`key` is the hash of the token; `scopes` what it may do; `used_at` when it was last used, to the hour."""
