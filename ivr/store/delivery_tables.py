"""The tables of what goes out: where webhooks go, what is to be delivered to whom, and each try."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from ivr.store.tables import metadata
from ivr.store.types import Instant

endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("url", Text, nullable=False),
    Column("description", String(200), nullable=False, default=""),
    Column("types", JSON, nullable=False),
    Column("with_numbers", Boolean, nullable=False, default=False),
    Column("secret", String(120).with_variant(Text(), "postgresql"), nullable=False),
    Column("previous_secret", String(120).with_variant(Text(), "postgresql"), nullable=False, default=""),
    Column("previous_until", Instant),
    Column("by", String(200), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    Column("disabled_why", String(200), nullable=False, default=""),
)
"""Where signed webhooks go. `types`: which events, empty for all; `with_numbers`: telephone numbers are not masked;
the previous secret signs too until `previous_until`. Secrets are sealed where the
environment has a key (`ivr/sealing.py`)."""

WAITING = "state = 'waiting'"
"""What the index of deliveries that are not over is over. A query must say it in these words."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("event", Integer, nullable=False, index=True),
    Column("target", String(80), nullable=False),
    Column("name", String(60), nullable=False),
    Column("type", String(40), nullable=False),
    Column("ticket", Integer, index=True),
    Column("body", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("failures", Integer, nullable=False, default=0),
    Column("next_at", Instant),
    Column("created_at", Instant, nullable=False, index=True),
    Column("done_at", Instant),
    Column("status", Integer),
    Column("said", Text, nullable=False, default=""),
    Column("begun_at", Instant),
    UniqueConstraint("event", "target"),
    Index("ix_deliveries_target", "target", "id"),
    Index("ix_deliveries_waiting", "next_at", sqlite_where=text(WAITING), postgresql_where=text(WAITING)),
)
"""One row an event and recipient. `name` is the event's; `body` what is sent, the same at every try; `failures` counts
those since it was first or last asked for, `attempts` all; `status` and `said` are the last answer's; `begun_at` is
when a try began whose end is not written down: it is under way, or was cut off."""

delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    Column("delivery", ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("status", Integer),
    Column("said", Text, nullable=False, default=""),
)
"""Each try of a delivery, with what was answered: the HTTP status, None when there was no answer, and a short text."""

desk_tickets = Table(
    "desk_tickets",
    metadata,
    Column("desk", String(60), primary_key=True),
    Column("ticket", Integer, primary_key=True, autoincrement=False),
    Column("id", String(60), nullable=False),
    Column("number", String(60), nullable=False),
    Column("url", Text, nullable=False),
    Column("linked_at", Instant, nullable=False),
)
"""Which ticket of another system is ours: the id that its API wants, the number that people know, and its page."""
