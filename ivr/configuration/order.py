"""The order of items where it counts: changed by one place, with a line in the audit as `nightline apply` writes it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from ivr.configuration.edit import PLURALS, EditConflict
from ivr.store.audit import Author, record
from ivr.store.configuration import hold_configuration, items_of, load_configuration, save_configuration

ORDER = "order"
"""What the audit has in the place of an item's key."""


def move_item(
    connection: Connection, author: Author, kind: str, key: str, by: int, *, seen: Sequence[str]
) -> int | None:
    """Move an item up (-1) or down (1); returns the id of the change, None when there is nowhere to go.

    `seen` are the keys in the order that the author looked at. Raises EditConflict when it is another one by now.
    """
    hold_configuration(connection)
    current = load_configuration(connection)
    items = items_of(current)[kind]
    before = list(items)
    if before != list(seen) or key not in items:
        raise EditConflict(before)
    place, after = before.index(key), list(before)
    if not by or place + by not in range(len(before)):
        return None
    after[place], after[place + by] = after[place + by], after[place]
    ordered: dict[str, Any] = {PLURALS[kind]: {key: items[key] for key in after}}
    save_configuration(connection, replace(current, **ordered))
    return record(connection, author, kind, ORDER, {ORDER: before}, {ORDER: after})
