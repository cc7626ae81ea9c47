"""Rules by which events repeat: those that can be followed in a moment, and those that are refused."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

TURNS = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
UNDERSTOOD = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FIRST_YEAR = 2000


class BadRule(Exception):
    """A rule that is not followed; the text says why, and what to do."""


TOO_OFTEN = "repeats more often than daily. Let each turn be an event of its own."
NOT_UNDERSTOOD = "repeats in a way that is not understood. Let each turn be an event of its own."


def refuse_endless(rule: Any, start: date) -> None:
    """Raise BadRule for a rule that might be searched for ever, because no day need ever fulfil it.

    What is left is daily, weekly, monthly and yearly turns, on certain weekdays, days or months: these come again soon.
    """
    often = str(_first(rule, "FREQ", "")).upper()
    if often in OFTEN:
        raise BadRule(TOO_OFTEN)
    interval = int(_first(rule, "INTERVAL", 1))
    if set(map(str.upper, rule)) - UNDERSTOOD or start.year < FIRST_YEAR or often not in TURNS or interval < 1:
        raise BadRule(NOT_UNDERSTOOD)
    steps = interval > 1
    filters = {name for name in ("BYDAY", "BYMONTHDAY", "BYMONTH") if rule.get(name)}
    if steps and ("BYMONTH" in filters or (often == "DAILY" and filters)):
        raise BadRule(NOT_UNDERSTOOD)
    if rule.get("BYSETPOS") and not _picks_weekdays(rule, often, filters):
        raise BadRule(NOT_UNDERSTOOD)


def comes_within(rule: Any, first: date, last: date) -> bool:
    """Whether any day from `first` to `last` is one on which the rule allows a turn: only then is it followed."""
    return any(_allows(rule, day) for day in _days(first, last))


def _picks_weekdays(rule: Any, often: str, filters: set[str]) -> bool:
    """Whether BYSETPOS chooses among a month's weekdays, as in "the last working day"."""
    plain = all(len(str(day)) == 2 for day in _values(rule, "BYDAY"))
    near = all(1 <= abs(int(place)) <= 4 for place in _values(rule, "BYSETPOS"))
    return often == "MONTHLY" and filters == {"BYDAY"} and plain and near


def _allows(rule: Any, day: date) -> bool:
    months, days = ([int(value) for value in _values(rule, name)] for name in ("BYMONTH", "BYMONTHDAY"))
    weekdays = [re.sub(r"[^A-Z]", "", str(value).upper()) for value in _values(rule, "BYDAY")]
    from_the_end = day.day - monthrange(day.year, day.month)[1] - 1
    return (
        (not months or day.month in months)
        and (not days or day.day in days or from_the_end in days)
        and (not weekdays or DAYS[day.weekday()] in weekdays)
    )


def _days(first: date, last: date) -> Iterator[date]:
    yield from (first + timedelta(days=days) for days in range((last - first).days + 1))


def _first(rule: Any, name: str, default: Any) -> Any:
    return next(iter(_values(rule, name)), default)


def _values(rule: Any, name: str) -> list[Any]:
    value = rule.get(name, [])
    return list(value) if isinstance(value, list | tuple) else [value]
