"""What tests of the API may ask for: the application, and programs with tokens."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from ivr.configuration.apply import apply_file
from ivr.store.api_tokens import make_token
from tests.console.desk import Desk, open_desk, prepare
from tests.databases import Templates
from tests.line import EXAMPLE, ringing_for


@pytest.fixture(scope="session")
def prepared_for_api(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared SQLite database, to be copied."""
    path = tmp_path_factory.mktemp("api") / "nightline.db"
    prepare(f"sqlite:///{path}")
    return path


@pytest.fixture
def desk(prepared_for_api: Path, tmp_path: Path) -> Iterator[Desk]:
    """The application on a database of its own (SQLite)."""
    shutil.copy(prepared_for_api, tmp_path / "nightline.db")
    found = open_desk(f"sqlite:///{tmp_path}/nightline.db", tmp_path)
    yield found
    found.app.extensions["houses"].close()
    found.engine.dispose()


@pytest.fixture
def make_desk(templates: Templates, tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    """Makes an application on a database of a kind, for what must hold on both."""
    made: list[Desk] = []

    def make(kind: str) -> Desk:
        url = templates.prepared(kind, tmp_path)
        made.append(open_desk(url, tmp_path))
        made[-1].do(lambda connection: apply_file(connection, ringing_for(EXAMPLE, 20, tmp_path)))
        return made[-1]

    yield make
    for desk in made:
        desk.app.extensions["houses"].close()
        desk.engine.dispose()


class Program:
    """Something that uses the API with a token."""

    def __init__(self, desk: Desk, *scopes: str, name: str = "a program") -> None:
        self.desk, self._client = desk, desk.app.test_client()
        self.secret = desk.do(lambda connection: make_token(connection, name, scopes, "tests", desk.at))

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
        carried = {"Authorization": f"Bearer {self.secret}", **(headers or {})}
        return self._client.open(f"/api/v1{path}", method=method, headers=carried, **more)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.ask("GET", path, headers)


@pytest.fixture
def program(desk: Desk) -> Program:
    """A program that may do everything that reads and writes rotas."""
    return Program(desk, "on-call", "phones", "rotas", "overrides")
