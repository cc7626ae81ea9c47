"""A database of either kind without rows, and files to apply to it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ivr.store.engine import connect
from tests.ivr.configuration.files import SMALL


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, make_prepared: Callable[[str], str]) -> Iterator[Engine]:
    engine = connect(make_prepared(request.param))
    yield engine
    engine.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Writes the small file with some of its text exchanged; each text must be there."""

    def write(*changes: tuple[str, str], name: str = "small.toml") -> Path:
        text = SMALL
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write
