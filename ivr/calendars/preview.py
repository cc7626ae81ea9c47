"""The preview of an import: which rows of a calendar or a table can be used, and why others cannot."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from ivr.calendars.csvfile import read_csv
from ivr.calendars.icsfile import read_ics
from ivr.calendars.people import NotFound, engineer_in
from ivr.calendars.rows import LONGEST, MOST_BYTES, MOST_ROWS, Preview, Row, RowError, RowKind, Written
from routing.people import Engineer
from schedules.leave import Absence
from schedules.overrides import Override
from schedules.rota import Rota


class Unusable(Exception):
    """An entry that is not imported; the text says why, and what to do about it."""


def decoded(data: bytes) -> str:
    """An uploaded file as text: UTF-8, UTF-16 with its mark, or what spreadsheets on Windows write."""
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", errors="replace")


def preview(
    text: str,
    rota: Rota,
    engineers: Mapping[str, Engineer],
    at: datetime,
    zone: str,
    absences: tuple[Absence, ...] = (),
) -> Preview:
    """What importing a calendar or a table into a rota at `at` (UTC) would bring, in the order of the file.

    Times that name no zone are on the clock of `zone`. Nothing that is over at `at` is imported,
    nor leave that is among `absences` already.
    """
    if len(text.encode()) > MOST_BYTES:
        return _refused(f"is larger than {MOST_BYTES // 1000} kB. Import it in parts.")
    is_calendar = text.lstrip("\ufeff \r\n\t")[:15].upper().startswith("BEGIN:VCALENDAR")
    written, errors = read_ics(text, zone, at) if is_calendar else read_csv(text.lstrip("\ufeff"), zone)
    if len(written) > MOST_ROWS:
        return _refused(f"has {len(written)} entries. Import {MOST_ROWS} at most at a time.")
    rows: list[Row] = []
    for entry in sorted(written, key=lambda entry: (entry.line, entry.starts_at)):
        try:
            row = _row(entry, rota, engineers, at, rows)
            _refuse_known_leave(row, absences)
            rows.append(row)
        except (Unusable, NotFound) as error:
            errors.append(RowError(entry.line, str(error)))
    return Preview(tuple(_noted(rows)), tuple(sorted(_once(errors), key=lambda error: error.line)))


def _refused(text: str) -> Preview:
    return Preview((), (RowError(1, text),))


def _row(entry: Written, rota: Rota, engineers: Mapping[str, Engineer], at: datetime, before: list[Row]) -> Row:
    engineer = engineer_in(entry.who, engineers)
    instead = engineer_in([entry.instead_of], engineers).key if entry.instead_of else ""
    _refuse_impossible(entry, engineer, instead, at)
    starts_at, note = entry.starts_at, ""
    if starts_at < at:
        starts_at, note = at, "began before now: counts from now on"
    row = Row(entry.line, engineer.key, starts_at, entry.ends_at, entry.kind, instead, note)
    _refuse_twice(row, rota, before)
    return row


def _refuse_impossible(entry: Written, engineer: Engineer, instead: str, at: datetime) -> None:
    if entry.ends_at <= entry.starts_at:
        raise Unusable("ends before it begins, or has no length. Write an end that is later.")
    if entry.ends_at <= at:
        raise Unusable("is over. What was is not changed: leave it out.")
    if entry.ends_at - entry.starts_at > LONGEST:
        raise Unusable("lasts longer than a year. Write it in parts, or change the layers of the rota.")
    if instead and entry.kind is not RowKind.REPLACE:
        raise Unusable(f'instead_of goes with "replace" only, not with "{entry.kind}". Leave it empty.')
    if instead == engineer.key:
        raise Unusable(f"{engineer.name} cannot stand in for themselves. Name somebody else.")
    if entry.kind in {RowKind.REPLACE, RowKind.ADD} and not engineer.active:
        raise Unusable(f"{engineer.name} is not active and is never rung. Name somebody else, or make them active.")


def _refuse_twice(row: Row, rota: Rota, before: Iterable[Row]) -> None:
    twin = next((other for other in before if _key(other) == _key(row)), None)
    if twin is not None:
        raise Unusable(f"is the same as on line {twin.line}. Leave one of them out.")
    if row.kind is not RowKind.LEAVE and any(_key(row) == _override_key(one) for one in rota.overrides):
        raise Unusable("is there already: nothing to do.")


def _refuse_known_leave(row: Row, absences: Iterable[Absence]) -> None:
    known = (one for one in absences if one.engineer == row.engineer)
    if row.kind is RowKind.LEAVE and any(o.starts_at <= row.starts_at and row.ends_at <= o.ends_at for o in known):
        raise Unusable("is there already: nothing to do.")


def _key(row: Row) -> tuple[object, ...]:
    return row.engineer, row.starts_at, row.ends_at, str(row.kind), row.instead_of


def _override_key(override: Override) -> tuple[object, ...]:
    return override.engineer, override.starts_at, override.ends_at, str(override.kind), override.instead_of


def _noted(rows: list[Row]) -> Iterator[Row]:
    """Each row, with a note where another of the file is about the same time."""
    for row in rows:
        other = next((one for one in rows if one is not row and _compete(one, row)), None)
        if other is not None:
            note = f"overlaps line {other.line}: whoever begins later is on call"
            row = replace(row, note="; ".join(text for text in (row.note, note) if text))
        yield row


def _compete(one: Row, row: Row) -> bool:
    alone = one.kind is row.kind is RowKind.REPLACE and not one.instead_of and not row.instead_of
    return alone and one.starts_at < row.ends_at and row.starts_at < one.ends_at


def _once(errors: list[RowError]) -> Iterator[RowError]:
    """What is said once of a line however often its event repeats."""
    yield from dict.fromkeys(errors)
