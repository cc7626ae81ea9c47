"""Charts: bars of a table as places and lengths of a picture, which the table beside it says in numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ivr.reports.table import Column, Table, Value

BAR, GAP, LABEL, LONGEST = 13, 9, 190, 520
"""Lying bars: their height, what separates groups, the room for labels and for the longest bar."""

ROOM, TALLEST, SCALE = 760, 160, 46
"""Upright bars: the width of the picture, the height of the tallest, and the room for the scale."""

KINDS = ("one", "two", "three")
MOST_LABELS = 13

Shown = Callable[[Column, Value], str]
"""How values of a column are written for people."""


@dataclass(frozen=True)
class Bar:
    """One bar. `title` says what it is, for whoever points at it."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    title: str
    value: str = ""


@dataclass(frozen=True)
class Label:
    """A word in the picture."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Chart:
    """A picture with its measures. `legend` pairs kinds of bars with their titles."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]
    legend: tuple[tuple[str, str], ...]
    is_upright: bool


def chart_of(table: Table, shown: Shown) -> Chart | None:
    """The picture of a table; None where it has none, or nothing to show."""
    drawn = [table.columns[table.place(key)] for key in table.drawn]
    most = max((size(row[table.place(one.key)]) for row in table.rows for one in drawn), default=0.0)
    if not most:
        return None
    legend = tuple((kind, one.title) for kind, one in zip(KINDS, drawn, strict=False))
    return (upright if table.upright else lying)(table, drawn, most, legend, shown)


def lying(table: Table, drawn: list[Column], most: float, legend: tuple[tuple[str, str], ...], shown: Shown) -> Chart:
    """A group of bars for each row, one below the other."""
    bars, labels, top = [], [], 0
    for row in table.rows:
        name = shown(table.columns[0], row[0])
        labels.append(Label(0, top + BAR - 2, name if len(name) <= 30 else f"{name[:28]}…"))
        for kind, one in zip(KINDS, drawn, strict=False):
            value = row[table.place(one.key)]
            said, width = shown(one, value), round(size(value) / most * LONGEST, 1)
            bars.append(Bar(kind, LABEL, top, width, BAR - 2, f"{name}, {one.title}: {said}", said))
            top += BAR
        top += GAP
    return Chart(LABEL + LONGEST + 90, top, tuple(bars), tuple(labels), legend, is_upright=False)


def upright(table: Table, drawn: list[Column], most: float, legend: tuple[tuple[str, str], ...], shown: Shown) -> Chart:
    """A group of bars for each row, one beside the other, with the largest value on the scale."""
    group = (ROOM - SCALE) / max(len(table.rows), 1)
    every = -(-len(table.rows) // MOST_LABELS)
    bars, labels = [], [Label(0, 12, shown(drawn[0], max_of(table, drawn))), Label(0, TALLEST + 2, "0")]
    for number, row in enumerate(table.rows):
        left, name = SCALE + number * group, shown(table.columns[0], row[0])
        if number % every == 0:
            labels.append(Label(round(left, 1), TALLEST + 18, short(row[0])))
        for place, (kind, one) in enumerate(zip(KINDS, drawn, strict=False)):
            value, width = row[table.place(one.key)], group * 0.8 / len(drawn)
            height = round(size(value) / most * TALLEST, 1)
            said = f"{name}, {one.title}: {shown(one, value)}"
            x = round(left + place * width, 1)
            bars.append(Bar(kind, x, round(TALLEST - height, 1), round(width, 1), height, said))
    return Chart(ROOM, TALLEST + 24, tuple(bars), tuple(labels), legend, is_upright=True)


def short(value: Value) -> str:
    """What stands below a bar: an hour, or a date without its year."""
    return f"{value:%d %b}" if isinstance(value, date) else f"{value:02}" if isinstance(value, int) else str(value)[:6]


def max_of(table: Table, drawn: list[Column]) -> Value:
    """The largest value that is drawn."""
    return max((row[table.place(one.key)] for row in table.rows for one in drawn), key=size)


def size(value: Value) -> float:
    """How long the bar of a value is, before it is scaled."""
    return float(value) if isinstance(value, int | float | Decimal) else 0.0
