"""Reading a configuration file: every error with its line and what to write instead, or plain values."""

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path as FilePath

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ivr.configuration import schema
from ivr.configuration.checks import Complaint, cross_check, warnings_of
from ivr.configuration.lines import LineMap, Path
from ivr.configuration.values import to_configuration, to_partners
from ivr.store.configuration import PartnerEntry
from routing.configuration import Configuration


@dataclass(frozen=True)
class FileError:
    """One thing that is wrong, and where."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        """As editors and compilers write it."""
        return f"{self.file}:{self.line}: {self.text}"


class FileRefused(Exception):
    """The file has errors: nothing of it is used."""

    def __init__(self, errors: Iterable[FileError]) -> None:
        """Errors in the order of their lines."""
        self.errors = tuple(sorted(errors, key=lambda error: error.line))
        super().__init__("\n".join(str(error) for error in self.errors))


@dataclass(frozen=True)
class ParsedFile:
    """What a file says. `pins` are the plain PINs by partner number, for those that it writes plainly."""

    configuration: Configuration
    partners: tuple[PartnerEntry, ...]
    pins: dict[str, str]
    warnings: tuple[FileError, ...]


def read_file(path: FilePath) -> ParsedFile:
    """Read and check a file whole. Raises FileRefused with all its errors."""
    name = str(path)
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except OSError as error:
        raise FileRefused([FileError(name, 1, f"cannot be read: {error.strerror}.")]) from None
    except UnicodeDecodeError:
        raise FileRefused([FileError(name, 1, "is not UTF-8 text. Save it as UTF-8.")]) from None
    except tomllib.TOMLDecodeError as error:
        raise FileRefused([FileError(name, _line_of(error), f"is not TOML: {error}.")]) from None
    lines = LineMap(text)
    try:
        file = schema.ConfigurationFile.model_validate(tables)
    except ValidationError as error:
        raise FileRefused(_shape_error(name, lines, item) for item in error.errors()) from None
    complaints = cross_check(file)
    if complaints:
        raise FileRefused(_located(name, lines, complaints))
    return ParsedFile(
        to_configuration(file),
        to_partners(file),
        {partner.number: partner.pin for partner in file.partners if partner.pin},
        tuple(_located(name, lines, warnings_of(file))),
    )


def _located(name: str, lines: LineMap, complaints: Iterable[Complaint]) -> list[FileError]:
    return [FileError(name, lines.line(path), f"{_dotted(path)}: {text}") for path, text in complaints]


def _shape_error(name: str, lines: LineMap, item: ErrorDetails) -> FileError:
    path: Path = tuple(part for part in item["loc"] if part != "from_")
    message = item["msg"].removeprefix("Value error, ")
    if item["type"] == "extra_forbidden":
        message = f"is not known here.{_nearest(path)}"
    elif item["type"] == "missing":
        message = "is missing. Add it."
    elif item["type"] not in {"value_error"}:
        message = f"{message}, but it is {item['input']!r}."
    return FileError(name, lines.line(path), f"{_dotted(path)}: {message}")


TABLES: dict[str, type[schema.Strict]] = {
    "service": schema.Service,
    "regions": schema.RegionTable,
    "engineers": schema.EngineerTable,
    "rotas": schema.RotaTable,
    "layers": schema.LayerTable,
    "overrides": schema.OverrideTable,
    "policies": schema.PolicyTable,
    "levels": schema.LevelTable,
    "partners": schema.PartnerTable,
}


def _nearest(path: Path) -> str:
    names = [part for part in path[:-1] if isinstance(part, str)]
    table = TABLES.get(names[-1]) if names else schema.ConfigurationFile
    known = [field.alias or name for name, field in table.model_fields.items()] if table else []
    close = difflib.get_close_matches(str(path[-1]), known, n=1)
    return f' Did you mean "{close[0]}"?' if close else f" Known are: {', '.join(known)}."


def _dotted(path: Path) -> str:
    """A path as people count: `engineers[2].phones[1]` is the second engineer's first phone."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _line_of(error: tomllib.TOMLDecodeError) -> int:
    """The line out of the parser's words, which end in `(at line 3, column 7)`."""
    _, _, place = str(error).partition("(at line ")
    digits = place.split(",")[0]
    return int(digits) if digits.isdecimal() else 1
