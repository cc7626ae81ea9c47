"""Setting up: phones that are checked, partners that wait to be imported, partners by whom they are referred to."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables and an index."""
    op.create_table(
        "phone_checks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("engineer", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("salt", sa.String(length=40), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("sid", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_checks")),
    )
    op.create_index(op.f("ix_phone_checks_sid"), "phone_checks", ["sid"])
    op.create_index("ix_phone_checks_phone_asked_at", "phone_checks", ["phone", "asked_at"])
    op.create_table(
        "partner_imports",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("user", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("removes", sa.Integer(), nullable=False),
        sa.Column("seen", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name=op.f("fk_partner_imports_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_partner_imports")),
    )
    op.create_index(op.f("ix_partner_imports_user"), "partner_imports", ["user"])
    op.create_index(op.f("ix_partners_refer_to"), "partners", ["refer_to"])
