"""Alerts of the monitoring; a ticket may have a problem in words and a policy of its own."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables, and two columns of tickets."""
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("fingerprint", sa.String(length=200), nullable=False),
        sa.Column("group", sa.String(length=400), nullable=False),
        sa.Column("class_of_service", sa.String(length=20), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("summary", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("serial", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("partner", sa.String(length=20), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=True),
        sa.Column("starts_at", Instant(), nullable=True),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("held_until", Instant(), nullable=True),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    for column in ("fingerprint", "group", "partner", "ticket", "last_at"):
        op.create_index(op.f(f"ix_alerts_{column}"), "alerts", [column])
    firing = sa.text("resolved_at IS NULL")
    op.create_index(
        "uq_alerts_firing", "alerts", ["fingerprint"], unique=True, sqlite_where=firing, postgresql_where=firing
    )
    op.create_table(
        "alert_posts",
        sa.Column("token", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_alert_posts")),
    )
    op.add_column("tickets", sa.Column("problem", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("tickets", sa.Column("policy", sa.String(length=60), nullable=False, server_default=""))
