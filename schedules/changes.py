"""Changes: what an edit of a rota changes before it is saved: who is on call when, hours, gaps."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules.rota import Rota, final_schedule
from schedules.spans import overlaps


@dataclass(frozen=True)
class Changed:
    """A stretch, half-open, in UTC, in which others are on call than before, or in another order."""

    starts_at: datetime
    ends_at: datetime
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class HoursChanged:
    """What one engineer gains and loses in time on call."""

    engineer: str
    gained: timedelta = timedelta(0)
    lost: timedelta = timedelta(0)


@dataclass(frozen=True)
class Changes:
    """What differs within a range. Gaps are half-open ranges in UTC; `hours` are by the engineer's key."""

    stretches: tuple[Changed, ...]
    hours: tuple[HoursChanged, ...]
    new_gaps: tuple[tuple[datetime, datetime], ...]
    closed_gaps: tuple[tuple[datetime, datetime], ...]

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.stretches)


def changes(before: Rota, after: Rota, starts_at: datetime, ends_at: datetime) -> Changes:
    """Compare two states of a rota over a range (UTC)."""
    stretches = tuple(_differing(before, after, starts_at, ends_at))
    return Changes(
        stretches,
        _hours(stretches),
        tuple(_joined((part.starts_at, part.ends_at) for part in stretches if not part.after)),
        tuple(_joined((part.starts_at, part.ends_at) for part in stretches if not part.before)),
    )


def _differing(before: Rota, after: Rota, starts_at: datetime, ends_at: datetime) -> Iterator[Changed]:
    held: Changed | None = None
    schedules = (final_schedule(rota, starts_at, ends_at) for rota in (before, after))
    for since, until, old, new in overlaps(*schedules):
        if old.on_call == new.on_call:
            continue
        part = Changed(since, until, old.on_call, new.on_call)
        if held is not None and (held.ends_at, held.before, held.after) == (part.starts_at, part.before, part.after):
            held = replace(held, ends_at=part.ends_at)
            continue
        if held is not None:
            yield held
        held = part
    if held is not None:
        yield held


def _hours(stretches: tuple[Changed, ...]) -> tuple[HoursChanged, ...]:
    found: dict[str, HoursChanged] = {}
    for part in stretches:
        time = part.ends_at - part.starts_at
        for key in {*part.before} ^ {*part.after}:
            held = found.get(key, HoursChanged(key))
            if key in part.after:
                found[key] = replace(held, gained=held.gained + time)
            else:
                found[key] = replace(held, lost=held.lost + time)
    return tuple(found[key] for key in sorted(found))


def _joined(ranges: Iterator[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    held: tuple[datetime, datetime] | None = None
    for starts_at, ends_at in ranges:
        if held is not None and held[1] == starts_at:
            held = (held[0], ends_at)
        else:
            if held is not None:
                yield held
            held = (starts_at, ends_at)
    if held is not None:
        yield held
