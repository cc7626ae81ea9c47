"""Partners by file: a CSV is shown before anything is imported, and all of them are written as one."""

from collections.abc import Iterator

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.configuration.apply import by_number
from ivr.configuration.partner_csv import CsvRefused, LineFault, read_csv, write_csv
from ivr.configuration.partner_documents import partner_document
from ivr.configuration.partner_import import (
    ImportPlan,
    as_json,
    from_json,
    lines_of_change,
    plan_import,
    read_rows,
)
from ivr.console.frame import page
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.store.audit import Entry, record_all
from ivr.store.configuration import configuration_version, hold_configuration, load_partners, save_partners
from ivr.store.partner_imports import WaitingImport, drop_import, find_import, keep_import

SHOWN = 100
"""How many of each kind are listed; all are counted."""


@page("/partners.csv", Role.MANAGER)
def partners_file(visit: Visit) -> ResponseReturnValue:
    """All partners, without their PINs."""
    headers = {"Content-Disposition": 'attachment; filename="partners.csv"'}
    text = write_csv(load_partners(visit.connection))
    return Response(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8", headers=headers)


@page("/partner-import", Role.MANAGER, methods=("GET", "POST"))
def import_partners(visit: Visit) -> ResponseReturnValue:
    """Choose a file; it is read and shown, and nothing is imported."""
    if request.method == "GET":
        return shown()
    upload, removes = request.files.get("file"), "removes" in request.form
    if upload is None or not upload.filename:
        return shown(faults=[LineFault(0, "Choose a file first.")])
    stored = by_number(load_partners(visit.connection))
    data = upload.read()
    upload.close()
    try:
        rows = read_csv(data)
    except CsvRefused as refused:
        return shown(name=upload.filename, faults=[LineFault(0, f"{upload.filename} {refused}")])
    found, faults = read_rows(rows, stored)
    wrong = {row.table["number"] for row in rows} - {row.entry.partner.number for row in found}
    plan = plan_import(found, stored, removes, wrong)
    if faults or plan.faults or not rows:
        nothing = [] if rows else [LineFault(0, "There is no partner in the file.")]
        every = sorted([*faults, *plan.faults, *nothing], key=lambda fault: fault.line)
        return shown(plan, name=upload.filename, faults=every)
    key = keep_import(
        visit.connection,
        user=visit.account.id,
        at=visit.at,
        name=upload.filename,
        removes=removes,
        seen=plan.seen,
        rows=[as_json(row) for row in found],
    )
    return redirect(url_for("console.waiting_import", key=key), 303)


@page("/partner-import/<key>", Role.MANAGER, methods=("GET", "POST"))
def waiting_import(visit: Visit, key: str) -> ResponseReturnValue:
    """What an import would do; and, after the yes, does."""
    version = configuration_version(visit.connection)
    waiting = find_import(visit.connection, key, visit.account.id, visit.at)
    if waiting is None:
        abort(404, "This import is over: it was carried out, or waited for more than an hour. Choose the file again.")
    plan = plan_of(visit, waiting)
    if request.method == "POST":
        hold_configuration(visit.connection)  # not before: a large plan takes a second, and callers write too
        if configuration_version(visit.connection) != version:
            plan = plan_of(visit, waiting)
    if request.method == "GET" or plan.faults:
        return shown(plan, waiting, faults=plan.faults)
    if request.form.get("seen") != plan.seen:
        return shown(plan, waiting, moved=True)
    carry_out(visit, plan, waiting)
    return redirect(url_for("console.partners", imported=len(plan.written) + len(plan.removed)), 303)


def plan_of(visit: Visit, waiting: WaitingImport) -> ImportPlan:
    """What an import that waits would do now."""
    stored = by_number(load_partners(visit.connection))
    return plan_import([from_json(row) for row in waiting.rows], stored, waiting.removes)


def carry_out(visit: Visit, plan: ImportPlan, waiting: WaitingImport) -> None:
    """Write what was shown, and each change into the audit."""
    drop_import(visit.connection, waiting.key)
    save_partners(visit.connection, plan.written, [entry.partner.number for entry in plan.removed])
    record_all(visit.connection, visit.author, entries_of(plan), why=f"imported from {waiting.name}")


def entries_of(plan: ImportPlan) -> Iterator[Entry]:
    """What the audit keeps of each change."""
    pairs = [(None, new) for new in plan.added] + list(plan.changed) + [(old, None) for old in plan.removed]
    for old, new in pairs:
        action = "add" if old is None else "remove" if new is None else "change"
        number = (new or old).partner.number  # type: ignore[union-attr]  # one of the two is there
        yield Entry("partner", number, action, partner_document(old), partner_document(new))


def shown(
    plan: ImportPlan | None = None,
    waiting: WaitingImport | None = None,
    *,
    name: str = "",
    faults: list[LineFault] | tuple[LineFault, ...] = (),
    moved: bool = False,
) -> ResponseReturnValue:
    """The page: the choice of a file, what it would do, or what is wrong with it."""
    changed = [(old, lines_of_change(old, new)) for old, new in plan.changed[:SHOWN]] if plan else []
    page_ = render(
        "partner_import.html",
        plan=plan,
        waiting=waiting,
        name=waiting.name if waiting else name,
        changed=changed,
        faults=faults,
        moved=moved,
        most=SHOWN,
    )
    return page_, 409 if moved else 422 if faults else 200
