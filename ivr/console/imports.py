"""Imports into a rota: a calendar or a table is looked at row by row; what is confirmed becomes overrides and leave."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.calendars.preview import decoded, preview
from ivr.calendars.rows import MOST_BYTES, Preview, Row, RowKind, absences_from, overrides_from
from ivr.configuration.edit import EditConflict, EditRefused, Fault, change_item, fingerprint
from ivr.configuration.export import table_of
from ivr.console.frame import page
from ivr.console.leave import store
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.store import absences
from ivr.store.configuration import hold_configuration
from schedules.changes import Changes, changes
from schedules.coverage import AHEAD
from schedules.rota import Rota, layers_at
from schedules.wallclock import to_local

NOTHING = Fault("", "Choose a file, or put its text into the field.")
NONE_CHOSEN = Fault("", "No row is chosen.")
MOVED_ON = Fault("", "Somebody else changed this rota since you looked. Look at the rows again, then import them.")


@dataclass(frozen=True)
class Import:
    """A file that is looked at for a rota. `chosen` are the ids of rows to be imported; None: all of them."""

    rota: Rota
    zone: str
    text: str = ""
    chosen: frozenset[str] | None = None

    def is_chosen(self, row: Row) -> bool:
        """Whether a row is to be imported."""
        return self.chosen is None or row.id in self.chosen

    def after(self, rows: Sequence[Row], by: str) -> Rota:
        """The rota as it would be."""
        overrides = overrides_from((row for row in rows if self.is_chosen(row)), by)
        return replace(self.rota, overrides=(*self.rota.overrides, *overrides))


@page("/rotas/<key>/import", Role.MANAGER)
def import_rota(visit: Visit, key: str) -> ResponseReturnValue:
    """Choose a file."""
    return shown(visit, import_into(visit, key))


@page("/rotas/<key>/import", Role.MANAGER, methods=("POST",))
def preview_import(visit: Visit, key: str) -> ResponseReturnValue:
    """What the file would bring. Nothing is imported by looking."""
    sent = request.files.get("file")
    text = decoded(sent.read(MOST_BYTES + 1)) if sent else ""
    text = (text or request.form.get("text", "")).replace("\r\n", "\n")
    wanted = replace(import_into(visit, key), text=text)
    return shown(visit, wanted, [] if text.strip() else [NOTHING])


@page("/rotas/<key>/import/confirm", Role.MANAGER, methods=("POST",))
def confirm_import(visit: Visit, key: str) -> ResponseReturnValue:
    """Import the rows that are chosen, checked anew, all or none of them."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    hold_configuration(visit.connection)
    wanted = replace(import_into(visit, key), text=text, chosen=frozenset(request.form.getlist("row")))
    chosen = [row for row in preview_of(visit, wanted).rows if wanted.is_chosen(row)]
    if not chosen:
        return shown(visit, wanted, [NONE_CHOSEN])
    if len(chosen) < len(wanted.chosen or ()):
        return shown(
            visit, wanted, [Fault("", "Some of the rows cannot be imported any more. Look at the rest again.")]
        )
    try:
        save(visit, wanted, chosen)
    except EditConflict:
        return shown(visit, wanted, [MOVED_ON], 409)
    except EditRefused as refused:
        return shown(visit, wanted, refused.faults)
    leave = sum(row.kind is RowKind.LEAVE for row in chosen)
    return redirect(url_for("console.import_rota", key=key, imported=len(chosen) - leave, leave=leave), 303)


def save(visit: Visit, wanted: Import, chosen: Sequence[Row]) -> None:
    """Store what is chosen: checked and audited as any other change. Raises EditConflict and EditRefused."""
    rota = wanted.after(chosen, visit.account.name)
    why = "import of 1 row" if len(chosen) == 1 else f"import of {len(chosen)} rows"
    if rota != wanted.rota:
        seen = request.form.get("seen")
        change_item(visit.connection, visit.author, "rota", rota.key, table_of("rota", rota), seen=seen, why=why)
    for absence in absences_from(chosen, visit.account.name):
        store(visit, absence, why)


def import_into(visit: Visit, key: str) -> Import:
    """An import into a rota, with nothing in it yet. 404 when there is no such rota."""
    rota = visit.configuration.rotas.get(key)
    if rota is None:
        abort(404, "There is no such rota. It may have been removed.")
    layers = layers_at(rota, visit.at)
    return Import(rota, layers[0].rotation.zone if layers else visit.configuration.default_region.hours.zone)


def preview_of(visit: Visit, wanted: Import) -> Preview:
    """The rows and errors of the file, as of now."""
    leave = absences.absences_from(visit.connection, visit.at)
    return preview(wanted.text, wanted.rota, visit.configuration.engineers, visit.at, wanted.zone, leave)


def effect_of(visit: Visit, wanted: Import, found: Preview) -> Changes:
    """What the chosen rows change in who is on call, in the time that they are about."""
    after = wanted.after(found.rows, visit.account.name)
    until = max([visit.at + AHEAD, *(row.ends_at for row in found.rows if row.kind is not RowKind.LEAVE)])
    return changes(wanted.rota, after, visit.at, until)


def shown(visit: Visit, wanted: Import, faults: Sequence[Fault] = (), status: int | None = None) -> ResponseReturnValue:
    """The page: the form for a file, and below it what a file would bring."""
    found = preview_of(visit, wanted) if wanted.text.strip() else None
    page_ = render(
        "import.html",
        rota=wanted.rota,
        zone=wanted.zone,
        local=lambda at: f"{to_local(at, wanted.zone):%a %-d %b %Y %H:%M %Z}",
        text=wanted.text,
        seen=fingerprint("rota", wanted.rota),
        preview=found,
        effect=effect_of(visit, wanted, found) if found else None,
        is_chosen=wanted.is_chosen,
        engineers=visit.configuration.engineers,
        faults_found=faults,
        imported=request.args.get("imported", type=int),
        leave_imported=request.args.get("leave", type=int),
        most_bytes=MOST_BYTES,
    )
    return page_, status or (422 if faults else 200)
