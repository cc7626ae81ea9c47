"""The files that answer while the whole service is down: whom to ring now, and from each coming change on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ivr.fallback.twiml import CONNECT, WHISPER, ask, connect, dial, whisper
from ivr.voice.saying import UNCHANGED, Changes
from routing.configuration import Configuration
from routing.fallback import Period, periods
from routing.regions import Region

DAYS = 7
SCHEDULE = "schedule.txt"
NAME_OF_INSTANT = "%Y-%m-%dT%H%M%SZ"
INSTANT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class RegionFallback:
    """A region with the periods of the next days, the present one first."""

    region: Region
    periods: tuple[Period, ...]


def fallbacks_of(
    known: Configuration, regions: Iterable[Region], at: datetime, days: int = DAYS
) -> tuple[RegionFallback, ...]:
    """Who would be rung from `at` (UTC) on, region by region."""
    until = at + timedelta(days=days)
    return tuple(RegionFallback(region, periods(known, region, at, until)) for region in regions)


def documents_of(fallbacks: Iterable[RegionFallback], changes: Changes = UNCHANGED) -> dict[str, str]:
    """Every file by its name, in an order in which none names another one that does not stand yet.

    They name each other by relative GET, so they work wherever they are put together. `it.xml` is whom to ring
    now; `it.2026-11-30T080000Z.xml` is the same from that instant (UTC) on, and may be copied over `it.xml`.
    """
    files = {CONNECT: connect(changes), WHISPER: whisper(changes)}
    due: list[tuple[datetime, str]] = []
    for fallback in fallbacks:
        key = fallback.region.key
        for position, period in enumerate(fallback.periods):
            name = name_of(key, period.starts_at) if position else key
            files[f"{name}.dial.xml"] = dial(fallback.region, period.rings, f"{name}.dial.xml", changes)
            files[f"{name}.xml"] = ask(f"{name}.dial.xml", changes)
            if position:
                due.append((period.starts_at, f"{name}.xml {key}.xml"))
    files[SCHEDULE] = "".join(schedule(due))
    return files


def name_of(key: str, at: datetime) -> str:
    """The name of what holds in a region from an instant on."""
    return f"{key}.{at.astimezone(UTC).strftime(NAME_OF_INSTANT)}"


def schedule(changes: Iterable[tuple[datetime, str]]) -> Iterator[str]:
    """One line a change, the earliest first: from when on, which file takes the place of which."""
    for at, files in sorted(changes):
        yield f"{at.astimezone(UTC).strftime(INSTANT)} {files}\n"
