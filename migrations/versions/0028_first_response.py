"""When a ticket was answered first, which no dropped line and no handing over takes back."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tickets that somebody has were answered when they took them; of those handed on before, nothing is known."""
    op.add_column("tickets", sa.Column("responded_at", Instant()))
    op.execute("UPDATE tickets SET responded_at = acknowledged_at")
