"""Round robin remembers whose turn it is, and wrong PINs are counted."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A ticket's place in its policy's round robin, and how many wrong PINs came in a row."""
    op.add_column("tickets", sa.Column("turn", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "pin_failures",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_pin_failures")),
    )
