"""Tables beside the rotas: swaps that engineers ask for, and leave."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from ivr.store.tables import metadata
from ivr.store.types import Instant

swaps = Table(
    "swaps",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("rota", String(60), nullable=False),
    Column("asker", String(60), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("state", String(20), nullable=False),
    Column("taker", String(60), nullable=False, default=""),
    Column("return_starts_at", Instant),
    Column("return_ends_at", Instant),
    Column("note", Text, nullable=False, default=""),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index("ix_swaps_state_ends_at", "state", "ends_at"),
)
"""One row a swap; rota, asker and taker are keys. The return hours are what the asker takes for it, if anything."""

absences = Table(
    "absences",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("engineer", String(60), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False, index=True),
    Column("note", Text, nullable=False, default=""),
    Column("by", String(200), nullable=False),
    Column("created_at", Instant, nullable=False),
)
"""One row a leave; `engineer` is a key, `by` who entered it."""
