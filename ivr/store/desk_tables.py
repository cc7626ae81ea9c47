"""The ticket desk's tables: what engineers write down, related tickets, files, and what partners say afterwards."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from ivr.store.tables import metadata
from ivr.store.types import Instant

ticket_details = Table(
    "ticket_details",
    metadata,
    Column("ticket", ForeignKey("tickets.number", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("subject", String(200), nullable=False, default=""),
    Column("message", Text, nullable=False, default=""),
    Column("pbx_address", String(200), nullable=False, default=""),
    Column("wms_version", String(60), nullable=False, default=""),
    Column("firmware", String(60), nullable=False, default=""),
    Column("error", Text, nullable=False, default=""),
    Column("call_from", String(60), nullable=False, default=""),
    Column("call_to", String(60), nullable=False, default=""),
    Column("call_at", Instant),
    Column("version", Integer, nullable=False, default=0),
    Column("solved_by", String(20)),
    Column("solution", Text, nullable=False, default=""),
    Column("solved_at", Instant),
)
"""What article 17.7 asks for beside what the call told; `version` counts the edits of these fields.

`solved_by` is `resolution` or `workaround`, with its words and its instant.
"""

ticket_links = Table(
    "ticket_links",
    metadata,
    Column("ticket", ForeignKey("tickets.number", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("other", ForeignKey("tickets.number", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_ticket_links_other", "other"),
)
"""Tickets that belong together. `kind` follows: `ticket` came after `other` was closed; related: both ways."""

attachments = Table(
    "attachments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ticket", ForeignKey("tickets.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(80), nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", Instant, nullable=False),
)
"""Files that engineers add to a ticket. `kind` is the content type by name and contents, never the browser's."""

feedback = Table(
    "feedback",
    metadata,
    Column("ticket", ForeignKey("tickets.number", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("to", String(20), nullable=False, index=True),
    Column("asked_at", Instant, nullable=False),
    Column("stars", Integer),
    Column("comment", Text, nullable=False, default=""),
    Column("given_at", Instant),
)
"""What a partner was asked at the end of a ticket, once, and said, once."""
