"""The only place that asks what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Answers the present instant, aware and in UTC."""


def real_clock() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def shifted_clock(offset: timedelta) -> Clock:
    """A clock that runs at the real pace, `offset` away from the real time (rehearsals)."""
    return lambda: datetime.now(UTC) + offset
