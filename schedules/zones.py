"""Zones: the named time zones that are accepted, and why others are refused."""

from functools import lru_cache

import pytz
from pytz.tzinfo import BaseTzInfo

FIXED = {"EST": "America/New_York", "MST": "America/Denver", "HST": "Pacific/Honolulu"}
EUROPEAN = {"CET", "MET", "EET", "WET", "EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT"}


class UnknownZone(ValueError):
    """A zone that is not a named zone with its daylight saving rules."""


@lru_cache
def zone(name: str) -> BaseTzInfo:
    """The named zone. Raises UnknownZone, also for fixed ones such as `EST` that know no daylight saving."""
    if name in FIXED or name in EUROPEAN or name.startswith("Etc/GMT"):
        instead = FIXED.get(name, "Europe/Rome or America/New_York")
        raise UnknownZone(f'"{name}" is a fixed or legacy zone. Write a named one, such as {instead}.')
    try:
        return pytz.timezone(name)
    except pytz.UnknownTimeZoneError:
        raise UnknownZone(f'"{name}" is no time zone. Write a name such as Europe/Rome.') from None
