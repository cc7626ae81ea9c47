"""Calendar feeds, by the hash of the token in their address."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One row a feed: whose it is, who made and who may no longer read it, and what it last said."""
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("engineer", sa.String(length=60), nullable=True),
        sa.Column("rota", sa.String(length=60), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("last_read_at", Instant(), nullable=True),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
    )
    op.create_index(op.f("ix_calendar_feeds_engineer"), "calendar_feeds", ["engineer"])
    op.create_index(op.f("ix_calendar_feeds_rota"), "calendar_feeds", ["rota"])
