"""The tables of privacy: what retention deleted, and callers' messages that are kept here, encrypted."""

from sqlalchemy import Column, Integer, String, Table, Text

from ivr.store.tables import metadata
from ivr.store.types import Instant

retention_runs = Table(
    "retention_runs",
    metadata,
    Column("key", String(60), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("by", String(200), nullable=False),
    Column("before", Instant, nullable=False),
    Column("deleted", Integer),
    Column("detail", Text, nullable=False),
)
"""One row for each kind of data and run; `key` names the day, so that of many workers one does it. `deleted` is None
until it is done; `detail` says what could not be."""

recording_audio = Table(
    "recording_audio",
    metadata,
    Column("sid", String(64), primary_key=True),
    Column("kind", String(60), nullable=False),
    Column("sealed", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("left_carrier_at", Instant),
)
"""A caller's message as it is kept here: encrypted (Fernet). `left_carrier_at`: when it was deleted there."""
