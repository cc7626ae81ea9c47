"""The tables of announcements, and of the feed that some of them are read from."""

from sqlalchemy import JSON, Column, Integer, String, Table, Text

from ivr.store.tables import metadata
from ivr.store.types import Instant

announcements = Table(
    "announcements",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, index=True),
    Column("texts", JSON, nullable=False),
    Column("regions", JSON, nullable=False),
    Column("symptom", String(40)),
    Column("component", String(200), nullable=False, default=""),
    Column("good_until", Instant),
    Column("source", String(20), nullable=False),
    Column("reference", String(100), unique=True),
    Column("url", Text, nullable=False, default=""),
    Column("by", String(200), nullable=False),
    Column("ended_by", String(200), nullable=False, default=""),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)
"""One row an announcement. `reference` is the feed's id of one that was read there, `ended_by` who ended it by hand."""

feed_state = Table(
    "feed_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False),
    Column("etag", Text, nullable=False, default=""),
    Column("tried_at", Instant, nullable=False),
    Column("read_at", Instant),
    Column("error", Text, nullable=False, default=""),
    Column("entries", Integer, nullable=False, default=0),
    Column("spoken", Integer, nullable=False, default=0),
)
"""One row at most: when the feed was tried and read last, and what became of it."""
