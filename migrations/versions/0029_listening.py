"""Until when somebody who pressed a key may go on listening to a page."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Whoever listens just now has a minute after answering, as before."""
    op.add_column("attempts", sa.Column("listens_until", Instant()))
