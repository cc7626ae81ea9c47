"""Indexes for the console's lists: newest first by each filter, what goes on now, and notes."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LISTS = {
    "tickets": ("opened_at", ("partner", "state", "region", "acknowledged_by", "caller")),
    "calls": ("started_at", ("region", "outcome", "partner", "caller_number")),
}


def upgrade() -> None:
    """One index a filter; partial ones for the few rows that are looked at every few seconds."""
    for table, (newest, columns) in LISTS.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}_{newest}", table, [column, newest])
    some("ix_tickets_critical", "tickets", ["state", "opened_at"], "class_of_service = 'critical'")
    some("ix_calls_living", "calls", ["started_at"], "ended_at IS NULL")
    some("ix_ticket_log_notes", "ticket_log", ["ticket"], "event = 'note'")
    op.create_index("ix_attempts_decided_at", "attempts", ["decided_at"])


def some(name: str, table: str, columns: list[str], where: str) -> None:
    """An index over the rows that a condition names."""
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
