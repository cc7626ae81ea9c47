"""What partners say of a ticket once it is over."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "feedback",
        sa.Column("ticket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("to", sa.String(length=20), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("given_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name=op.f("fk_feedback_ticket"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_feedback")),
    )
    op.create_index(op.f("ix_feedback_to"), "feedback", ["to"])
