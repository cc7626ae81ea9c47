"""Column types: instants that are always aware and in UTC, and which numbers a column holds."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

LARGEST = 2**31 - 1
"""What a column of whole numbers holds on either database."""


def are_held(values: Mapping[str, Any]) -> bool:
    """Whether the numbers among the values of an address can be those of a row: another one names nothing."""
    return all(not isinstance(value, int) or value <= LARGEST for value in values.values())


def number_in(text: str) -> int | None:
    """The whole number that somebody wrote in digits, as a column holds it; None for any other text."""
    found = int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST)) else None
    return found if found is not None and found <= LARGEST else None


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored and returned in UTC. Refuses a naive one (ValueError)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC on the way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive instant refused: {value}")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Hand out aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
