"""Second factors: recovery codes, what browsers began, and how a session was signed in."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables, and three columns of sessions that the release before leaves empty."""
    op.add_column("sessions", sa.Column("way", sa.String(length=60), server_default="", nullable=False))
    op.add_column("sessions", sa.Column("address", sa.String(length=60), server_default="", nullable=False))
    op.add_column("sessions", sa.Column("is_strong", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("user", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name=op.f("fk_recovery_codes_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_user"), "recovery_codes", ["user"])
    op.create_table(
        "ceremonies",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("user", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name=op.f("fk_ceremonies_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_ceremonies")),
    )
    op.create_index(op.f("ix_ceremonies_user"), "ceremonies", ["user"])
    op.create_index(op.f("ix_ceremonies_expires_at"), "ceremonies", ["expires_at"])
