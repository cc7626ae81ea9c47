"""The dead man's switch: what a service elsewhere hears while all is well, in trouble, and after a death."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from ivr.house import build_house
from ivr.paging.worker import Worker
from ivr.rehearsal.handsets import manual
from ivr.settings import BadSettings, Settings, read_settings
from ivr.watch.deadman import Switch, failing, tell, what_is_wrong
from tests.ivr.test_service import SETTINGS
from tests.line import JON, Line

MakeLine = Callable[..., Line]


class Elsewhere:
    """A service that expects to be asked for now and then. `heard` is method, path and body of each request."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str]] = []
        self.status = 200
        elsewhere = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                elsewhere.heard.append((self.command, self.path, body))
                self.send_response(elsewhere.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST = answer  # noqa: N815 - the names that the library looks for

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/a-key"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    found = Elsewhere()
    yield found
    found.close()


def with_switch(settings: Settings, url: str) -> Settings:
    return settings.model_copy(update={"heartbeat_url": SecretStr(url), "heartbeat_seconds": 0.05})


def test_a_worker_tells_that_all_is_well_until_it_stops(make_line: MakeLine, elsewhere: Elsewhere) -> None:
    line = make_line()
    line.phone(JON, manual)
    with line.frozen_worker():
        worker = Worker(build_house(with_switch(line.settings, elsewhere.url), line.engine, line.clock))
        worker.start()
        line.critical_call()
        line.phone(JON).wait_for_ring()
        before = len(elsewhere.heard)
        assert line.eventually(lambda: len(elsewhere.heard) > before + 2)
        worker.stop()
        assert set(elsewhere.heard) == {("GET", "/a-key", "")}


def test_without_a_url_nothing_is_sent(make_line: MakeLine, elsewhere: Elsewhere) -> None:
    line = make_line()
    assert line.settings.heartbeat_url is None
    Switch(line.house, line.worker.id).start()
    assert "dead man's switch" not in {thread.name for thread in threading.enumerate()}


def test_a_worker_that_does_not_beat_is_told_with_its_reason(make_line: MakeLine, elsewhere: Elsewhere) -> None:
    line = make_line()
    house = build_house(with_switch(line.settings, elsewhere.url), line.engine, line.clock)
    switch = Switch(house, "one that never beat")
    switch.start()
    assert line.eventually(lambda: bool(elsewhere.heard))
    switch.stop()
    assert set(elsewhere.heard) == {("POST", "/a-key/fail", "this worker does not beat")}


def test_what_is_wrong_is_a_ticket_that_nobody_attends_to_or_a_database_that_takes_no_write(
    make_line: MakeLine,
) -> None:
    line = make_line()
    assert what_is_wrong(line.house, line.worker.id) == ""
    with line.frozen_worker():
        line.critical_call()
        with line.engine.begin() as connection:
            connection.execute(text("update tickets set state = 'open', escalation = 0"))
        assert what_is_wrong(line.house, "me") == "this worker does not beat"
    worker = line.worker.id
    assert what_is_wrong(line.house, worker) == "ticket 1042: nobody began to call an engineer"
    with line.engine.begin() as connection:
        connection.execute(text("alter table counters rename to moved"))
    assert what_is_wrong(line.house, worker) == "the database cannot be written and read (OperationalError)"
    with line.engine.begin() as connection:
        connection.execute(text("alter table moved rename to counters"))
    assert what_is_wrong(line.house, worker) == "ticket 1042: nobody began to call an engineer"


def test_a_service_that_is_gone_or_answers_with_an_error_disturbs_nobody(elsewhere: Elsewhere) -> None:
    elsewhere.status = 500
    tell(SecretStr(elsewhere.url), "")
    assert elsewhere.heard == [("GET", "/a-key", "")]
    elsewhere.close()
    tell(SecretStr(elsewhere.url), "")
    tell(SecretStr(elsewhere.url), "anything")
    assert len(elsewhere.heard) == 1


def test_trouble_is_told_after_the_path_and_before_the_query() -> None:
    assert failing("https://hc-ping.com/a-key") == "https://hc-ping.com/a-key/fail"
    assert failing("https://hc-ping.com/a-key/?create=1") == "https://hc-ping.com/a-key/fail?create=1"


def test_the_url_is_never_shown_and_must_be_one_that_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**SETTINGS, "NIGHTLINE_HEARTBEAT_URL": "https://hc-ping.com/a-key"}.items():
        monkeypatch.setenv(name, value)
    assert "a-key" not in repr(read_settings())
    monkeypatch.setenv("NIGHTLINE_HEARTBEAT_URL", "hc-ping.com/a-key")
    with pytest.raises(BadSettings, match="NIGHTLINE_HEARTBEAT_URL must be an http or https URL"):
        read_settings()
