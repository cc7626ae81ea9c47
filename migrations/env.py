"""Alembic's entry: runs the numbered migrations on the connection that it is handed."""

from alembic import context

from ivr.store.all_tables import metadata
from ivr.store.types import Instant


def short_name(kind: str, column_type: object, _context: object) -> str | bool:
    """Our own column type by its own name in generated migrations."""
    return "Instant()" if kind == "type" and isinstance(column_type, Instant) else False


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_item=short_name)
with context.begin_transaction():
    context.run_migrations()
