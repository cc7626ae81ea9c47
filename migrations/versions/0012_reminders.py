"""Reminders of shifts and handoffs, and mail for those who cannot be texted."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What people were told of coming shifts, and the mail that goes out."""
    op.create_table(
        "reminders",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("rota", sa.String(length=60), nullable=False),
        sa.Column("engineer", sa.String(length=60), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("to", sa.String(length=254), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reminders")),
    )
    op.create_index("ix_reminders_engineer_starts_at", "reminders", ["engineer", "starts_at"])
    op.create_table(
        "mails",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("to", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_mails")),
    )
