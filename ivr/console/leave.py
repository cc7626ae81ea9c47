"""Leave: who is away, whether they are on call meanwhile, and the way to cover in one click."""

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.console.frame import page
from ivr.console.readings import NotATime, instant
from ivr.console.roles import Role
from ivr.console.rota_people import people_of
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.store.absences import add_absence, find_absence, list_absences, remove_absence
from ivr.store.audit import record
from routing.coverage import staff_of
from schedules.coverage import Finding, FindingKind, findings
from schedules.leave import Absence
from schedules.wallclock import Repeated


@page("/leave", Role.VIEWER)
def leave(visit: Visit) -> ResponseReturnValue:
    """Who is away, from now on."""
    return shown(visit)


@page("/leave", Role.ENGINEER, methods=("POST",))
def enter_leave(visit: Visit) -> ResponseReturnValue:
    """Enter leave: engineers their own, managers anybody's. It changes nothing of who is called."""
    absence = written(visit)
    if isinstance(absence, str):
        return shown(visit, absence)
    store(visit, absence)
    return redirect(url_for("console.leave"), 303)


@page("/leave/<int:id_>/remove", Role.ENGINEER, methods=("POST",))
def cancel_leave(visit: Visit, id_: int) -> ResponseReturnValue:
    """Take leave back. Overrides that cover it stay, until somebody removes them."""
    entry = find_absence(visit.connection, id_)
    if entry is not None:
        if not may_enter(visit, entry.absence.engineer):
            abort(403, "Only managers take back somebody else's leave.")
        remove_absence(visit.connection, id_)
        record(visit.connection, visit.author, "absence", entry.absence.engineer, document(entry.absence), None)
    return redirect(url_for("console.leave"), 303)


def store(visit: Visit, absence: Absence, why: str = "") -> None:
    """Keep somebody's leave, and write down who entered it."""
    add_absence(visit.connection, absence, visit.at)
    record(visit.connection, visit.author, "absence", absence.engineer, None, document(absence), why=why)


def written(visit: Visit) -> Absence | str:
    """What the form says, or what is wrong with it."""
    engineer = request.form.get("engineer") or visit.account.engineer or ""
    if engineer not in visit.configuration.engineers:
        return "Choose who is away."
    if not may_enter(visit, engineer):
        return "Enter your own leave; managers enter anybody's."
    try:
        starts_at = instant(request.form.get("from", ""), visit.zone, Repeated.FIRST)
        ends_at = instant(request.form.get("until", ""), visit.zone, Repeated.LAST)
    except NotATime:
        return "Write both dates with a time."
    if ends_at <= max(starts_at, visit.at):
        return "The leave must end after it begins, and after now."
    return Absence(engineer, starts_at, ends_at, request.form.get("note", "").strip()[:500], visit.account.name)


def may_enter(visit: Visit, engineer: str) -> bool:
    """Whether this person may enter or remove somebody's leave."""
    is_own = bool(engineer) and engineer == visit.account.engineer
    return visit.may(Role.MANAGER) or (is_own and visit.may(Role.ENGINEER))


def document(absence: Absence) -> dict[str, object]:
    """Leave as the audit keeps it."""
    return {**absence.__dict__, "starts_at": absence.starts_at.isoformat(), "ends_at": absence.ends_at.isoformat()}


def uncovered(visit: Visit, absence: Absence) -> list[Finding]:
    """When somebody on leave is on call all the same."""
    at = max(visit.at, absence.starts_at)
    found = findings(staff_of(visit.configuration, (absence,)), at, absence.ends_at - at)
    return [one for one in found if one.kind is FindingKind.ON_LEAVE]


def shown(visit: Visit, error: str = "") -> ResponseReturnValue:
    """The page."""
    entries = list_absences(visit.connection, visit.at)
    lines = [
        {"entry": one, "uncovered": uncovered(visit, one.absence), "may_enter": may_enter(visit, one.absence.engineer)}
        for one in entries
    ]
    values = {"lines": lines, "error": error, "rotas": visit.configuration.rotas, "written": request.form}
    return render("leave.html", **values, **people_of(visit.configuration)), 422 if error else 200
