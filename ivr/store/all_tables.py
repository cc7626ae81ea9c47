"""Every table of the database, whichever module describes it: what migrations and backups look at."""

from ivr.store import (
    alert_tables,
    announcement_tables,
    api_tables,
    calendar_tables,
    console_tables,
    delivery_tables,
    desk_tables,
    event_tables,
    privacy_tables,
    rota_tables,
    setup_tables,
)
from ivr.store.tables import metadata

MODULES = (
    alert_tables,
    announcement_tables,
    api_tables,
    calendar_tables,
    console_tables,
    delivery_tables,
    desk_tables,
    event_tables,
    privacy_tables,
    rota_tables,
    setup_tables,
)
"""Imported for the tables that they add."""

__all__ = ["MODULES", "metadata"]
