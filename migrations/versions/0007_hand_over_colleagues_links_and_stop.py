"""Hand-over, colleagues, links in texts, and phones that want no texts."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An engineer who paused, a colleague who is asked, a link that was used, and whoever texted STOP."""
    op.add_column("attempts", sa.Column("paused_at", Instant(), nullable=True))
    op.add_column("attempts", sa.Column("helps", sa.String(length=60), nullable=True))
    op.add_column("attempts", sa.Column("link_used_at", Instant(), nullable=True))
    op.create_table(
        "opted_out",
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("phone", name=op.f("pk_opted_out")),
    )
