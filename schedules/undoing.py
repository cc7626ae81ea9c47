"""Undoing: bringing a rota back to how it was, from an instant on, without rewriting what happened since."""

from dataclasses import replace
from datetime import datetime

from schedules.edits import edit_layers, edit_overrides
from schedules.layers import Layer
from schedules.rota import Rota


def brought_back(present: Rota, before: Rota, from_: datetime) -> Rota:
    """`present` until `from_` (UTC), and from then on as `before` has it, with the changes of layers it plans."""
    back = present
    for layers, begins in _versions_from(before, from_):
        back = edit_layers(back, layers, begins)
    return replace(edit_overrides(back, before.overrides, from_), name=before.name)


def is_as(present: Rota, other: Rota, from_: datetime) -> bool:
    """Whether two states of a rota are one from `from_` (UTC) on, whatever was before."""
    return brought_back(present, other, from_) == present


def _versions_from(rota: Rota, from_: datetime) -> list[tuple[tuple[Layer, ...], datetime]]:
    """The layers that are in force at `from_` and those that follow, as written, each with its beginning."""
    found, begins = [], from_
    for version in sorted(rota.earlier, key=lambda version: version.until):
        if version.until > from_:
            found.append((version.layers, begins))
            begins = version.until
    return [*found, (rota.layers, begins)]
