"""Availability: the share of each day and month in which nothing was down, and the share payable for it (art. 20)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

Stretch = tuple[datetime, datetime]
"""A half-open range of instants (UTC)."""

NOTHING = timedelta(0)

PAYABLE = ((Fraction(999, 1000), 100), (Fraction(98, 100), 90), (Fraction(95, 100), 75), (Fraction(90, 100), 50))
"""Art. 20.3: from which monthly availability on which percentage is payable; nothing below the last."""


@dataclass(frozen=True)
class Measured:
    """Of a day, or of the days of a month: how much of it was promised, and how much of that was down.

    Planned maintenance is not promised (art. 20.2), and neither is what lies ahead.
    """

    on: date
    promised: timedelta
    down: timedelta

    @property
    def share(self) -> Fraction | None:
        """The availability, from 0 to 1, exactly; None where nothing was promised."""
        return 1 - Fraction(self.down // MICRO, self.promised // MICRO) if self.promised else None


MICRO = timedelta(microseconds=1)


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time as stretches that neither touch nor overlap, in order; empty ones are left out."""
    found: list[Stretch] = []
    for starts_at, ends_at in sorted(one for one in stretches if one[0] < one[1]):
        if found and starts_at <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends_at))
        else:
            found.append((starts_at, ends_at))
    return found


def without(stretches: Iterable[Stretch], taken: Iterable[Stretch]) -> list[Stretch]:
    """What is left of stretches when others are taken out."""
    left = joined(stretches)
    for starts_at, ends_at in joined(taken):
        left = [part for one in left for part in ((one[0], min(one[1], starts_at)), (max(one[0], ends_at), one[1]))]
        left = [part for part in left if part[0] < part[1]]
    return left


def within(stretches: Iterable[Stretch], since: datetime, until: datetime) -> timedelta:
    """How much of stretches that do not overlap lies in a half-open range."""
    return sum((max(min(end, until) - max(start, since), NOTHING) for start, end in stretches), NOTHING)


def measured(
    days: Iterable[tuple[date, datetime, datetime]],
    incidents: Iterable[Stretch],
    maintenance: Iterable[Stretch],
    at: datetime,
) -> list[Measured]:
    """Each day (its local date, and the instants at which it begins and ends) as far as it is over at `at`.

    Daily, as art. 20.1 wants it. Incidents that overlap count once; one during announced maintenance does not count.
    """
    planned = joined(maintenance)
    down = without(incidents, planned)
    found = []
    for on, starts_at, ends_at in days:
        ends_at = max(min(ends_at, at), starts_at)
        promised = ends_at - starts_at - within(planned, starts_at, ends_at)
        found.append(Measured(on, promised, within(down, starts_at, ends_at)))
    return found


def by_month(days: Sequence[Measured]) -> list[Measured]:
    """The days of each month together, by its first date: what was up of all that was promised."""
    months: dict[date, Measured] = {}
    for day in days:
        first = day.on.replace(day=1)
        so_far = months.get(first, Measured(first, NOTHING, NOTHING))
        months[first] = Measured(first, so_far.promised + day.promised, so_far.down + day.down)
    return list(months.values())


def payable(share: Fraction | None) -> int:
    """The payable percentage of a month by its availability (art. 20.3); all of it where nothing was promised."""
    if share is None:
        return 100
    return next((percent for least, percent in PAYABLE if share >= least), 0)


def percent(share: Fraction) -> str:
    """A share as a percentage with three places, rounded down: 99.900 is never shown of less."""
    thousandths = int(share * 100_000)
    return f"{thousandths // 1000}.{thousandths % 1000:03}"
