"""Bringing a database of an older release to the present shape while that release runs."""

from collections.abc import Callable

import pytest
from alembic import command
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from ivr.commands.database import migrated
from ivr.store.engine import connect
from ivr.store.migrate import alembic_config, head, is_current, migrate, revision_of

BEFORE = "0027"

SLOW = """
create function takes_long() returns event_trigger language plpgsql as
'begin if current_query() like ''%responded_at%'' then perform pg_sleep(5); end if; end';
create event trigger takes_long on ddl_command_start when tag in ('ALTER TABLE') execute function takes_long();
"""


@pytest.fixture
def older(make_database: Callable[[str], str]) -> Engine:
    """A PostgreSQL in the shape of an older release."""
    engine = connect(make_database("postgresql"))
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), BEFORE)
    return engine


def do(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


def shape_of(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return revision_of(connection)


def test_a_migration_may_take_longer_than_a_caller_may_wait(older: Engine) -> None:
    do(older, SLOW)
    migrated(older.url.render_as_string(hide_password=False))
    assert shape_of(older) == head()
    older.dispose()


def test_each_migration_stands_once_it_is_done_and_lets_go_of_its_locks(older: Engine) -> None:
    do(older, "alter table attempts add column listens_until timestamp")
    with pytest.raises(ProgrammingError, match="listens_until"):
        migrate(older)
    assert shape_of(older) == "0028"
    do(older, "alter table attempts drop column listens_until")
    migrate(older)
    with older.connect() as connection:
        assert is_current(connection)
    older.dispose()
