"""What retention deleted, and callers' messages that are kept encrypted."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "retention_runs",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("before", Instant(), nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_retention_runs")),
    )
    op.create_index(op.f("ix_retention_runs_at"), "retention_runs", ["at"])
    op.create_table(
        "recording_audio",
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("left_carrier_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_recording_audio")),
    )
