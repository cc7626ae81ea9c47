"""Tickets of other systems: which of them is ours."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "desk_tickets",
        sa.Column("desk", sa.String(length=60), nullable=False),
        sa.Column("ticket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("linked_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("desk", "ticket", name=op.f("pk_desk_tickets")),
    )
