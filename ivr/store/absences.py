"""Leave: who is away and when, as it was entered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, insert, select

from ivr.store.rota_tables import absences
from schedules.leave import Absence


@dataclass(frozen=True)
class AbsenceEntry:
    """A stored leave."""

    id: int
    absence: Absence
    created_at: datetime


def add_absence(connection: Connection, absence: Absence, at: datetime) -> int:
    """Store a leave; returns its id."""
    values = {**absence.__dict__, "created_at": at}
    inserted = connection.execute(insert(absences).values(**values)).inserted_primary_key
    assert inserted is not None
    return int(inserted[0])


def remove_absence(connection: Connection, id_: int) -> None:
    """Forget a leave; one that is gone already is no error."""
    connection.execute(delete(absences).where(absences.c.id == id_))


def find_absence(connection: Connection, id_: int) -> AbsenceEntry | None:
    """One leave by its id."""
    row = connection.execute(select(absences).where(absences.c.id == id_)).mappings().first()
    return _entry(row) if row else None


def list_absences(connection: Connection, at: datetime) -> Sequence[AbsenceEntry]:
    """All leave that is not over at `at` (UTC), the earliest first."""
    query = select(absences).where(absences.c.ends_at > at).order_by(absences.c.starts_at, absences.c.id)
    return [_entry(row) for row in connection.execute(query).mappings()]


def absences_from(connection: Connection, at: datetime) -> tuple[Absence, ...]:
    """The same as plain values."""
    return tuple(entry.absence for entry in list_absences(connection, at))


def _entry(row: RowMapping) -> AbsenceEntry:
    absence = Absence(row["engineer"], row["starts_at"], row["ends_at"], row["note"], row["by"])
    return AbsenceEntry(row["id"], absence, row["created_at"])
