"""A room that was left is known as such to every caller of its ticket."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """When the conversation of an engineer's leg was over, though the leg may still be reported as alive."""
    op.add_column("attempts", sa.Column("left_at", Instant(), nullable=True))
