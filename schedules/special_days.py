"""Special days: the dates ahead on which support hours differ from the week's, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from schedules.holidays import holidays_of
from schedules.hours import Opening, SupportHours, periods_on


@dataclass(frozen=True)
class SpecialDay:
    """A local date unlike its weekday: closed when it has no `openings`. `why` is a holiday's name, or empty."""

    on: date
    openings: tuple[Opening, ...] = ()
    why: str = ""


def special_days(hours: SupportHours, since: date, days: int = 400) -> Iterator[SpecialDay]:
    """The special days from a local date on, in order. Raises HolidaysUnknown as support hours do."""
    weekdays = {period.weekday for period in hours.periods}
    for on in (since + timedelta(days=number) for number in range(days)):
        special = tuple(opening for opening in hours.openings if opening.on == on)
        if special and on not in hours.closures:
            yield SpecialDay(on, tuple(sorted(special, key=lambda opening: opening.opens)))
        elif on.weekday() in weekdays and not periods_on(hours, on):
            yield SpecialDay(on, why="" if on in hours.closures else _holiday(hours, on))


def _holiday(hours: SupportHours, on: date) -> str:
    return holidays_of(hours.holidays, on.year)[on] if hours.holidays else ""
