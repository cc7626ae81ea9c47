"""When a try of a delivery began whose end nobody wrote down."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of tries that are under way just now nothing is known, as before."""
    op.add_column("deliveries", sa.Column("begun_at", Instant()))
