"""What the durable engine is told of a database that is away."""

from pathlib import Path

import pytest
from dbos._utils import retriable_postgres_exception
from sqlalchemy.exc import OperationalError

from ivr.store.engine import connect


def test_the_durable_engine_waits_for_a_database_that_cannot_be_reached(tmp_path: Path) -> None:
    engine = connect(f"postgresql+psycopg://postgres:@/postgres?host={tmp_path}")
    with pytest.raises(OperationalError) as away:
        engine.connect()
    assert away.value.connection_invalidated
    assert retriable_postgres_exception(away.value)
    engine.dispose()
