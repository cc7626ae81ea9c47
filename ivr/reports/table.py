"""Tables: what a report is made of, the same for the page, the CSV and the API."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

Value = str | int | float | Decimal | date | None


class Unit(StrEnum):
    """What a column's values are. Percentages are from 0 to 100; seconds are real ones."""

    TEXT = "text"
    COUNT = "count"
    PERCENT = "percent"
    SECONDS = "seconds"
    MONEY = "money"
    DAY = "day"
    MONTH = "month"
    HOUR = "hour"


@dataclass(frozen=True)
class Column:
    """A column: its key for programs, its title for people."""

    key: str
    title: str
    unit: Unit = Unit.COUNT


@dataclass(frozen=True)
class Table:
    """Rows of values in the order of the columns. `drawn` are the keys of the columns that a chart shows, if any.

    `upright` charts are for what follows in time; a page folds the rows of a table that `is_long`.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    drawn: tuple[str, ...] = ()
    upright: bool = False
    note: str = ""
    is_long: bool = False

    def place(self, key: str) -> int:
        """The position of a column."""
        return next(place for place, column in enumerate(self.columns) if column.key == key)


def text(key: str, title: str) -> Column:
    """A column of words."""
    return Column(key, title, Unit.TEXT)


def counts(*titles: str) -> tuple[Column, ...]:
    """Columns of counts, keyed by their titles in small letters."""
    return tuple(Column(title.lower().replace(" ", "_"), title) for title in titles)


def rows(found: Iterable[Sequence[Value]]) -> tuple[tuple[Value, ...], ...]:
    """Rows as they are kept."""
    return tuple(tuple(row) for row in found)


def share(part: int, whole: int) -> float | None:
    """A share in percent with one place; None of nothing."""
    return round(100 * part / whole, 1) if whole else None
