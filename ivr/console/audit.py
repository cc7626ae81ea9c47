"""The audit: every change with who, when, before and after. Nothing is edited here; what can be undone is one click."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from ivr.configuration.edit import SERVICE, EditConflict, EditRefused, Fault, undo
from ivr.configuration.history import lines_of
from ivr.configuration.partners import KIND as PARTNER
from ivr.configuration.partners import undo_partner
from ivr.console.frame import page
from ivr.console.lists import asked, day, number_asked
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.store.audit import AuditedChange, Wanted, find_change, kinds_changed, list_changes
from ivr.store.configuration import KINDS
from ivr.store.listing import page_of

PAGE = 50
FIELDS = ("kind", "key", "by", "since", "until")


@dataclass(frozen=True)
class ChangeShown:
    """A change with what it did, a line each, and whether it can be undone in principle."""

    change: AuditedChange
    lines: tuple[str, ...]
    may_undo: bool


@page("/audit", Role.MANAGER, menu="Audit")
def audit(visit: Visit) -> ResponseReturnValue:
    """The newest changes, or those that are asked for."""
    return shown(visit)


@page("/audit/<int:id_>/undo", Role.MANAGER, methods=("POST",))
def undo_change(visit: Visit, id_: int) -> ResponseReturnValue:
    """Bring an item back to how it was before a change."""
    change = find_change(visit.connection, id_)
    if change is None:
        abort(404, "There is no such change.")
    try:
        if change.kind == PARTNER:
            undone = undo_partner(visit.connection, visit.author, change)
        else:
            undone = undo(visit.connection, visit.author, id_)
    except EditRefused as refused:
        return shown(visit, refused.faults, change)
    except EditConflict:
        text = "it was changed again since. Undo the later changes first, or change it on its own page."
        return shown(visit, [Fault("", text)], change)
    return redirect(url_for("console.audit", done=undone or 0), 303)


def shown(visit: Visit, faults: Sequence[Fault] = (), failed: AuditedChange | None = None) -> ResponseReturnValue:
    """The page."""
    sought = {name: asked(name) for name in FIELDS}
    before, done = number_asked("before"), number_asked("done")
    found = list_changes(visit.connection, wanted=wanted(visit, sought), before_id=before, limit=PAGE + 1)
    changes, last = page_of(found, PAGE)
    page_ = render(
        "audit.html",
        changes=[ChangeShown(change, lines_of(change), can_undo(change)) for change in changes],
        older=last.id if last else None,
        is_first=before is None,
        sought=sought,
        kinds=kinds_changed(visit.connection),
        errors=faults,
        rotas=visit.configuration.rotas,
        failed=failed,
        done=find_change(visit.connection, done) if done is not None else None,
    )
    return page_, 422 if faults else 200


def wanted(visit: Visit, sought: dict[str, str]) -> Wanted:
    """What the filters ask for; dates are whole days on the reader's clock, and one that is none asks for nothing."""
    since, until = day(visit, "since"), day(visit, "until", days_later=1)
    return Wanted(sought["kind"], sought["key"], sought["by"], since, until)


def can_undo(change: AuditedChange) -> bool:
    """Whether a change is of something that is kept whole, before and after."""
    return (
        change.kind in {*KINDS, SERVICE, PARTNER}
        and (change.before, change.after) != (None, None)
        and change.key != "order"
    )
