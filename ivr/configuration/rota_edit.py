"""Replacing the layers of a rota: as `nightline apply` would, from now or later on, so that the past stays."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from ivr.configuration.edit import change_item, checked, item_of
from ivr.configuration.export import table_of
from ivr.configuration.file import RotaWish
from ivr.configuration.settle import settled_rota
from ivr.store.audit import Author
from ivr.store.configuration import hold_configuration, load_configuration

KIND = "rota"


def put_rota(
    connection: Connection,
    author: Author,
    key: str,
    table: dict[str, Any],
    *,
    effective_from: datetime | None = None,
    seen: str,
) -> int | None:
    """Add a rota, or give it another name and other layers; returns the id of the change, None when nothing differs.

    `table` has its name and layers as the file writes them; overrides stay. The layers are in force from
    `effective_from` on, at once when that is None or past; those of a rota that is new and has none always were.
    `seen` is the fingerprint of what the author looked at (empty: no such rota). Raises EditRefused and EditConflict.
    """
    hold_configuration(connection)
    current, at = load_configuration(connection), author.at.replace(microsecond=0)
    begins = {"effective_from": effective_from.astimezone(UTC)} if effective_from else {}
    wanted = item_of(checked(current, KIND, key, {"key": key, **table, **begins}, at), KIND, key)
    stored = current.rotas.get(key)
    if stored is not None:
        wanted = settled_rota(stored, wanted, RotaWish(False, effective_from), current, at)
    return change_item(connection, author, KIND, key, table_of(KIND, wanted), seen=seen)
