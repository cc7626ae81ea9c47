"""What a benchmark finds: figures with their runs and goals, and how they are kept and shown."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Goal:
    """A bound that a figure should keep; either side may be open."""

    at_least: float | None = None
    at_most: float | None = None

    def is_reached(self, value: float) -> bool:
        """Whether a value keeps both bounds."""
        low = self.at_least is None or value >= self.at_least
        high = self.at_most is None or value <= self.at_most
        return low and high

    def __str__(self) -> str:
        """The bound as it stands in the table."""
        bounds = [(">=", self.at_least), ("<=", self.at_most)]
        return ", ".join(f"{sign} {bound:g}" for sign, bound in bounds if bound is not None)


@dataclass(frozen=True)
class Figure:
    """One figure: its value in each run, of which the median is shown."""

    name: str
    unit: str
    runs: tuple[float, ...]
    goal: Goal | None = None
    note: str = ""

    @property
    def value(self) -> float:
        """The median of the runs."""
        return median(self.runs)

    @property
    def verdict(self) -> str:
        """Whether the goal is reached, in a word; empty without a goal."""
        if self.goal is None:
            return ""
        return "reached" if self.goal.is_reached(self.value) else "missed"


def keep(measure: str, title: str, figures: Iterable[Figure]) -> Path:
    """Write the figures of one measure as JSON, in place of its last ones; returns where."""
    path = RESULTS / f"{measure}.json"
    found = {"measure": measure, "title": title, **_circumstances(), "figures": [_plain(one) for one in figures]}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n")
    return path


def _plain(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "unit": figure.unit,
        "median": _rounded(figure.value),
        "runs": [_rounded(run) for run in figure.runs],
        "goal": str(figure.goal) if figure.goal else "",
        "verdict": figure.verdict,
        "note": figure.note,
    }


def _rounded(value: float) -> float:
    """Four digits are more than a run on a shared machine can say."""
    return float(f"{value:.4g}")


def _circumstances() -> dict[str, Any]:
    """When and on what the figures were taken."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "processor": platform.machine(),
    }


def table(measures: Iterable[str]) -> str:
    """The kept results of these measures as tables in Markdown; those never taken are left out."""
    kept = (RESULTS / f"{name}.json" for name in measures)
    return "\n".join(_table(json.loads(path.read_text())) for path in kept if path.exists())


def _table(found: dict[str, Any]) -> str:
    rows = [
        f"| {one['name']} | {one['median']:g} {one['unit']} | {min(one['runs']):g} to {max(one['runs']):g} "
        f"| {len(one['runs'])} | {one['goal']} | {one['verdict']} | {one['note']} |"
        for one in found["figures"]
    ]
    head = ["| figure | median | from, to | runs | goal | | |", "|---|---|---|---|---|---|---|"]
    taken = f"Taken {found['at']}, Python {found['python']}, {found['cores']} cores ({found['processor']})."
    return "\n".join([f"### {found['title']}", "", taken, "", *head, *rows, ""])
