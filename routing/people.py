"""The vendor's own people: engineers who are rung and managers who are told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Engineer:
    """Somebody who can be paged. `phones` are E.164, in the order in which they are rung.

    `unverified` were entered by hand and wait for their code: they are never rung.
    """

    key: str
    name: str
    phones: tuple[str, ...] = ()
    email: str = ""
    manager: bool = False
    active: bool = True
    unverified: tuple[str, ...] = ()


def verified(engineer: Engineer, phone: str) -> Engineer:
    """The engineer with a phone that waited for its code: it is rung from now on, after the others."""
    waiting = tuple(other for other in engineer.unverified if other != phone)
    return replace(engineer, phones=(*engineer.phones, phone), unverified=waiting)


def name_of(engineers: Mapping[str, Engineer], key: str) -> str:
    """An engineer's name, or the key of one who is gone."""
    return engineers[key].name if key in engineers else key
