"""Partners as a CSV: read line by line with what is wrong, and written so that it reads back to the same."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ivr.store.configuration import PartnerEntry
from routing.numbers import grouped

COLUMNS = ("number", "name", "tier", "country", "phones", "refer_to", "pbx", "pin")
BETWEEN_PHONES = re.compile(r"[;,|\n]")
FORMULA = ("=", "+", "-", "@")
CLEARS_PIN = "-"


@dataclass(frozen=True)
class LineFault:
    """What is wrong with a line of the file, counted from 1; 0 for the file as a whole."""

    line: int
    text: str

    def __str__(self) -> str:
        """As it is shown."""
        return f"line {self.line}: {self.text}" if self.line else self.text


@dataclass(frozen=True)
class CsvRow:
    """One partner of the file: the line on which it begins, and the columns that the file has, as `apply` reads them.

    `pin` is None to keep what is stored, empty to have none.
    """

    line: int
    table: dict[str, Any]
    pin: str | None


class CsvRefused(Exception):
    """The file cannot be read as a whole; the text says what to do."""


def read_csv(data: bytes) -> list[CsvRow]:
    """The rows of a file with a heading; separated by commas, semicolons or tabs. Raises CsvRefused."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CsvRefused("is not UTF-8 text. Save it as UTF-8.") from None
    heading = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=heading.count), strict=True)
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        _check_heading(columns)
        return list(_rows(reader, columns))
    except csv.Error as error:
        raise CsvRefused(f"line {reader.line_num}: is not understood ({error}). Close its quotes.") from None


def write_csv(entries: Iterable[PartnerEntry]) -> str:
    """All columns; the PINs are left out, and an empty one keeps what is stored."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for entry in entries:
        partner = entry.partner
        phones = "; ".join(grouped(phone) for phone in partner.phones)
        named = (safe(partner.name), str(partner.tier), partner.country)
        writer.writerow([partner.number, *named, phones, partner.refer_to or "", safe(partner.pbx), ""])
    return out.getvalue()


def safe(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula; reading takes the mark away again."""
    return f"'{cell}" if cell.startswith((*FORMULA, "'")) else cell


def _check_heading(columns: list[str]) -> None:
    unknown = [name for name in columns if name not in COLUMNS]
    if "number" not in columns or unknown:
        wrong = f'"{unknown[0]}" is no column' if unknown else 'there is no column "number"'
        raise CsvRefused(f"line 1: {wrong}. Its columns are: {', '.join(COLUMNS)}.")
    twice = [name for name in columns if columns.count(name) > 1]
    if twice:
        raise CsvRefused(f'line 1: the column "{twice[0]}" stands there twice. Keep one.')


def _rows(reader: Any, columns: list[str]) -> Iterator[CsvRow]:
    begins = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            if len(cells) > len(columns):
                said = f"has {len(cells)} cells, the heading {len(columns)}. Put quotes around a text with a comma."
                raise CsvRefused(f"line {begins}: {said}")
            texts = dict(zip(columns, (_plain(cell) for cell in cells), strict=False))
            yield _row(begins, texts)
        begins = reader.line_num + 1


def _row(line: int, texts: dict[str, str]) -> CsvRow:
    pin = texts.pop("pin", "")
    table: dict[str, Any] = dict(texts)
    if "phones" in table:
        table["phones"] = [phone.strip() for phone in BETWEEN_PHONES.split(texts["phones"]) if phone.strip()]
    if "refer_to" in table:
        table["refer_to"] = texts["refer_to"] or None
    return CsvRow(line, table, {"": None, CLEARS_PIN: ""}.get(pin, pin))


def _plain(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith((*FORMULA, "'")) else text
