"""What lists share: filters out of the address, days on the reader's clock, and the way to the next page."""

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from flask import request, url_for

from ivr.console.visit import Visit
from ivr.store.listing import Place, place_in, text_of_place
from ivr.store.types import number_in
from schedules.wallclock import Repeated, to_utc

PLACES = ("after", "from")
"""What an address calls the place where a list goes on."""


def asked(name: str) -> str:
    """A filter as the address has it, without blanks around it."""
    return request.args.get(name, "").strip()


def number_asked(name: str) -> int | None:
    """A number of a row that the address has; None without one, and for what is none."""
    return number_in(asked(name))


def day(visit: Visit, name: str, days_later: int = 0) -> datetime | None:
    """The beginning (UTC) of the day that a filter names, on the reader's clock; None without a day."""
    try:
        on = date.fromisoformat(asked(name)) + timedelta(days=days_later)
        return to_utc(datetime.combine(on, time(0)), visit.zone, Repeated.FIRST)
    except (ValueError, OverflowError):
        return None


def place_asked(*, is_number: bool = False) -> Place | None:
    """Where the page before ended; None for the first page, and for an address that somebody made up."""
    return place_in(asked("after"), is_number=is_number)


def older(endpoint: str, at: datetime, key: str | int) -> str:
    """The address of the page after a row."""
    return going_on(endpoint, "after", text_of_place(at, key))


def going_on(endpoint: str, name: str, place: str | int) -> str:
    """The address of this list with one thing changed: where it goes on."""
    return f"{url_for(endpoint)}?{urlencode({**filters_asked(), name: place})}"


def newest(endpoint: str) -> str:
    """The address of the first page of this list."""
    return f"{url_for(endpoint)}?{urlencode(filters_asked())}"


def filters_asked() -> dict[str, str]:
    """Whatever the address asks for, without the place where it goes on."""
    return {name: value for name, value in request.args.items() if value and name not in PLACES}
