"""Ranks: which of so many values in their order is the median, the 90th of a hundred, or the worst."""

MEDIAN, NINETIETH, WORST = 50, 90, 100


def rank(percent: int, count: int) -> int:
    """The place, from 1 on, of a percentile among `count` values in ascending order (nearest rank); 0 of none.

    It is always one of the values: so many percent of them are not above it.
    """
    return -(-count * percent // 100)
