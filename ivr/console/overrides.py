"""Overrides: the dialog in which one is created, moved, stretched, changed or removed, with its preview."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from flask import request
from flask.typing import ResponseReturnValue

from ivr.console.cover import people_free
from ivr.console.frame import page
from ivr.console.override_forms import WHAT, OverrideForm, form_of, sent
from ivr.console.override_ids import find_override
from ivr.console.readings import reading
from ivr.console.roles import Role
from ivr.console.rota_edits import Draft, draft_of, rota_of, save, to_rota
from ivr.console.rota_people import people_of
from ivr.console.shown import render
from ivr.console.visit import Visit
from schedules.rota import Rota

A_NIGHT = timedelta(hours=12)


@page("/rotas/<key>/override", Role.MANAGER)
def override(visit: Visit, key: str) -> ResponseReturnValue:
    """The form: of the override `id`, or a new one for the time from `from` to `until`."""
    rota = rota_of(visit, key)
    form = opened(visit, rota, request.args)
    is_gone = bool(form.id) and find_override(rota, form.id) is None
    form = form if is_gone else proposed(visit, form)
    return shown(visit, form, draft_of(visit, key, form, is_blank=True), is_gone=is_gone)


@page("/rotas/<key>/override", Role.MANAGER, methods=("POST",))
def change_override(visit: Visit, key: str) -> ResponseReturnValue:
    """Show what the form changes; save it when that was seen."""
    form = sent(request.form)
    change = save(visit, key, form)
    if change is not None:
        return to_rota(key, change)
    return shown(visit, form, draft_of(visit, key, form))


def opened(visit: Visit, rota: Rota, values: Mapping[str, str]) -> OverrideForm:
    """The form as an address opens it; `from` and `until` are readings of the reader's clock, or instants."""
    found = find_override(rota, values.get("id", ""))
    form = form_of(found, visit.zone) if found else OverrideForm(id=values.get("id", ""))
    form = replace(form, **{name: values[name] for name in ("engineer", "what", "instead_of") if name in values})
    starts_at = visit.at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    default = {} if found else {"from": starts_at.isoformat(), "until": (starts_at + A_NIGHT).isoformat()}
    for name, text in {**default, **{name: values[name] for name in ("from", "until") if values.get(name)}}.items():
        form = with_edge(form, name, text, visit.zone)
    return form


def with_edge(form: OverrideForm, name: str, text: str, zone: str) -> OverrideForm:
    """The form with one edge: an instant with its offset is kept to the second, a reading as it is."""
    field = {"from": "from_"}.get(name, name)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return replace(form, **{field: text})
    if at.tzinfo is None:
        return replace(form, **{field: text[:16]})
    return replace(form, **{field: reading(at, zone), f"exact_{name}": at.isoformat()})


def proposed(visit: Visit, form: OverrideForm) -> OverrideForm:
    """The form with somebody chosen where nobody is: who is free and has the fewest hours."""
    starts_at, ends_at, faults = form.edges(visit)
    if form.engineer or faults or starts_at is None or ends_at is None or ends_at <= starts_at:
        return form
    free = people_free(visit, starts_at, ends_at)
    return replace(form, engineer=free[0].engineer) if free else form


def shown(visit: Visit, form: OverrideForm, draft: Draft, *, is_gone: bool = False) -> ResponseReturnValue:
    """The form with what it changes; alone for the dialog, else on a page. `is_gone`: it only says so."""
    starts_at, ends_at, _ = form.edges(visit)
    in_order = starts_at is not None and ends_at is not None and starts_at < ends_at
    values = {
        "form": form,
        "draft": draft,
        "is_gone": is_gone,
        "rota": draft.rota,
        "what": WHAT,
        **people_of(visit.configuration),
        "free": people_free(visit, starts_at, ends_at) if in_order and starts_at and ends_at else (),
        "place": {name: request.values.get(name, "") for name in ("view", "on")},
    }
    return render("_override.html" if visit.is_partial else "override.html", **values), draft.status
