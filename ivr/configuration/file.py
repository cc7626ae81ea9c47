"""Reading a configuration file: every error with its line and what to write instead, or plain values."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from ivr.configuration import schema
from ivr.configuration.checks import cross_check, warnings_of
from ivr.configuration.draft import draft_of
from ivr.configuration.lines import LineMap
from ivr.configuration.references import Complaint
from ivr.configuration.shape import dotted, shape_complaints
from ivr.configuration.values import effective_from, to_configuration, to_partners
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
class RotaWish:
    """Whether a rota's overrides and earlier layers are written; when its layers take effect (UTC; None: at once)."""

    writes_overrides: bool
    effective_from: datetime | None
    writes_earlier: bool = False


@dataclass(frozen=True)
class ParsedFile:
    """What a file says. `pins` are the plain PINs by partner number, for those that it writes plainly.

    `configuration` is that of an empty database; `rotas` and `vouched` (engineers whose
    `unverified` are written) say what the file leaves to what is stored.
    """

    configuration: Configuration
    partners: tuple[PartnerEntry, ...]
    pins: dict[str, str]
    warnings: tuple[FileError, ...]
    rotas: Mapping[str, RotaWish] = field(default_factory=dict)
    vouched: frozenset[str] = frozenset()


def read_file(path: FilePath, at: datetime | None = None) -> ParsedFile:
    """Read and check a file whole. Raises FileRefused with all its errors.

    A value that cannot be read hides only what other entries would be checked against it for. Overrides that ended by
    `at` (UTC) may name people who are gone; without it none may.
    """
    name = str(path)
    text = _text(path)
    tables = _tables(name, text)
    draft = draft_of(tables)
    complaints = cross_check(draft, at)
    try:
        file = schema.ConfigurationFile.model_validate(tables)
    except ValidationError as error:
        complaints += shape_complaints(error)
        raise FileRefused(_located(name, text, complaints)) from None
    if complaints:
        raise FileRefused(_located(name, text, complaints))
    return ParsedFile(
        to_configuration(file),
        to_partners(file),
        {partner.number: partner.pin for partner in file.partners if partner.pin},
        tuple(_located(name, text, warnings_of(draft))),
        {rota.key: _wish(rota) for rota in file.rotas},
        frozenset(engineer.key for engineer in file.engineers if "unverified" in engineer.model_fields_set),
    )


def _wish(rota: schema.RotaTable) -> RotaWish:
    return RotaWish("overrides" in rota.model_fields_set, effective_from(rota), bool(rota.earlier))


def _text(path: FilePath) -> str:
    """The file's text, without the mark that some editors put in front."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileRefused([FileError(str(path), 1, f"cannot be read: {error.strerror}.")]) from None
    except UnicodeDecodeError:
        raise FileRefused([FileError(str(path), 1, "is not UTF-8 text. Save it as UTF-8.")]) from None


def _tables(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = FileError(name, _line_of(error, text), f"is not TOML: {error}.{_syntax_remedy(str(error))}")
        raise FileRefused([found]) from None


def _located(name: str, text: str, complaints: Iterable[Complaint]) -> list[FileError]:
    lines = LineMap(text)
    return [FileError(name, lines.line(path), f"{dotted(path)}: {said}") for path, said in complaints]


def _line_of(error: tomllib.TOMLDecodeError, text: str) -> int:
    """The line out of the parser's words, which end in `(at line 3, column 7)` or `(at end of document)`."""
    _, _, place = str(error).partition("(at line ")
    digits = place.split(",")[0]
    return int(digits) if digits.isdecimal() else len(text.splitlines()) or 1


def _syntax_remedy(said: str) -> str:
    if "Cannot declare" in said or "Cannot mutate" in said:
        return " Entries of which there are several stand under [[double]] brackets, each."
    if "overwrite" in said:
        return " Write each key once."
    if "Unclosed" in said:
        return " Close the bracket of the list that begins above."
    return " Text stands in quotes, lists in brackets, one key = value on a line."
