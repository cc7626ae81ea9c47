"""Connections of the pool that died while they rested."""

import threading
from collections.abc import Callable

from sqlalchemy import select, text

from ivr.store.engine import RESTED_SECONDS, connect

KILL_THE_OTHERS = text(
    "select pg_terminate_backend(pid) from pg_stat_activity "
    "where datname = current_database() and pid <> pg_backend_pid()"
)


def test_connections_that_died_at_rest_are_replaced_before_anybody_uses_them(
    make_database: Callable[[str], str],
) -> None:
    url = make_database("postgresql")
    engine, other = connect(url), connect(url)
    with engine.connect() as one, engine.connect() as two:
        one.execute(select(1))
        two.execute(select(1))
    with other.connect() as connection:
        connection.execute(KILL_THE_OTHERS)
    threading.Event().wait(RESTED_SECONDS + 0.1)
    with engine.connect() as one, engine.connect() as two:
        assert (one.scalar(select(1)), two.scalar(select(1))) == (1, 1)
    engine.dispose()
    other.dispose()
