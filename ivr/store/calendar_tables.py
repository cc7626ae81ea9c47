"""The tables of calendar feeds and of reminders."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from ivr.store.tables import metadata
from ivr.store.types import Instant

calendar_feeds = Table(
    "calendar_feeds",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("engineer", String(60), index=True),
    Column("rota", String(60), index=True),
    Column("created_at", Instant, nullable=False),
    Column("by", String(200), nullable=False),
    Column("revoked_at", Instant),
    Column("last_read_at", Instant),
    Column("mark", String(64), nullable=False, default=""),
    Column("sequence", Integer, nullable=False, default=0),
    Column("changed_at", Instant),
)
"""Addresses under which calendars read shifts, each of an engineer or of a rota. `id` is the hash of its token.

`mark` is a digest of what it last said, `sequence` how often that changed, `changed_at` when it last did.
"""

reminders = Table(
    "reminders",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("rota", String(60), nullable=False),
    Column("engineer", String(60), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("at", Instant, nullable=False),
    Column("to", String(254), nullable=False),
    Column("confirmed_at", Instant),
    Column("withdrawn_at", Instant),
    Index("ix_reminders_engineer_starts_at", "engineer", "starts_at"),
)
"""What engineers and managers were told of shifts, handoffs and gaps: `key` names the occasion and is the text's.

`ends_at` None: without an end in sight. `to` is the phone or the mail address. `withdrawn_at`: it is not so any more.
"""

mails = Table(
    "mails",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("to", String(254), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("status", String(20), nullable=False),
)
"""Mail to those who have no phone that may be texted. `key` names the occasion, so that each is sent once."""
