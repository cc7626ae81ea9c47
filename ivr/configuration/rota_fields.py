"""How the values of rotas and calendars are written: windows, turns, days that count, openings, holidays."""

import re
from collections.abc import Iterable
from datetime import date, time
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator

from ivr.configuration.fields import WEEKDAYS, hhmm, weekday, written
from schedules.hours import Opening
from schedules.rotation import PER_DAY
from schedules.windows import LAST, Window

ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": LAST}
WINDOW = re.compile(r"^(?:(\w+) )?(\w{3})(?:-(\w{3}))? (\d\d:\d\d)-(\d\d:\d\d)$")
OPENING = re.compile(r"^(\d{4}-\d\d-\d\d) (\d\d:\d\d)-(\d\d:\d\d)$")
WINDOW_EXAMPLE = '"Mon-Fri 18:00-09:00"'


class Turns(NamedTuple):
    """How long turns are: so many days each, or so many turns a day."""

    days: int
    per_day: int = 1


def windows(value: Any) -> tuple[Window, ...]:
    """The windows behind `Mon-Fri 18:00-09:00` or `first Mon 09:00-18:00`, one for each weekday."""
    text = written(value, WINDOW_EXAMPLE)
    match = WINDOW.match(text)
    if match is None:
        raise ValueError(f'"{text}" is not understood. Write it like {WINDOW_EXAMPLE} or "first Mon 09:00-18:00".')
    ordinal, first, last, starts, ends = match.groups()
    if ordinal and ordinal.lower() not in ORDINALS:
        raise ValueError(f'"{ordinal}" is no place in a month. Write one of {", ".join(ORDINALS)}.')
    if ordinal and last:
        raise ValueError(f'"{text}" names several weekdays. Write one line for each: "{ordinal} {first} ...".')
    if starts == "24:00":
        raise ValueError(f'"{text}" begins at 24:00. Write 00:00 of the next day.')
    nth = ORDINALS[ordinal.lower()] if ordinal else None
    return tuple(Window(day, hhmm(starts), hhmm(ends), nth) for day in _weekdays(text, first, last))


def turns(value: Any) -> Turns:
    """The length of a turn, in days or in hours."""
    named = {"day": Turns(1), "week": Turns(7), **{f"{24 // n} hours": Turns(1, n) for n in PER_DAY if n > 1}}
    if isinstance(value, str) and value in named:
        return named[value]
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 366:
        return Turns(value)
    hours = ", ".join(f'"{name}"' for name in named if name.endswith("hours"))
    raise ValueError(
        f'{value!r} is no length of a turn. Write "day", "week" or a number of days up to 366, or one of {hours}.'
    )


def counted(value: Any) -> tuple[int, ...]:
    """The weekdays behind `Mon-Fri` or `Mon-Thu, Sat`."""
    text = written(value, '"Mon-Fri"')
    found: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\w{3})(?:-(\w{3}))?\s*", part)
        if match is None:
            raise ValueError(f'"{text}" is not understood. Write the weekdays that count like "Mon-Fri".')
        found.update(_weekdays(text, match[1], match[2]))
    return tuple(sorted(found))


def opening(value: Any) -> Opening:
    """A special opening: `2026-12-24 09:00-13:00`."""
    text = written(value, '"2026-12-24 09:00-13:00"')
    match = OPENING.match(text)
    if match is None:
        raise ValueError(f'"{text}" is not understood. Write it like "2026-12-24 09:00-13:00".')
    if match[2] == "24:00":
        raise ValueError(f'"{text}" opens at 24:00. Write 00:00 of the next day.')
    try:
        on = date.fromisoformat(match[1])
    except ValueError:
        raise ValueError(f'"{match[1]}" is no date. Write it like 2026-12-24.') from None
    opens, closes = hhmm(match[2]), hhmm(match[3])
    if closes != time(0) and closes <= opens:
        raise ValueError(f'"{text}" closes before it opens. Split it at midnight.')
    return Opening(on, opens, closes)


def holidays(value: Any) -> Any:
    """A calendar in short, as a table: `DE-BY` is country and subdivision. Tables stay as they are."""
    if isinstance(value, str):
        country, _, subdivision = value.partition("-")
        return {"country": country, "subdivision": subdivision}
    if not isinstance(value, dict):
        raise ValueError(f'{value} is no calendar. Write it like "DE-BY", or {{ country = "DE", subdivision = "BY" }}.')
    return value


def window_text(run: list[Window]) -> str:
    """Windows that are alike on days that follow each other, as the file writes them."""
    first = run[0]
    ordinal = next((f"{word} " for word, nth in ORDINALS.items() if nth == first.nth), "")
    ends = "24:00" if first.ends == time(0) else f"{first.ends:%H:%M}"
    return f"{ordinal}{days_text(window.weekday for window in run)} {first.starts:%H:%M}-{ends}"


def days_text(days: Iterable[int]) -> str:
    """Weekdays as the file writes them: those that follow each other as a range."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] + 1 == day:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join("-".join(dict.fromkeys(WEEKDAYS[day].capitalize() for day in (run[0], run[-1]))) for run in runs)


def _weekdays(text: str, first: str, last: str | None) -> range:
    begins = weekday(first)
    ends = weekday(last) if last else begins
    if ends < begins:
        raise ValueError(f'"{text}" ends before it begins. Write two entries, such as "Sat-Sun" and "Mon".')
    return range(begins, ends + 1)


Windows = Annotated[tuple[Window, ...], BeforeValidator(windows)]
Every = Annotated[Turns, BeforeValidator(turns)]
Counts = Annotated[tuple[int, ...], BeforeValidator(counted)]
SpecialOpening = Annotated[Opening, BeforeValidator(opening)]
