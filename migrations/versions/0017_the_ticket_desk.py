"""The ticket desk: what article 17.7 asks for, related tickets, files, and an index of response goals."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three tables beside the tickets, and an index."""
    op.create_table(
        "ticket_details",
        sa.Column("ticket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("pbx_address", sa.String(length=200), nullable=False),
        sa.Column("wms_version", sa.String(length=60), nullable=False),
        sa.Column("firmware", sa.String(length=60), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("call_from", sa.String(length=60), nullable=False),
        sa.Column("call_to", sa.String(length=60), nullable=False),
        sa.Column("call_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("solved_by", sa.String(length=20), nullable=True),
        sa.Column("solution", sa.Text(), nullable=False),
        sa.Column("solved_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket"], ["tickets.number"], name=op.f("fk_ticket_details_ticket"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_ticket_details")),
    )
    op.create_table(
        "ticket_links",
        sa.Column("ticket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("other", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket"], ["tickets.number"], name=op.f("fk_ticket_links_ticket"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["other"], ["tickets.number"], name=op.f("fk_ticket_links_other"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ticket", "other", name=op.f("pk_ticket_links")),
    )
    op.create_index("ix_ticket_links_other", "ticket_links", ["other"])
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name=op.f("fk_attachments_ticket"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_ticket"), "attachments", ["ticket"])
    op.create_index(op.f("ix_tickets_response_due_at"), "tickets", ["response_due_at"])
