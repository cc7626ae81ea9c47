"""The scope of a report: a period of whole local days, a region or all, and whose calendar the days are of."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from ivr.store.local_time import LocalTime
from ivr.store.report_range import Range
from routing.configuration import Configuration
from schedules.offsets import offsets
from schedules.wallclock import to_local, to_utc

DAY = timedelta(days=1)
USUAL, LONGEST = 30, 732
"""Days that are shown when nothing is asked for, and at most."""

EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Scope:
    """Both dates are counted. A region's days are those of its own wall clock, all regions' those of the reader's."""

    connection: Connection
    configuration: Configuration
    first_on: date
    last_on: date
    region: str
    zone: str
    at: datetime

    @property
    def range(self) -> Range:
        """The same for the queries."""
        since, until = midnight(self.first_on, self.zone), midnight(self.last_on + DAY, self.zone)
        return Range(since, until, self.region, LocalTime(offsets(since, until, self.zone)), self.at)

    def days(self) -> Iterator[tuple[date, datetime, datetime]]:
        """Each local date with the instants (UTC) at which it begins and ends."""
        on, begins = self.first_on, midnight(self.first_on, self.zone)
        while on <= self.last_on:
            ends = midnight(on + DAY, self.zone)
            yield on, begins, ends
            on, begins = on + DAY, ends

    def whole_months(self) -> "Scope":
        """The same from the first day of the first month until the last day of the last one."""
        following = (self.last_on.replace(day=28) + 4 * DAY).replace(day=1)
        return replace(self, first_on=self.first_on.replace(day=1), last_on=following - DAY)

    def region_name(self, key: str) -> str:
        """A region's name by key; the key of one that is gone."""
        found = self.configuration.regions.get(key)
        return found.name if found else key


def scope_of(
    connection: Connection,
    configuration: Configuration,
    at: datetime,
    reader_zone: str,
    period: tuple[date | None, date | None],
    region: str,
) -> Scope:
    """The scope that was asked for; without dates the thirty days that end today. Too long a period ends earlier.

    An unknown region is all of them.
    """
    region = region if region in configuration.regions else ""
    zone = configuration.regions[region].hours.zone if region else reader_zone
    today = to_local(at, zone).date()
    first, last = period
    last = min(max(last or today, EARLIEST), today + DAY * LONGEST)
    first = min(max(first or last - DAY * (USUAL - 1), EARLIEST), today + DAY * LONGEST)
    first, last = min(first, last), max(first, last)
    return Scope(connection, configuration, first, min(last, first + DAY * (LONGEST - 1)), region, zone, at)


def midnight(on: date, zone: str) -> datetime:
    """The instant (UTC) at which a local date begins."""
    return to_utc(datetime.combine(on, time(0)), zone)
