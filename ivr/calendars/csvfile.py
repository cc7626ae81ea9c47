"""Reading a table (CSV) for an import: who, from when, until when, and as what."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from ivr.calendars.rows import RowError, RowKind, Written
from schedules.wallclock import Repeated, to_utc

COLUMNS: dict[str, tuple[str, ...]] = {
    "engineer": ("engineer", "name", "person", "who", "key", "email", "e-mail", "mail"),
    "from": ("from", "start", "starts", "starts at", "begin", "begins"),
    "until": ("until", "to", "end", "ends", "ends at"),
    "kind": ("kind", "type", "as"),
    "instead_of": ("instead_of", "instead of", "for"),
}
NEEDED = ("engineer", "from", "until")
KINDS = {
    **{kind.value: kind for kind in RowKind},
    "": RowKind.REPLACE,
    "override": RowKind.REPLACE,
    "vacation": RowKind.LEAVE,
    "holiday": RowKind.LEAVE,
    "away": RowKind.LEAVE,
}
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?( ?(Z|[+-]\d\d:?\d\d))?")
HOW = 'Write it like "2026-12-24 18:00", on the rota\'s clock, or like "2026-12-24" for a whole day.'


class BadCell(Exception):
    """A cell that cannot be used; the text says why, and what to write instead."""


def read_csv(text: str, zone: str) -> tuple[list[Written], list[RowError]]:
    """The rows of a table and what is wrong with others. Times without an offset are on the clock of `zone`.

    A date alone is a whole local day; as the end, that day is included.
    """
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        return [], [RowError(reader.line_num, f"cannot be read as a table: {error}. Save it as CSV again.")]
    filled = [(line, [cell.strip() for cell in cells]) for line, cells in lines if any(cell.strip() for cell in cells)]
    if not filled:
        return [], [RowError(1, "is empty. Write a row of column names, and a row for each entry.")]
    places, missing = _columns(filled[0][1])
    if missing:
        return [], [RowError(filled[0][0], _no_columns(missing))]
    return _rows(filled[1:], places, zone)


def _rows(
    filled: list[tuple[int, list[str]]], places: Mapping[str, int], zone: str
) -> tuple[list[Written], list[RowError]]:
    found: list[Written] = []
    errors: list[RowError] = []
    for line, cells in filled:
        values = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
        try:
            found.append(_written(line, values, zone))
        except BadCell as error:
            errors.append(RowError(line, str(error)))
    return found, errors


def _written(line: int, values: Mapping[str, str], zone: str) -> Written:
    kind = KINDS.get(values.get("kind", "").lower())
    if kind is None:
        raise BadCell(f'kind: "{values["kind"]}" is not known. Write replace, add, remove or leave.')
    starts_at = instant("from", values["from"], zone, Repeated.FIRST)
    ends_at = instant("until", values["until"], zone, Repeated.LAST)
    return Written(line, (values["engineer"],), starts_at, ends_at, kind, values.get("instead_of", ""))


def instant(column: str, written: str, zone: str, repeated: Repeated) -> datetime:
    """A cell as an instant (UTC); LAST is an end, and so the end of a day that stands alone. Raises BadCell."""
    if not written:
        raise BadCell(f"{column}: is empty. {HOW}")
    try:
        if DAY.fullmatch(written):
            on = date.fromisoformat(written) + timedelta(days=repeated is Repeated.LAST)
            return to_utc(datetime.combine(on, time(0)), zone, repeated)
        if MOMENT.fullmatch(written):
            moment = datetime.fromisoformat(re.sub(r" (?=Z|[+-]\d)", "", written))
            return moment.astimezone(UTC) if moment.tzinfo else to_utc(moment, zone, repeated)
    except (ValueError, OverflowError):
        raise BadCell(f'{column}: "{written}" is no date. {HOW}') from None
    raise BadCell(f'{column}: "{written}" is not understood. {HOW}')


def _columns(header: list[str]) -> tuple[dict[str, int], list[str]]:
    names = [" ".join(name.lower().split()) for name in header]
    places = {
        column: names.index(found) for column, known in COLUMNS.items() if (found := _first(known, names)) is not None
    }
    return places, [column for column in NEEDED if column not in places]


def _first(known: tuple[str, ...], names: list[str]) -> str | None:
    return next((name for name in known if name in names), None)


def _no_columns(missing: list[str]) -> str:
    names = " and ".join(f'"{name}"' for name in missing)
    return f"no column is called {names}. Name the columns in the first row: engineer, from, until, kind, instead_of."


def _delimiter(text: str) -> str:
    first: Iterator[str] = (line for line in text.splitlines() if line.strip())
    header = next(first, "")
    return max(",;\t", key=header.count)
