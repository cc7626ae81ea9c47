"""The set-up's own tables: phones that are checked, partners that wait to be imported, recordings of prompts."""

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from ivr.store.tables import metadata
from ivr.store.types import Instant

phone_checks = Table(
    "phone_checks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("engineer", String(60), nullable=False),
    Column("phone", String(20), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("salt", String(40), nullable=False),
    Column("code_hash", String(64), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", String(200), nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("status", String(20), nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Column("sid", String(64), index=True),
    Column("confirmed_at", Instant),
    Index("ix_phone_checks_phone_asked_at", "phone", "asked_at"),
)
"""One row a code or a test. `kind` is code or test, `channel` call or text, `sid` the carrier's call or text.

The code is not here: `salt` and a secret of the service make it, `code_hash` tells whether what was typed is it.
"""

partner_imports = Table(
    "partner_imports",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("user", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("name", String(200), nullable=False),
    Column("removes", Integer, nullable=False),
    Column("seen", String(64), nullable=False),
    Column("rows", JSON, nullable=False),
)
"""A CSV that was shown and waits for its yes: partners as they are stored, PINs hashed; `seen` is what was shown."""

prompt_audio = Table(
    "prompt_audio",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("body", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("uploaded_at", Instant, nullable=False),
    Column("uploaded_by", String(200), nullable=False),
)
"""Recordings of prompts, named for what is in them, so that none ever changes. `body` is base64, for backups."""
