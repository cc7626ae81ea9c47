"""Retention: deletes what is older than the configuration keeps it, kind by kind, and writes down what went."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from ivr.configuration.edit import save_item
from ivr.house import House
from ivr.paging.phone import Phone, PhoneFailed
from ivr.store import retention
from ivr.store.audit import Author
from ivr.store.configuration import hold_configuration, load_configuration
from ivr.store.engine import let_others_write
from routing.retention import KINDS
from schedules.edits import without_what_ended

logger = structlog.get_logger()

AT_ONCE = 500
"""So many rows are deleted in one transaction."""

EVERY = timedelta(hours=24)


@dataclass(frozen=True)
class Swept:
    """What a run did with one kind: `before` (UTC) is the cutoff, None when the kind is kept for ever."""

    kind: str
    before: datetime | None
    deleted: int
    detail: str = ""


def run(house: House, by: str, key: str, *, dry: bool = False) -> Iterator[Swept]:
    """Delete what is too old, a kind at a time; `dry` only counts. Of runs with one `key` one does each kind."""
    at = house.clock()
    with house.engine.connect() as connection:
        kept = load_configuration(connection).rules.retention
    for kind in KINDS:
        before = kept.cutoff(kind, at)
        if before is None or dry:
            yield Swept(kind, before, count(house, kind, before) if before else 0)
            continue
        with house.engine.begin() as connection:
            mine = retention.begin_run(connection, f"{key}-{kind}", kind, at, by, before)
        if mine:
            yield finish(house, kind, before, by, f"{key}-{kind}")


def finish(house: House, kind: str, before: datetime, by: str, key: str) -> Swept:
    """Delete one kind, and write down how it went."""
    deleted, detail = sweep(house, kind, before, by)
    with house.engine.begin() as connection:
        retention.end_run(connection, key, deleted, detail)
    logger.info("retention", kind=kind, deleted=deleted, detail=detail or None)
    return Swept(kind, before, deleted, detail)


def count(house: House, kind: str, before: datetime) -> int:
    """How much of a kind would go."""
    with house.engine.connect() as connection:
        if kind == "recordings":
            return len(retention.old_recordings(connection, before, 1_000_000))
        found = sum(retention.count_old(connection, rows) for rows in retention.old_rows(kind, before))
    return found + (len(house.pager.done_before(before, 10_000)) if kind == "engine" else 0)


def sweep(house: House, kind: str, before: datetime, by: str) -> tuple[int, str]:
    """Delete one kind; returns how many rows went, and what could not be deleted."""
    if kind == "recordings":
        return sweep_recordings(house, before)
    if kind == "engine":
        return sweep_engine(house, before), ""
    deleted = sum(sweep_rows(house, rows) for rows in retention.old_rows(kind, before))
    return deleted + (sweep_rotas(house, before, by) if kind == "overrides" else 0), ""


def sweep_rows(house: House, rows: retention.Rows) -> int:
    """Delete rows of one table, a few in each transaction."""
    deleted = 0
    while True:
        with house.engine.begin() as connection:
            went = retention.delete_old(connection, rows, AT_ONCE)
        deleted += went
        if went < AT_ONCE:
            return deleted
        let_others_write(house.engine)


def sweep_recordings(house: House, before: datetime) -> tuple[int, str]:
    """Delete callers' messages, at the carrier first: a row whose audio may still be there stays."""
    phone, deleted = Phone(house.settings), 0
    with house.engine.connect() as connection:
        old = retention.old_recordings(connection, before, 10_000)
    for recording in old:
        try:
            phone.delete_recording(recording.sid)
        except PhoneFailed as failure:
            return deleted, f"{len(old) - deleted} are left for the next run: {failure}"
        with house.engine.begin() as connection:
            retention.forget_recording(connection, recording.sid)
        deleted += 1
    return deleted, ""


def sweep_engine(house: House, before: datetime) -> int:
    """Delete what the durable engine remembers of work that is done."""
    deleted = 0
    while ids := house.pager.done_before(before, AT_ONCE):
        house.pager.forget(ids)
        deleted += len(ids)
        let_others_write(house.engine)
    return deleted


def sweep_rotas(house: House, before: datetime, by: str) -> int:
    """Take what ended out of the rotas; each rota that changes is a line of the audit."""
    deleted = 0
    with house.engine.begin() as connection:
        hold_configuration(connection)
        for key in load_configuration(connection).rotas:
            current = load_configuration(connection)
            rota, went = without_what_ended(current.rotas[key], before)
            if went:
                author = Author(by, house.clock(), "retention")
                save_item(connection, author, current, "rota", key, rota, why=f"retention: {went} that ended")
            deleted += went
    return deleted


def run_daily(house: House) -> Sequence[Swept]:
    """What a worker does: once in a day, and of many workers one does each kind."""
    at = house.clock()
    with house.engine.connect() as connection:
        last = retention.last_run_at(connection)
    if last is not None and at - last < EVERY:
        return ()
    return tuple(run(house, "the worker", f"day-{at:%Y-%m-%d}"))
