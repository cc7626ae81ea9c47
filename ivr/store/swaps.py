"""Swaps: stored, listed, and moved on by one at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, select, update

from ivr.store.rota_tables import swaps
from schedules.swaps import ENDED, Swap, SwapState


@dataclass(frozen=True)
class SwapEntry:
    """A stored swap."""

    id: int
    swap: Swap
    created_at: datetime
    changed_at: datetime


def add_swap(connection: Connection, swap: Swap, at: datetime) -> int:
    """Store a swap; returns its id."""
    row = {**_values(swap), "created_at": at, "changed_at": at}
    inserted = connection.execute(insert(swaps).values(**row)).inserted_primary_key
    assert inserted is not None
    return int(inserted[0])


def find_swap(connection: Connection, id_: int) -> SwapEntry | None:
    """One swap by its id."""
    row = connection.execute(select(swaps).where(swaps.c.id == id_)).mappings().first()
    return _entry(row) if row else None


def open_swaps(connection: Connection, at: datetime) -> Sequence[SwapEntry]:
    """The swaps that wait for somebody and whose hours are not over at `at` (UTC), the earliest first."""
    alive = [str(state) for state in SwapState if state not in ENDED]
    query = select(swaps).where(swaps.c.state.in_(alive), swaps.c.ends_at > at).order_by(swaps.c.starts_at)
    return [_entry(row) for row in connection.execute(query).mappings()]


def ended_swaps(connection: Connection, at: datetime, limit: int = 30) -> Sequence[SwapEntry]:
    """The swaps that wait for nobody any more, the last changed first."""
    over = swaps.c.state.in_([str(state) for state in ENDED]) | (swaps.c.ends_at <= at)
    query = select(swaps).where(over).order_by(swaps.c.changed_at.desc(), swaps.c.id.desc()).limit(limit)
    return [_entry(row) for row in connection.execute(query).mappings()]


def move_swap(connection: Connection, entry: SwapEntry, wanted: Swap, at: datetime) -> bool:
    """Store what became of a swap; False when somebody else moved it since it was read."""
    found = swaps.c.state == str(entry.swap.state), swaps.c.taker == entry.swap.taker
    query = update(swaps).where(swaps.c.id == entry.id, *found).values(**_values(wanted), changed_at=at)
    return connection.execute(query).rowcount == 1


def _values(swap: Swap) -> dict[str, object]:
    given, taken = swap.in_return or (None, None)
    return {
        "rota": swap.rota,
        "asker": swap.asker,
        "starts_at": swap.starts_at,
        "ends_at": swap.ends_at,
        "state": str(swap.state),
        "taker": swap.taker,
        "return_starts_at": given,
        "return_ends_at": taken,
        "note": swap.note,
    }


def _entry(row: RowMapping) -> SwapEntry:
    back = (row["return_starts_at"], row["return_ends_at"]) if row["return_starts_at"] else None
    swap = Swap(
        rota=row["rota"],
        asker=row["asker"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        state=SwapState(row["state"]),
        taker=row["taker"],
        in_return=back,
        note=row["note"],
    )
    return SwapEntry(row["id"], swap, row["created_at"], row["changed_at"])
