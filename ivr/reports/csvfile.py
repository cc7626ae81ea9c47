"""A table as CSV: plain values, and no cell that a spreadsheet would take for a formula."""

import csv
import io

from ivr.reports.table import Table, Unit, Value

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(table: Table) -> str:
    """The text of the file, with a head of titles; lines end as RFC 4180 has it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([harmless(titled(column.title, column.unit)) for column in table.columns])
    writer.writerows([harmless(cell) for cell in row] for row in table.rows)
    return out.getvalue()


def harmless(value: Value) -> str:
    """A cell: text that begins like a formula gets an apostrophe in front, which spreadsheets show as text."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    return f"'{value}" if value.startswith(FORMULA) else value


def titled(title: str, unit: Unit) -> str:
    """A title with its unit, where the values do not say it."""
    more = {Unit.PERCENT: " (%)", Unit.SECONDS: " (s)"}.get(unit, "")
    return title + more
