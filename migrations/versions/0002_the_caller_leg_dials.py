"""The caller's own leg dials what the carrier's API refuses."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """When a caller came on hold, when the API refused an attempt, and when the caller's leg dialled it instead."""
    op.add_column("calls", sa.Column("on_hold_at", Instant(), nullable=True))
    op.add_column("attempts", sa.Column("refused_at", Instant(), nullable=True))
    op.add_column("attempts", sa.Column("dialled_at", Instant(), nullable=True))
