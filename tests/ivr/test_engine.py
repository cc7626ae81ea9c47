"""Databases that are away, or that were made otherwise than usual."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from dbos._utils import retriable_postgres_exception
from sqlalchemy import create_engine, literal, select, text
from sqlalchemy.exc import OperationalError

from ivr.store import engine as engines
from ivr.store.engine import BREATH_SECONDS, connect, let_others_write


def test_the_durable_engine_waits_for_a_database_that_cannot_be_reached(tmp_path: Path) -> None:
    engine = connect(f"postgresql+psycopg://postgres:@/postgres?host={tmp_path}")
    with pytest.raises(OperationalError) as away:
        engine.connect()
    assert away.value.connection_invalidated
    assert retriable_postgres_exception(away.value)
    engine.dispose()


def test_a_database_that_was_made_without_an_encoding_is_spoken_to_in_unicode(
    make_database: Callable[[str], str],
) -> None:
    url = make_database("postgresql")
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("create database plain template template0 encoding 'SQL_ASCII' locale 'C'"))
    server.dispose()
    engine = connect(str(server.url.set(database="plain").render_as_string(hide_password=False)))
    with engine.connect() as connection:
        assert connection.scalar(select(literal("Müller"))) == "Müller"
    engine.dispose()


@pytest.mark.parametrize(("kind", "pauses"), [("sqlite", [BREATH_SECONDS]), ("postgresql", [])])
def test_between_many_writes_only_sqlite_is_left_to_others(
    make_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, kind: str, pauses: list[float]
) -> None:
    slept: list[float] = []
    engine = connect(make_database(kind))
    monkeypatch.setattr(engines, "time", SimpleNamespace(sleep=slept.append))  # others sleep meanwhile, too
    let_others_write(engine)
    monkeypatch.undo()
    engine.dispose()
    assert slept == pauses
