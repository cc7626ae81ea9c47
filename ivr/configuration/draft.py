"""The entries of a file that can be checked against each other, also where others have errors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from pydantic import ValidationError

from ivr.configuration import schema

Table = TypeVar("Table", bound=schema.Strict)
Indexed = tuple[tuple[int, Table], ...]

KEYS = {
    "regions": "key",
    "engineers": "key",
    "rotas": "key",
    "policies": "key",
    "components": "key",
    "prices": "key",
    "alert_rules": "key",
    "prompts": "key",
    "partners": "number",
}
NEEDED = ("regions", "policies")


@dataclass(frozen=True)
class Draft:
    """Entries without errors, each with its index in the file.

    `keys` are those of all entries as they are written, also of entries with errors, so that what refers to
    such an entry is no error of its own. A kind whose list is missing or misshapen as a whole is not in it.
    """

    service: schema.Service | None
    regions: Indexed[schema.RegionTable]
    engineers: Indexed[schema.EngineerTable]
    rotas: Indexed[schema.RotaTable]
    policies: Indexed[schema.PolicyTable]
    partners: Indexed[schema.PartnerTable]
    keys: Mapping[str, tuple[tuple[int, str], ...]]
    prompts: Indexed[schema.PromptTable] = ()
    components: Indexed[schema.ComponentTable] = ()
    prices: Indexed[schema.PriceTable] = ()
    alert_rules: Indexed[schema.AlertRuleTable] = ()

    @cached_property
    def known(self) -> Mapping[str, frozenset[str]]:
        """The keys by kind, for a quick look: there may be ten thousand."""
        return {kind: frozenset(key for _, key in keys) for kind, keys in self.keys.items()}


def draft_of(tables: Mapping[str, Any]) -> Draft:
    """Keep of a parsed TOML document what has the right shape."""
    return Draft(
        service=_valid(schema.Service, tables.get("service")),
        regions=tuple(_entries(schema.RegionTable, tables.get("regions"))),
        engineers=tuple(_entries(schema.EngineerTable, tables.get("engineers"))),
        rotas=tuple(_entries(schema.RotaTable, tables.get("rotas"))),
        policies=tuple(_entries(schema.PolicyTable, tables.get("policies"))),
        prompts=tuple(_entries(schema.PromptTable, tables.get("prompts"))),
        components=tuple(_entries(schema.ComponentTable, tables.get("components"))),
        prices=tuple(_entries(schema.PriceTable, tables.get("prices"))),
        partners=tuple(_entries(schema.PartnerTable, tables.get("partners"))),
        alert_rules=tuple(_entries(schema.AlertRuleTable, tables.get("alert_rules"))),
        keys=dict(_written_keys(tables)),
    )


def _written_keys(tables: Mapping[str, Any]) -> Iterator[tuple[str, tuple[tuple[int, str], ...]]]:
    for kind, field in KEYS.items():
        entries = tables.get(kind, [])
        if isinstance(entries, list) and (entries or kind not in NEEDED):
            yield kind, _keys(entries, field)


def _keys(entries: list[Any], field: str) -> tuple[tuple[int, str], ...]:
    found = ((index, entry.get(field)) for index, entry in enumerate(entries) if isinstance(entry, dict))
    return tuple((index, key) for index, key in found if isinstance(key, str))


def _entries(model: type[Table], entries: Any) -> Iterator[tuple[int, Table]]:
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        table = _valid(model, entry)
        if table is not None:
            yield index, table


def _valid(model: type[Table], entry: Any) -> Table | None:
    try:
        return model.model_validate(entry)
    except ValidationError:
        return None
