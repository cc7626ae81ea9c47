"""What lists share: filters out of the address, days on the reader's clock, and the way to the next page."""

from datetime import date, datetime, time, timedelta

from flask import request, url_for

from ivr.console.visit import Visit
from ivr.store.listing import Place, place_in, text_of_place
from ivr.store.types import number_in
from schedules.wallclock import Repeated, to_utc


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
    kept = {known: value for known, value in request.args.items() if value and known != name}
    return url_for(endpoint, **{**kept, name: place})  # type: ignore[arg-type]
