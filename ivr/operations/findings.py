"""What the doctor finds: one thing, how bad it is, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: nothing, worth a look, or that something does not work which people depend on."""

    GOOD = "good"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `remedy` is empty when it is good."""

    area: str
    level: Level
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        """As it is printed: a sign, what was found, and below it what to do."""
        sign = {Level.GOOD: "ok     ", Level.WARNING: "warning", Level.ERROR: "ERROR  "}[self.level]
        line = f"{sign}  {self.area:<14}{self.text}"
        return f"{line}\n{'':25}-> {self.remedy}" if self.remedy else line


def good(area: str, text: str) -> Finding:
    """All is well."""
    return Finding(area, Level.GOOD, text)


def warning(area: str, text: str, remedy: str) -> Finding:
    """Worth a look."""
    return Finding(area, Level.WARNING, text, remedy)


def error(area: str, text: str, remedy: str) -> Finding:
    """A caller would be hurt, or whoever counts on being told is not."""
    return Finding(area, Level.ERROR, text, remedy)
