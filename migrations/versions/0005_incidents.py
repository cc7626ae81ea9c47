"""Tickets that one page serves are one incident."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Whose page serves a ticket too, and when that engineer was told of it."""
    op.add_column("tickets", sa.Column("incident", sa.Integer(), nullable=True))
    op.add_column("tickets", sa.Column("told_at", Instant(), nullable=True))
    op.create_index(op.f("ix_tickets_incident"), "tickets", ["incident"])
