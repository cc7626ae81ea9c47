"""Events: what happened, for everybody who is told of it."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table; the release before writes nothing into it."""
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=240), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=True),
        sa.Column("call", sa.String(length=64), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("relayed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("key", name=op.f("uq_events_key")),
    )
    op.create_index(op.f("ix_events_at"), "events", ["at"])
    op.create_index(op.f("ix_events_ticket"), "events", ["ticket"])
    op.create_index(op.f("ix_events_call"), "events", ["call"])
    new = sa.text("relayed_at IS NULL")
    op.create_index("ix_events_new", "events", ["id"], sqlite_where=new, postgresql_where=new)
