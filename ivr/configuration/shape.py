"""What pydantic finds wrong with the shape of a file, in a manager's words and with a remedy."""

import difflib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ivr.configuration import schema
from ivr.configuration.lines import Path
from ivr.configuration.references import Complaint

TABLES: Mapping[str, type[schema.Strict]] = MappingProxyType(
    {
        "service": schema.Service,
        "alerts": schema.AlertsTable,
        "retention": schema.RetentionTable,
        "regions": schema.RegionTable,
        "engineers": schema.EngineerTable,
        "rotas": schema.RotaTable,
        "layers": schema.LayerTable,
        "overrides": schema.OverrideTable,
        "earlier": schema.EarlierTable,
        "holidays": schema.HolidaysTable,
        "policies": schema.PolicyTable,
        "levels": schema.LevelTable,
        "prompts": schema.PromptTable,
        "components": schema.ComponentTable,
        "prices": schema.PriceTable,
        "partners": schema.PartnerTable,
        "alert_rules": schema.AlertRuleTable,
    }
)

REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "is missing. Add it.",
        "bool_type": "is {input}. Write true or false, without quotes.",
        "int_type": "is {input}. Write a whole number, without quotes.",
        "string_type": "is {input}. Write text in quotes.",
        "string_too_short": "is empty. Write at least one letter.",
        "string_too_long": "is too long. Write {max_length} characters at most.",
        "too_short": "is empty. Write at least one entry.",
        "too_long": "has too many entries. Write {max_length} at most.",
        "greater_than_equal": "is {input}. Write {ge} or more.",
        "less_than_equal": "is {input}. Write {le} or less.",
        "enum": "is {input}. Write one of {expected}.",
        "model_type": "is not a table. Write its keys below a header in brackets.",
        "tuple_type": "is {input}. Write a list in brackets, with commas between its entries.",
        "frozen_set_type": "is {input}. Write a list in brackets, with commas between its entries.",
    }
)


def shape_complaints(error: ValidationError) -> Iterator[Complaint]:
    """The path of each value at fault, and what to write instead."""
    for item in error.errors():
        # A list whose every entry has an error of its own is reported as empty too.
        if item["type"] != "too_short" or not item["input"]:
            yield _complaint(item)


def _complaint(item: ErrorDetails) -> Complaint:
    path: Path = tuple("from" if part == "from_" else part for part in item["loc"])
    kind = item["type"]
    if kind == "value_error":
        return path, item["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        return path, f"is not known here.{_nearest(path)}"
    if kind == "tuple_type" and path[-1] in TABLES:
        return path, f"is one table. Write a header in double brackets above each entry: [[{_header(path)}]]."
    told = REMEDIES.get(kind)
    if told is None:
        return path, f"{item['msg']}, but it is {item['input']!r}."
    return path, told.format(input=_shown(item["input"]), **item.get("ctx", {}))


def dotted(path: Path) -> str:
    """A path as people count: `engineers[2].phones[1]` is the second engineer's first phone."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _nearest(path: Path) -> str:
    names = [part for part in path[:-1] if isinstance(part, str)]
    table = TABLES[names[-1]] if names else schema.ConfigurationFile
    known = [field.alias or name for name, field in table.model_fields.items()]
    close = difflib.get_close_matches(str(path[-1]), known, n=1)
    return f' Did you mean "{close[0]}"?' if close else f" Known are: {', '.join(known)}."


def _header(path: Path) -> str:
    return ".".join(part for part in path if isinstance(part, str))


def _shown(value: Any) -> str:
    """A value about as the file has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
