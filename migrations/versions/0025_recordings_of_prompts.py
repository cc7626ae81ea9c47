"""Recordings of prompts."""

import sqlalchemy as sa
from alembic import op

from ivr.store.types import Instant

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table beside the configuration, which names them."""
    op.create_table(
        "prompt_audio",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("uploaded_at", Instant(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_prompt_audio")),
    )
