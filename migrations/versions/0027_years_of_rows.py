"""Indexes for what workers, texts and metrics ask again and again, so that it costs the same after years."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Partial ones where only a few rows of many are asked for."""
    op.create_index("ix_tickets_state_acknowledged_at", "tickets", ["state", "acknowledged_at"])
    some("ix_tickets_untold", "tickets", ["incident"], "incident IS NOT NULL AND told_at IS NULL")
    some("ix_attempts_living", "attempts", ["decided_at"], "ended_at IS NULL")
    op.create_index("ix_messages_sid", "messages", ["sid"])
    op.create_index("ix_messages_to_at", "messages", ["to", "at"])
    some("ix_messages_waiting", "messages", ["at"], "status = 'waiting'")


def some(name: str, table: str, columns: list[str], where: str) -> None:
    """An index over the rows that a condition names."""
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
