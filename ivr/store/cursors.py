"""Cursors of PostgreSQL that describe a result's columns only to whoever looks at them."""

from collections.abc import Iterator, Sequence
from typing import Any, overload

from psycopg import Column, Cursor


class Columns(Sequence[Column]):
    """The columns of a result, each made when it is asked for."""

    def __init__(self, cursor: Cursor[Any], count: int) -> None:
        """So many columns of what this cursor holds now."""
        self._cursor, self._count = cursor, count

    def __len__(self) -> int:
        """How many there are."""
        return self._count

    @overload
    def __getitem__(self, index: int) -> Column: ...
    @overload
    def __getitem__(self, index: slice) -> list[Column]: ...
    def __getitem__(self, index: int | slice) -> Column | list[Column]:
        """Made anew."""
        return list(self)[index]

    def __iter__(self) -> Iterator[Column]:
        """All in order."""
        return (Column(self._cursor, position) for position in range(self._count))


class LateCursor(Cursor[Any]):
    """The driver's own makes an object for each column with every statement (0.1 ms for fifty of them).

    SQLAlchemy looks at them only when it sees a statement for the first time; later, whether there are any.
    """

    @property
    def description(self) -> Sequence[Column] | None:  # type: ignore[override]  # a list, says the driver
        """The columns of the last statement; None for one that returns no rows."""
        result = self.pgresult
        return Columns(self, result.nfields) if result is not None and result.nfields else None
