"""Holidays: the dates that a country or a part of it keeps, out of the holidays library."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType


@dataclass(frozen=True)
class HolidayCalendar:
    """Whose holidays: an ISO 3166 country, a subdivision of it ("BY"), and the kinds of holiday that count.

    Bavaria's Assumption is kept where most people are Catholic: categories ("public", "catholic").
    """

    country: str
    subdivision: str = ""
    categories: tuple[str, ...] = ("public",)

    def __str__(self) -> str:
        """As a configuration file writes it: DE-BY."""
        return "-".join(filter(None, (self.country, self.subdivision)))


class HolidaysUnknown(Exception):
    """The library does not answer for a calendar, whatever the reason."""


def is_holiday(calendar: HolidayCalendar, on: date) -> bool:
    """Whether a local date is a holiday. Raises HolidaysUnknown: whoever asks chooses its safe branch."""
    return on in holidays_of(calendar, on.year)


@lru_cache(maxsize=256)
def holidays_of(calendar: HolidayCalendar, year: int) -> Mapping[date, str]:
    """The holidays of one year by local date, with their names. Raises HolidaysUnknown."""
    import holidays  # here, because it takes a fifth of a second and most configurations have no calendar

    try:
        found = holidays.country_holidays(
            calendar.country, subdiv=calendar.subdivision or None, years=year, categories=calendar.categories
        )
        return MappingProxyType({on: name for on, name in found.items() if on.year == year})
    except Exception as error:
        raise HolidaysUnknown(f"no holidays are known for {calendar}: {error}") from error


def calendar_fault(calendar: HolidayCalendar) -> str:
    """What is wrong with a calendar, with what to write instead; empty when nothing is."""
    import holidays

    known = holidays.list_supported_countries(include_aliases=False)
    if calendar.country not in known:
        hint = "GB" if calendar.country == "UK" else "DE"
        return f'no holidays are known for "{calendar.country}". Write an ISO 3166 country such as "{hint}".'
    if calendar.subdivision and calendar.subdivision not in known[calendar.country]:
        parts = ", ".join(known[calendar.country]) or "none"
        return f'"{calendar.subdivision}" is no part of {calendar.country}. Known are: {parts}.'
    kinds = holidays.country_holidays(calendar.country).supported_categories
    wrong = [kind for kind in calendar.categories if kind not in kinds]
    if wrong or not calendar.categories:
        named = f'"{wrong[0]}" is no kind of holiday' if wrong else "no kind of holiday is named"
        return f"{named} in {calendar.country}. Known are: {', '.join(kinds)}."
    return ""
