"""The tables of the monitoring's alerts."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text, text

from ivr.store.tables import metadata
from ivr.store.types import Instant

FIRING = "resolved_at IS NULL"

alerts = Table(
    "alerts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("fingerprint", String(200), nullable=False, index=True),
    Column("group", String(400), nullable=False, index=True),
    Column("class_of_service", String(20), nullable=False),
    Column("rule", String(60), nullable=False),
    Column("summary", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("labels", JSON, nullable=False),
    Column("serial", String(200), nullable=False),
    Column("country", String(2), nullable=False),
    Column("partner", String(20), nullable=False, index=True),
    Column("ticket", Integer, index=True),
    Column("starts_at", Instant),
    Column("first_at", Instant, nullable=False),
    Column("told_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False, index=True),
    Column("times", Integer, nullable=False),
    Column("held_until", Instant),
    Column("resolved_at", Instant),
    Index(
        "uq_alerts_firing",
        "fingerprint",
        unique=True,
        sqlite_where=text(FIRING),
        postgresql_where=text(FIRING),
    ),
)
"""One row each time that an alert fires. Of one fingerprint at most one row is not resolved.

`told_at` is when its ticket was told of it first; `held_until`: it fired again too soon, and its ticket is opened then.
"""

alert_posts = Table(
    "alert_posts",
    metadata,
    Column("token", Integer, primary_key=True, autoincrement=False),
    Column("minute", Integer, nullable=False),
    Column("posts", Integer, nullable=False),
)
"""How often a token posted alerts in the minute (since 1970) in which it did last."""
