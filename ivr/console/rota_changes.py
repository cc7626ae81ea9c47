"""A rota's changes: who saved what and when, and the way back."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from ivr.configuration.edit import EditConflict, EditRefused, undo
from ivr.console.conflicts import rota_in
from ivr.console.frame import page
from ivr.console.previews import Preview, preview_of
from ivr.console.roles import Role
from ivr.console.rota_edits import rota_of, to_rota
from ivr.console.rota_people import people_of
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.store.absences import absences_from
from ivr.store.audit import AuditedChange, find_change, list_changes
from schedules.rota import Rota
from schedules.undoing import brought_back, is_as


@page("/rotas/<key>/changes", Role.VIEWER)
def rota_changes(visit: Visit, key: str) -> ResponseReturnValue:
    """The newest changes, and which of them can be undone."""
    found = rota_of(visit, key)
    changes = list_changes(visit.connection, kind="rota", key=key, limit=100)
    undoable = {change.id for change in changes if undo_of(visit, change) is not None}
    return render("rota_changes.html", rota=found, changes=changes, undoable=undoable)


@page("/rotas/<key>/changes/<int:id_>/undo", Role.MANAGER)
def look_at_undo(visit: Visit, key: str, id_: int) -> ResponseReturnValue:
    """What undoing a change would change, before it is done."""
    change = change_of(visit, key, id_)
    back = undo_of(visit, change)
    preview: Preview | None = None
    if back is not None:
        absences = absences_from(visit.connection, visit.at)
        preview = preview_of(visit.configuration, absences, rota_of(visit, key), back, visit.at)
    return undoing(visit, change, preview)


@page("/rotas/<key>/changes/<int:id_>/undo", Role.MANAGER, methods=("POST",))
def undo_rota_change(visit: Visit, key: str, id_: int) -> ResponseReturnValue:
    """Bring the rota back to how it was before a change; what was on call meanwhile stays on record."""
    change = change_of(visit, key, id_)
    try:
        return to_rota(key, undo(visit.connection, visit.author, change.id))
    except EditConflict:
        text = "The rota was changed again since. Undo the later changes first, newest first."
    except EditRefused as refused:
        text = str(refused)
    return undoing(visit, change, None, text), 409


def undoing(visit: Visit, change: AuditedChange, preview: Preview | None, text: str = "") -> str:
    """The page that asks whether to undo a change, with what that changes; without a preview it says why not."""
    values = {"rota": rota_of(visit, change.key), "change": change, "preview": preview, "text": text}
    values |= {"place": {name: request.values.get(name, "") for name in ("view", "on")}}
    return render("rota_undo.html", **values, **people_of(visit.configuration))


def change_of(visit: Visit, key: str, id_: int) -> AuditedChange:
    """A change of this rota, or 404."""
    change = find_change(visit.connection, id_)
    if change is None or (change.kind, change.key) != ("rota", key):
        abort(404, "There is no such change of this rota.")
    return change


def undo_of(visit: Visit, change: AuditedChange) -> Rota | None:
    """The rota with a change undone; None when it changed again since, or would be removed by it."""
    present = visit.configuration.rotas.get(change.key)
    if present is None or change.before is None or change.after is None:
        return None
    if not is_as(present, rota_in(change.after), visit.at):
        return None
    back = brought_back(present, rota_in(change.before), visit.at)
    return None if back == present else back
