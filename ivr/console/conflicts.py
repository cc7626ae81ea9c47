"""Conflicts: what others saved of a rota since somebody opened it, shown and never overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.configuration.edit import fingerprint
from ivr.console.visit import Visit
from ivr.store.audit import AuditedChange, list_changes
from ivr.store.configuration import KINDS
from schedules.changes import Changes, changes
from schedules.coverage import AHEAD
from schedules.rota import Rota

LOOKED_AT = 50
"""So many changes are looked at for the one that somebody saw."""


@dataclass(frozen=True)
class Conflict:
    """What others saved, newest first, and what it changed of who is on call; None when that is not known."""

    saved: Sequence[AuditedChange]
    changes: Changes | None


def conflict_of(visit: Visit, present: Rota, since: str) -> Conflict | None:
    """What changed a rota since it had the fingerprint `since`; None when nothing did."""
    if since == fingerprint("rota", present):
        return None
    saved: list[AuditedChange] = []
    for change in list_changes(visit.connection, kind="rota", key=present.key, limit=LOOKED_AT):
        saved.append(change)
        if change.before is not None and fingerprint("rota", seen := rota_in(change.before)) == since:
            return Conflict(saved, changes(seen, present, visit.at, visit.at + AHEAD))
    return Conflict(saved[:1], None)


def rota_in(document: object) -> Rota:
    """A rota out of the audit."""
    rota: Rota = KINDS["rota"].validate_python(document)
    return rota
