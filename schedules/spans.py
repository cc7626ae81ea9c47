"""Spans: half-open parts of time in order, and what two lists of them have in common."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(9999, 1, 1, tzinfo=UTC)

Span = tuple[datetime, datetime, *tuple[Any, ...]]
"""Since and until when (UTC, half-open), and whatever else is known of that time. Lists of them have no overlap."""

One = TypeVar("One", bound=Span)
Other = TypeVar("Other", bound=Span)


def overlaps(some: Sequence[One], others: Sequence[Other]) -> Iterator[tuple[datetime, datetime, One, Other]]:
    """Each part of time that is in both lists, with those two that have it."""
    place, places, number, numbers = 0, len(some), 0, len(others)
    while place < places and number < numbers:
        one, other = some[place], others[number]
        since = one[0] if one[0] > other[0] else other[0]
        if one[1] < other[1]:
            until = one[1]
            place += 1
        else:
            until = other[1]
            number += 1
        if since < until:
            yield since, until, one, other


def common(some: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """The time that is in both lists."""
    return [(since, until) for since, until, _, _ in overlaps(some, others)]
