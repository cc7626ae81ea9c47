"""Legs that nobody wants any more: they are ended for sure, also when the carrier's API is down at that moment."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Since when an attempt's leg is to end."""
    op.add_column("attempts", sa.Column("unwanted_at", Instant(), nullable=True))
