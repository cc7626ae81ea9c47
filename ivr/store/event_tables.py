"""The table of events: what happened to calls, tickets, pages and rotas, for everybody who is told of it."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table, text

from ivr.store.tables import metadata
from ivr.store.types import Instant

UNRELAYED = "relayed_at IS NULL"
"""What the index of new events is over. A query must say it in these words to be answered from it."""

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(240), nullable=False, unique=True),
    Column("at", Instant, nullable=False, index=True),
    Column("type", String(40), nullable=False),
    Column("ticket", Integer, index=True),
    Column("call", String(64), index=True),
    Column("data", JSON, nullable=False),
    Column("relayed_at", Instant),
    Index("ix_events_new", "id", sqlite_where=text(UNRELAYED), postgresql_where=text(UNRELAYED)),
)
"""One row a happening, written with it and never changed. `key` names it, so that it is one row however often it is
told; `data` says the little that other tables do not, and no telephone number. `relayed_at` is the worker's mark that
whoever wants it has it in their queue."""
