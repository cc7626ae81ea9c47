"""Fixtures for the tests of calendars and reminders: a desk."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.calendars.desk import Desk

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
"""A Wednesday, week 48: Jon is on call."""


@pytest.fixture
def make_desk(make_prepared: Callable[[str], str], tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(kind: str = "sqlite", at: datetime = NOON, **more: Any) -> Desk:
        desks.append(Desk(make_prepared(kind), tmp_path, at, **more))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()
