"""When a ticket was answered first, which no dropped line and no handing over takes back."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tickets that somebody has were answered when they took them, which is read from there: filling in years of rows
    would keep the release that runs from all tickets meanwhile."""
    op.add_column("tickets", sa.Column("responded_at", Instant()))
