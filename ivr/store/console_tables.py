"""The console's tables: who may sign in, who is signed in, and what was changed by whom."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, false

from ivr.store.tables import metadata
from ivr.store.types import Instant

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("login", String(120), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("engineer", String(60)),
    Column("password_hash", String(200), nullable=False, default=""),
    Column("totp_secret", String(64).with_variant(Text(), "postgresql")),
    Column("totp_step", Integer),
    Column("subject", String(300), unique=True),
    Column("zone", String(60), nullable=False, default=""),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)
"""One row a person who may sign in. `login` is in lower case; `engineer` is the key of the engineer they are.

`password_hash` is empty when they sign in elsewhere; `totp_secret` is sealed where the environment has a key;
`totp_step` is the last time step whose code was used; `subject` is the OpenID provider's issuer and subject; `zone`
is the clock that they read, empty for the default region's.
"""

sessions = Table(
    "sessions",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("user", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("is_complete", Boolean, nullable=False),
    Column("agent", String(200), nullable=False, default=""),
    Column("way", String(60), nullable=False, default="", server_default=""),
    Column("address", String(60), nullable=False, default="", server_default=""),
    Column("is_strong", Boolean, nullable=False, default=False, server_default=false()),
)
"""Who is signed in: `key` is the hash of what the cookie holds. Not complete: the second factor is still asked for.

`way` says in words how they signed in, `address` from where; strong: by two factors, here or at the provider.
"""

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", String(400), primary_key=True),
    Column("user", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(80), nullable=False),
    Column("public_key", Text, nullable=False),
    Column("uses", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant),
)
"""Passkeys by credential id, both in URL-safe base64; `uses` is the authenticator's own counter."""

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("user", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("hash", String(64), nullable=False),
    Column("used_at", Instant),
)
"""Codes that stand in once for a second factor that was lost: 80 random bits each, so that a plain hash is enough."""

ceremonies = Table(
    "ceremonies",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("user", ForeignKey("users.id", ondelete="CASCADE"), index=True),
    Column("data", JSON, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)
"""What a browser began and has not finished: a passkey's challenge, an authenticator's secret before its first code, a
sign-in at the OpenID provider. `key` is the hash of purpose and handle; a row is taken once, and soon over."""

changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False, index=True),
    Column("by", String(200), nullable=False),
    Column("source", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("key", String(120), nullable=False),
    Column("action", String(20), nullable=False),
    Column("before", JSON),
    Column("after", JSON),
    Column("why", Text, nullable=False, default=""),
    Index("ix_changes_kind_key", "kind", "key"),
)
"""The audit: one row a change, with the item as it is stored, before and after. Rows stay."""
