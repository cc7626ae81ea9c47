"""Configuration that a later release wrote: this one goes on beside it, and loses nothing of it."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Connection, Engine, insert, select
from structlog.testing import LogCapture
from structlog.typing import EventDict

from ivr.configuration.apply import apply_file
from ivr.configuration.edit import change_item, item_of
from ivr.configuration.export import table_of
from ivr.store import configuration
from ivr.store.audit import Author
from ivr.store.configuration import load_configuration
from ivr.store.tables import configuration_items
from tests.line import NIGHT

OF_LATER = {"kind": "robot", "key": "r2", "position": 0, "document": {"key": "r2", "arms": 4}}


@pytest.fixture
def warnings() -> Iterator[list[EventDict]]:
    """What the service warns of from here on."""
    usual, kept = structlog.get_config(), LogCapture()
    structlog.configure(processors=[kept], wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    yield kept.entries
    structlog.configure(**usual)


def items_of_later(connection: Connection) -> list[dict[str, object]]:
    rows = connection.execute(select(configuration_items).where(configuration_items.c.kind == "robot")).mappings()
    return [dict(row) for row in rows]


def test_items_of_a_kind_that_only_a_later_release_knows_are_left_out_and_said_once(
    engine: Engine, file: Callable[..., Path], warnings: list[EventDict]
) -> None:
    with engine.begin() as connection:
        apply_file(connection, file())
        before = load_configuration(connection)
        connection.execute(insert(configuration_items).values(**OF_LATER))
    configuration._leave_out.cache_clear()
    with engine.begin() as connection:
        assert [load_configuration(connection), load_configuration(connection)] == [before, before]
    assert [line["kind"] for line in warnings] == ["robot"]


def test_what_this_release_changes_leaves_them_as_they_are(engine: Engine, file: Callable[..., Path]) -> None:
    with engine.begin() as connection:
        apply_file(connection, file())
        connection.execute(insert(configuration_items).values(**OF_LATER))
        known = load_configuration(connection)
        key = next(iter(known.engineers))
        table = {**table_of("engineer", item_of(known, "engineer", key)), "name": "Somebody Else"}
        assert change_item(connection, Author("Sara Vogel", NIGHT), "engineer", key, table) is not None
        apply_file(connection, file())
        assert items_of_later(connection) == [OF_LATER]
