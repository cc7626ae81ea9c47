"""What an import brings: rows that can be used, errors with their lines, and the overrides and leave of rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from schedules.leave import Absence
from schedules.overrides import Override, OverrideKind

MOST_BYTES = 200_000
MOST_EVENTS = 500
MOST_SERIES = 50
MOST_ROWS = 1000
REPEATS_WITHIN = timedelta(weeks=13)
LONGEST = timedelta(days=366)


class RowKind(StrEnum):
    """What a row becomes: an override of a kind, or leave, which changes nobody's calls."""

    REPLACE = "replace"
    ADD = "add"
    REMOVE = "remove"
    LEAVE = "leave"


@dataclass(frozen=True)
class Written:
    """An entry as a file has it, with its instants in UTC, half-open. `who`: texts that may name the engineer."""

    line: int
    who: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    kind: RowKind = RowKind.REPLACE
    instead_of: str = ""
    repeats: bool = False


@dataclass(frozen=True)
class Row:
    """A row that can be imported. `engineer` and `instead_of` are keys; instants are UTC, half-open."""

    line: int
    engineer: str
    starts_at: datetime
    ends_at: datetime
    kind: RowKind = RowKind.REPLACE
    instead_of: str = ""
    note: str = ""

    @property
    def id(self) -> str:
        """What names the row in a form: the same whenever the same file is read."""
        return f"{self.line}-{self.engineer}-{self.ends_at:%Y%m%dT%H%M%S}"


@dataclass(frozen=True)
class RowError:
    """Why an entry is not imported, and what to do about it. `line` is its first line in the file, from 1."""

    line: int
    text: str


@dataclass(frozen=True)
class Preview:
    """What importing a file would do. Nothing is imported by looking."""

    rows: tuple[Row, ...]
    errors: tuple[RowError, ...]


def overrides_from(rows: Iterable[Row], by: str) -> tuple[Override, ...]:
    """The overrides of confirmed rows; leave is left out. `by` is who confirmed them."""
    return tuple(
        Override(row.engineer, row.starts_at, row.ends_at, by, OverrideKind(row.kind), row.instead_of)
        for row in rows
        if row.kind is not RowKind.LEAVE
    )


def absences_from(rows: Iterable[Row], by: str) -> tuple[Absence, ...]:
    """The leave among confirmed rows."""
    return tuple(
        Absence(row.engineer, row.starts_at, row.ends_at, "imported", by) for row in rows if row.kind is RowKind.LEAVE
    )
