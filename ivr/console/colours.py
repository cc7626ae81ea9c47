"""Colours: each engineer keeps one of twelve, so that a face is found again in every view; names stand beside it."""

from collections.abc import Iterable
from zlib import crc32

HOW_MANY = 12


def colours(keys: Iterable[str]) -> dict[str, int]:
    """A number from 0 to 11 for each engineer's key; no two share one before all twelve are taken.

    It depends on the key and, where two want the same, on who stands first: adding somebody at the end moves nobody.
    """
    found: dict[str, int] = {}
    for key in keys:
        taken = set(found.values()) if len(found) < HOW_MANY else set[int]()
        wanted = crc32(key.encode()) % HOW_MANY
        found[key] = next(colour for step in range(HOW_MANY) if (colour := (wanted + step) % HOW_MANY) not in taken)
    return found
