"""PostgreSQL is frozen: its machine takes what it is sent, and nothing answers. Nobody waits for it without end."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, select, text
from sqlalchemy.exc import OperationalError

from ivr.rehearsal.handsets import manual
from ivr.store import engine as engines
from ivr.store.engine import connect
from ivr.store.waiting import BoundedConnection, NoAnswer
from routing.tickets import TicketState
from tests.conftest import url_of
from tests.databases import migrated
from tests.line import JON, JON_TOO, Line

pytestmark = pytest.mark.long


@pytest.fixture
def server(postgresql_server: Callable[[], Any]) -> Iterator[Any]:
    found = postgresql_server()
    yield found
    found.cleanup()


@pytest.fixture
def line(server: Any, tmp_path: Path) -> Iterator[Line]:
    """The service on that server."""
    migrated(url_of(server))
    found = Line(url_of(server), tmp_path)
    yield found
    found.close()


@contextmanager
def frozen(server: Any) -> Iterator[None]:
    """All processes of a server stop where they are, and go on afterwards."""
    postmaster = server.get_postmaster_info().process
    postmaster.suspend()
    processes = [postmaster, *postmaster.children(recursive=True)]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


def ask(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(select(1))


def go_on(connection: Connection) -> None:
    connection.execute(select(1))


@pytest.mark.parametrize("rests", [True, False], ids=["a connection that rested", "one that was just used"])
def test_whoever_asks_a_frozen_server_is_told_that_it_does_not_answer(
    server: Any, monkeypatch: pytest.MonkeyPatch, rests: bool
) -> None:
    engine = connect(url_of(server), waits=1)
    ask(engine)
    monkeypatch.setattr(engines, "RESTED_SECONDS", -1 if rests else 1000)
    with ThreadPoolExecutor() as pool, frozen(server):
        failed = pool.submit(ask, engine).exception(30)
    assert isinstance(failed, OperationalError)
    assert isinstance(failed.orig, NoAnswer)
    assert failed.connection_invalidated
    ask(engine)
    engine.dispose()


def test_a_transaction_that_a_freeze_comes_into_ends(server: Any) -> None:
    engine = connect(url_of(server), waits=1)
    with ThreadPoolExecutor() as pool, engine.connect() as connection:
        connection.execute(select(1))
        with frozen(server):
            assert isinstance(pool.submit(connection.commit).exception(30), OperationalError)
    ask(engine)
    engine.dispose()


def test_whoever_need_not_hurry_waits_for_a_long_statement(make_database: Callable[[str], str]) -> None:
    engine = connect(make_database("postgresql"), waits=1, unhurried=True)
    with engine.connect() as connection:
        connection.execute(text("select pg_sleep(3)"))
        assert connection.scalar(text("show lock_timeout")) == "1s"
    engine.dispose()


def test_a_connection_that_listens_waits_for_as_long_as_nothing_happens(make_database: Callable[[str], str]) -> None:
    url = make_database("postgresql")
    listener = BoundedConnection.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)
    listener.execute("listen bell")
    listener.seconds = 0.01
    other = create_engine(url, isolation_level="AUTOCOMMIT")
    with ThreadPoolExecutor() as pool, other.connect() as connection:
        heard = pool.submit(next, listener.notifies())
        with pytest.raises(TimeoutError):
            heard.result(0.5)
        connection.execute(text("notify bell"))
        assert heard.result(30).channel == "bell"
    other.dispose()
    listener.close()


def test_a_caller_is_answered_from_the_standby_while_the_server_is_frozen(server: Any, line: Line) -> None:
    jon = line.phone(JON, manual)
    caller = line.dial()
    caller.wait_for("platform")
    with line.frozen_worker(), frozen(server):
        caller.press("1")
        caller.wait_for("Your ticket is", 30)
        ring = jon.wait_for_ring(30)
        line.take(ring, caller)
        assert line.app.test_client().get("/readyz").get_json()["status"] == "standby"
    assert line.eventually(lambda: [one.state for one in line.tickets()] == [TicketState.ACKNOWLEDGED])
    assert len(jon.legs) == 1


def test_the_keeper_sees_that_the_server_is_frozen_before_anybody_calls(server: Any, line: Line) -> None:
    with line.frozen_worker(), frozen(server):
        assert line.eventually(lambda: line.houses.is_away)
        caller = line.dial()
        caller.wait_for("platform")
    assert line.eventually(lambda: not line.houses.is_away)


def test_a_worker_pages_on_once_the_server_goes_on(server: Any, line: Line) -> None:
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    ring = jon.wait_for_ring(30)
    with frozen(server):
        assert line.eventually(lambda: line.houses.is_away)
        ring.decline()
    assert line.eventually(lambda: not line.houses.is_away)
    line.take(line.phone(JON_TOO, manual).wait_for_ring(60), caller)
    assert line.eventually(lambda: line.ticket().state is TicketState.ACKNOWLEDGED)
    assert len(jon.legs) == 1
