"""Bringing the database to the present shape: ours by Alembic, the durable engine's by its own."""

from functools import cache
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

import migrations

logger = structlog.get_logger()

FOLDER = Path(migrations.__file__).parent


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine) -> None:
    """Run what is missing. Safe to repeat; a database that a later release migrated is left as it is.

    Each migration is a transaction of its own, so that none holds the locks of those before it while a release runs.
    """
    with engine.begin() as connection:
        if is_current(connection):
            return
        if is_of_later_release(connection):
            logger.warning("the database was migrated by a later release: left as it is")
            return
        steps = missing_in(connection)
    for step in steps:
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), step)


def missing_in(connection: Connection) -> list[str]:
    """What brings a database to the present shape, one after the other; an empty one is brought there at once."""
    present = revision_of(connection)
    if present is None:
        return ["head"]
    later = ScriptDirectory.from_config(alembic_config()).iterate_revisions("head", present)
    return [script.revision for script in later][::-1]


def is_current(connection: Connection) -> bool:
    """Whether the database has the shape that this release expects."""
    return revision_of(connection) == head()


def is_of_later_release(connection: Connection) -> bool:
    """Whether a release migrated the database that knows more than this one."""
    return revision_of(connection) not in revisions() | {None}


def revision_of(connection: Connection) -> str | None:
    """The last migration that ran on a database; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def revisions() -> frozenset[str]:
    """Every migration that this release knows; their files are read once."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions())


@cache
def head() -> str | None:
    """The last migration that this release knows; their files are read once."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()
