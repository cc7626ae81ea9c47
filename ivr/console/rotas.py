"""All rotas: who is on call now, until when, who follows, and the gaps and warnings ahead."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.configuration.edit import EditConflict, EditRefused, Fault, change_item, fingerprint, remove_item
from ivr.console.frame import page
from ivr.console.roles import Role
from ivr.console.rota import is_gap, now_and_next
from ivr.console.rota_edits import rota_of
from ivr.console.rota_people import people_of
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.store.absences import absences_from
from routing.coverage import findings_of
from schedules.coverage import Finding


@page("/rotas", Role.VIEWER, menu="Rotas")
def rotas(visit: Visit) -> ResponseReturnValue:
    """The list."""
    return shown(visit)


@page("/rotas", Role.MANAGER, methods=("POST",))
def add_rota(visit: Visit) -> ResponseReturnValue:
    """Add a rota without layers; nobody is on call in it yet."""
    key, name = request.form.get("key", "").strip(), request.form.get("name", "").strip()
    try:
        change_item(visit.connection, visit.author, "rota", key, {"key": key, "name": name}, seen="", why="Rota added")
    except EditConflict:
        return shown(visit, [Fault("key", f'there is a rota "{key}" already.')])
    except EditRefused as refused:
        return shown(visit, refused.faults)
    return redirect(url_for("console.rota", key=key), 303)


@page("/rotas/<key>/remove", Role.MANAGER)
def look_at_removal(visit: Visit, key: str) -> ResponseReturnValue:
    """What removing a rota means, before it is done."""
    return removal(visit, key)


@page("/rotas/<key>/remove", Role.MANAGER, methods=("POST",))
def remove_rota(visit: Visit, key: str) -> ResponseReturnValue:
    """Remove a rota that no policy rings."""
    try:
        remove_item(visit.connection, visit.author, "rota", key, seen=request.form.get("seen"), why="Rota removed")
    except EditConflict:
        return removal(visit, key, [Fault("", "somebody changed this rota since you opened this page. Look again.")])
    except EditRefused as refused:
        return removal(visit, key, refused.faults)
    return redirect(url_for("console.rotas"), 303)


def removal(visit: Visit, key: str, errors: list[Fault] | tuple[Fault, ...] = ()) -> ResponseReturnValue:
    """The page that asks for it."""
    found = rota_of(visit, key)
    policies = [policy for policy in visit.configuration.policies.values() if key in policy.rotas]
    seen = fingerprint("rota", found)
    return render("rota_remove.html", rota=found, policies=policies, seen=seen, errors=errors), 422 if errors else 200


def shown(visit: Visit, errors: list[Fault] | tuple[Fault, ...] = ()) -> ResponseReturnValue:
    """The page."""
    known = visit.configuration
    found = findings_of(known, absences_from(visit.connection, visit.at), visit.at)
    lines = [
        {"rota": rota, **now_and_next(rota, visit.at), **findings_about(found, rota.key)}
        for rota in known.rotas.values()
    ]
    others = [one for one in found if not one.rota]
    written = {name: request.form.get(name, "") for name in ("key", "name")}
    page_ = render("rotas.html", lines=lines, others=others, errors=errors, written=written, **people_of(known))
    return page_, 422 if errors else 200


def findings_about(found: tuple[Finding, ...], rota: str) -> dict[str, list[Finding]]:
    """The findings of one rota: gaps apart from the rest."""
    mine = [one for one in found if one.rota == rota]
    return {"gaps": [one for one in mine if is_gap(one)], "warnings": [one for one in mine if not is_gap(one)]}
