"""A partner as the audit keeps it: everything but the PIN, of which only a mark tells that it is another one."""

import hashlib
from typing import Any

from ivr.configuration.export import table_of
from ivr.store.configuration import PartnerEntry


def partner_document(entry: PartnerEntry | None) -> dict[str, Any] | None:
    """The partner as the file writes it; `pin` is a mark of its hash, which says nothing of the PIN, or empty."""
    if entry is None:
        return None
    table = table_of("partner", entry)
    return {**{name: value for name, value in table.items() if name != "pin_hash"}, "pin": pin_mark(entry.pin_hash)}


def pin_mark(pin_hash: str) -> str:
    """A few digits that differ for each PIN that is set, since its hash is salted; empty without a PIN."""
    return hashlib.sha256(pin_hash.encode()).hexdigest()[:8] if pin_hash else ""
