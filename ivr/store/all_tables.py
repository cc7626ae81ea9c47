"""Every table of the database, whichever module describes it: what migrations and backups look at."""

from importlib import import_module

from ivr.store.tables import metadata

MODULES = tuple(
    import_module(f"ivr.store.{name}_tables")
    for name in (
        "alert",
        "announcement",
        "api",
        "calendar",
        "console",
        "delivery",
        "desk",
        "event",
        "privacy",
        "rota",
        "setup",
    )
)
"""Imported for the tables that they add."""

__all__ = ["MODULES", "metadata"]
