"""Readings: instants as the reader's clock shows them in a form, and back; the browser's own clock is not asked."""

from datetime import date, datetime, time

from schedules.wallclock import YEARS, Repeated, to_local, to_utc

FORM = "%Y-%m-%dT%H:%M"
"""As a `datetime-local` field of a form writes it."""


class NotATime(ValueError):
    """What was written is no date with a time."""


def reading(at: datetime, zone: str) -> str:
    """An instant on a zone's wall clock, to the minute."""
    return to_local(at, zone).strftime(FORM)


def instant(text: str, zone: str, repeated: Repeated, known: datetime | None = None) -> datetime:
    """The instant (UTC) of a wall-clock reading: FIRST for a start, LAST for an end, where clocks show it twice.

    `known` is what the field showed before: a reading that was left alone stays that very instant, seconds and the
    second of two equal hours included. Raises NotATime.
    """
    if known is not None and text[:16] == reading(known, zone):
        return known
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        raise NotATime("write a date and a time") from None
    if wall.tzinfo is not None or len(text) < len("2026-11-28T03:00") or wall.year not in YEARS:
        raise NotATime("write a date and a time")
    return to_utc(wall, zone, repeated)


def is_repeated(at: datetime, zone: str) -> bool:
    """Whether the wall clock shows this instant's reading twice, so that it needs its abbreviation (CEST or CET)."""
    wall = to_local(at, zone).replace(tzinfo=None)
    return to_utc(wall, zone, Repeated.FIRST) != to_utc(wall, zone, Repeated.LAST)


def edge_form(at: datetime, zone: str, this_year: int) -> str:
    """How an edge of a stretch is written: the year where it is another, CEST or CET where the hour comes twice."""
    year = "" if to_local(at, zone).year == this_year else " %Y"
    return f"%a %-d %b{year} %H:%M" + (" %Z" if is_repeated(at, zone) else "")


def midnight(on: date, zone: str) -> datetime:
    """The instant (UTC) at which a local date begins."""
    return to_utc(datetime.combine(on, time(0)), zone)
