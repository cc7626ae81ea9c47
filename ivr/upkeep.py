"""Upkeep: work that is done again and again, and the rarer the longer it takes."""

SHARE = 0.1
"""Of a core: what one such work takes at most. With ten thousand pages at once a look at all of them takes seconds."""


def rest_after(cpu_seconds: float, usual: float) -> float:
    """Seconds until a work that took so much of a core is done again: `usual`, or as many as its share allows."""
    return max(usual, cpu_seconds * (1 / SHARE - 1))
