"""The journal: the standby's own small database, with the last known configuration and numbers for tickets."""

from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Table, delete, func, insert, select
from sqlalchemy.exc import DBAPIError

from ivr.store.announcements import copy_announcements
from ivr.store.configuration import configuration_version
from ivr.store.engine import connect
from ivr.store.migrate import migrate
from ivr.store.numbers import reserve_numbers
from ivr.store.rehearsal import clock_in
from ivr.store.tables import configuration_items, counters, partner_phones, partners, reserved_numbers

logger = structlog.get_logger()

COPIED = (configuration_items, partners, partner_phones)
NUMBERS_KEPT = 50


def open_journal(path: Path) -> Engine:
    """The journal at a path, made when it is missing. Every commit is on the disk before it returns."""
    engine = connect(f"sqlite:///{path}")
    migrate(engine)
    return engine


def hold(journal: Connection) -> None:
    """Let nobody else write the journal until this transaction ends: a write is what takes SQLite's lock."""
    journal.execute(delete(reserved_numbers).where(reserved_numbers.c.number < 0))


def refresh(main: Connection, journal: Connection, always: bool = False) -> bool:
    """Copy configuration and partners when their version changed, and reserve ticket numbers; True when it copied."""
    if always:
        _drop_strange_numbers(main, journal)
    _keep_numbers(main, journal)
    if always:
        _keep_announcements(main, journal)
    version = configuration_version(main)
    if configuration_version(journal) == version and not always:
        return False
    for table in reversed(COPIED):
        journal.execute(delete(table))
    for table in COPIED:
        _copy(main, journal, table)
    journal.execute(delete(counters).where(counters.c.name == "configuration"))
    journal.execute(insert(counters).values(name="configuration", value=version))
    return True


def take_number(journal: Connection) -> int:
    """The next reserved ticket number, which nobody else has. Raises RuntimeError when none is left."""
    lowest = select(func.min(reserved_numbers.c.number)).scalar_subquery()
    taken = journal.execute(
        delete(reserved_numbers).where(reserved_numbers.c.number == lowest).returning(reserved_numbers.c.number)
    ).scalar_one_or_none()
    if taken is None:
        raise RuntimeError("no reserved ticket number is left")
    return int(taken)


def _drop_strange_numbers(main: Connection, journal: Connection) -> None:
    """Numbers that the database does not know as reserved: it is another one, or was restored from before."""
    known = set(main.execute(select(reserved_numbers.c.number)).scalars())
    here = set(journal.execute(select(reserved_numbers.c.number)).scalars())
    if strange := here - known:
        journal.execute(delete(reserved_numbers).where(reserved_numbers.c.number.in_(strange)))


def _keep_numbers(main: Connection, journal: Connection) -> None:
    left = journal.execute(select(func.count()).select_from(reserved_numbers)).scalar_one()
    if left < NUMBERS_KEPT // 2:
        numbers = reserve_numbers(main, NUMBERS_KEPT - left)
        journal.execute(insert(reserved_numbers), [{"number": number} for number in numbers])


def _keep_announcements(main: Connection, journal: Connection) -> None:
    """What is announced, as of now. Should that fail, nothing else does: calls go on without."""
    try:
        with main.begin_nested(), journal.begin_nested():
            copy_announcements(main, journal, clock_in(main)())
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        logger.exception("announcements were not copied to the standby")


def _copy(main: Connection, journal: Connection, table: Table) -> None:
    rows: list[dict[str, Any]] = [dict(row) for row in main.execute(select(table)).mappings()]
    if rows:
        journal.execute(insert(table), rows)
