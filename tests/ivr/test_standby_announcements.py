"""The standby knows what is announced, should the database go away."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ivr.clock import real_clock
from ivr.configuration.apply import apply_file
from ivr.standby.journal import open_journal, refresh
from ivr.store.announcements import Entry, add_announcement, announcements_from, end_announcement
from ivr.store.audit import Author
from ivr.store.engine import connect
from routing.announcements import Announcement, Kind
from tests.databases import Templates
from tests.line import EXAMPLE

HOUR = timedelta(hours=1)


@pytest.fixture
def both(templates: Templates, tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """A configured database, and the journal of a standby."""
    main = connect(templates.prepared("sqlite", tmp_path))
    journal = open_journal(tmp_path / "journal.db")
    with main.begin() as connection:
        apply_file(connection, EXAMPLE)
    yield main, journal
    main.dispose()
    journal.dispose()


def copied(main: Engine, journal: Engine) -> list[Entry]:
    """What the standby knows after the look of each minute."""
    with main.begin() as here, journal.begin() as there:
        refresh(here, there, always=True)
    with journal.begin() as connection:
        return list(announcements_from(connection, real_clock()))


def test_each_minute_the_standby_copies_what_is_announced(both: tuple[Engine, Engine]) -> None:
    main, journal = both
    at = real_clock()
    wanted = Announcement(Kind.INCIDENT, at - HOUR, None, {"en": "The portal is down."}, frozenset({"it"}))
    with main.begin() as connection:
        entry = add_announcement(connection, Author("Sara Vogel", at), wanted)
    assert [one.announcement for one in copied(main, journal)] == [wanted]
    with main.begin() as connection:
        end_announcement(connection, Author("Sara Vogel", at), entry)
    assert copied(main, journal) == []


def test_a_database_without_announcements_yet_leaves_the_rest_of_the_standby_as_good_as_ever(
    both: tuple[Engine, Engine],
) -> None:
    main, journal = both
    with main.begin() as connection:
        connection.exec_driver_sql("drop table announcements")
    assert copied(main, journal) == []
    with journal.begin() as connection:
        assert connection.exec_driver_sql("select count(*) from configuration_items").scalar_one()
