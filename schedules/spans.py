"""Spans: half-open parts of time in order, and what two lists of them have in common."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from operator import itemgetter
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


def cut(spans: list[Span], since: datetime, until: datetime) -> list[Span]:
    """The part of a list that lies within a range."""
    inside = spans[bisect_right(spans, since, key=itemgetter(1)) : bisect_left(spans, until, key=itemgetter(0))]
    if inside:
        inside[0] = (max(inside[0][0], since), *inside[0][1:])
        inside[-1] = (inside[-1][0], min(inside[-1][1], until), *inside[-1][2:])
    return inside


def common(some: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """The time that is in both lists."""
    return [(since, until) for since, until, _, _ in overlaps(some, others)]
