"""Room for sealed secrets."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Longer columns. SQLite holds no text to a length."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, name, length in (
        ("users", "totp_secret", 64),
        ("webhook_endpoints", "secret", 120),
        ("webhook_endpoints", "previous_secret", 120),
    ):
        op.alter_column(table, name, type_=sa.Text(), existing_type=sa.String(length=length))
