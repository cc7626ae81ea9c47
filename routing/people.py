"""The vendor's own people: engineers who are rung and managers who are told."""

from dataclasses import dataclass


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
