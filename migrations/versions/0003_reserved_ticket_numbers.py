"""Ticket numbers are set aside for the standby."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The numbers that a standby may use while this database is away."""
    op.create_table(
        "reserved_numbers",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_reserved_numbers")),
    )
