"""Reasons: why somebody is on call, as a value that is told with whatever names its reader knows people by."""

from collections.abc import Callable
from typing import NamedTuple

Names = Callable[[str], str]
"""Tells a person's name by their key."""


class Reason(NamedTuple):
    """Why somebody is on call: by a layer (`layer` names it and its turn), by an override, or by one over a layer.

    `by` is who entered the override. `instead_of` is the key of the person whose place it gave away.
    """

    layer: str = ""
    is_override: bool = False
    is_added: bool = False
    by: str = ""
    instead_of: str = ""

    def told(self, name_of: Names = str) -> str:
        """In words, with keys where `name_of` tells no names: `override by Sara instead of mia, weekly, week 48`."""
        if not self.is_override:
            return self.layer
        told = f"override by {self.by}" if self.by else "override"
        told += ", added" if self.is_added else ""
        told += f" instead of {name_of(self.instead_of)}" if self.instead_of else ""
        return f"{told}, {self.layer}" if self.layer else told
