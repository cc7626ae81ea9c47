"""Local time in SQL: hours and days of instants on a zone's wall clock, counted by either database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, Integer, and_, case, literal, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

EPOCH_DAY = date(1970, 1, 1).toordinal()
THURSDAY = 3
"""The weekday of the first day that is counted."""

NIGHT_BEGINS, NIGHT_ENDS = 22, 6
"""The hours of a night: those of the fairness of rotas."""

SATURDAY = 5


class Epoch(FunctionElement[int]):
    """Whole seconds since 1970 of an instant."""

    type = Integer()
    inherit_cache = True


@compiles(Epoch, "sqlite")
def _epoch_sqlite(element: Any, compiler: SQLCompiler, **more: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **more)}) AS INTEGER)"


@compiles(Epoch, "postgresql")
def _epoch_postgresql(element: Any, compiler: SQLCompiler, **more: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **more)})) AS BIGINT)"


class SecondsBetween(FunctionElement[float]):
    """How many seconds lie between two instants, the earlier first."""

    type = Float()
    inherit_cache = True


@compiles(SecondsBetween, "sqlite")
def _between_sqlite(element: Any, compiler: SQLCompiler, **more: Any) -> str:
    since, until = (compiler.process(one, **more) for one in element.clauses)
    return f"((julianday({until}) - julianday({since})) * 86400.0)"


@compiles(SecondsBetween, "postgresql")
def _between_postgresql(element: Any, compiler: SQLCompiler, **more: Any) -> str:
    since, until = (compiler.process(one, **more) for one in element.clauses)
    return f"CAST(extract(epoch FROM ({until} - {since})) AS DOUBLE PRECISION)"


@dataclass(frozen=True)
class LocalTime:
    """A wall clock over a range: its offset from each instant (UTC) on, the first of which is the range's beginning."""

    offsets: Sequence[tuple[datetime, timedelta]]

    def seconds(self, column: Any) -> ColumnElement[int]:
        """Seconds since 1970 as the wall clock counts them."""
        first, *others = ((since, int(offset.total_seconds())) for since, offset in self.offsets)
        whens = [(column >= since, offset) for since, offset in reversed(others)]
        return Epoch(column) + (case(*whens, else_=first[1]) if whens else literal(first[1]))

    def hour(self, column: Any) -> ColumnElement[int]:
        """The hour of the day, 0 to 23."""
        return self.seconds(column) % 86400 // 3600

    def day(self, column: Any) -> ColumnElement[int]:
        """The day, to be read by `date_of`."""
        return self.seconds(column) // 86400

    def is_night(self, column: Any) -> ColumnElement[bool]:
        """Whether it is night, 22:00 to 06:00."""
        hour = self.hour(column)
        return or_(hour >= NIGHT_BEGINS, hour < NIGHT_ENDS)

    def is_weekend(self, column: Any) -> ColumnElement[bool]:
        """Whether it is Saturday or Sunday."""
        return (self.day(column) + THURSDAY) % 7 >= SATURDAY


def date_of(day: int) -> date:
    """The date of a counted day."""
    return date.fromordinal(EPOCH_DAY + day)


def between(column: Any, since: datetime, until: datetime) -> ColumnElement[bool]:
    """A half-open range of instants (UTC)."""
    return and_(column >= since, column < until)
