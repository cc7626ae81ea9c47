"""Layers in words: who takes turns, how long, when they hand off, and when the layer is in force."""

from dataclasses import dataclass
from typing import Any

from ivr.configuration.export import table_of
from schedules.layers import Layer
from schedules.rota import Rota


@dataclass(frozen=True)
class ToldLayer:
    """A layer as a page tells it. `turns` are engineers' keys."""

    name: str
    turns: tuple[tuple[str, ...], ...]
    length: str
    handoff: str
    in_force: tuple[str, ...]
    priority: int


def told_layer(layer: Layer) -> ToldLayer:
    """The layer in words."""
    table, rotation = layer_table(layer), layer.rotation
    holidays = (f"holidays of {layer.holidays}",) if layer.holidays else ()
    days = (f"counting {table['counts']}",) if "counts" in table else ()
    length = {1: "a day", 7: "a week"}.get(rotation.days, f"{rotation.days} days")
    return ToldLayer(
        layer.name,
        rotation.participants,
        " ".join((str(table["every"]) if rotation.per_day > 1 else length, *days)),
        f"{table['handoff']} {rotation.zone}, first on {rotation.starts_on:%-d %b %Y}",
        (*table.get("only", ()), *holidays),
        layer.priority,
    )


def layer_table(layer: Layer) -> dict[str, Any]:
    """A layer as the file writes it."""
    table: dict[str, Any] = table_of("rota", Rota("", "", (layer,)))["layers"][0]
    return table
