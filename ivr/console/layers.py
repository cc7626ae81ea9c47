"""Layers: the form in which one is added, changed or removed, from an instant on, with its preview."""

from datetime import timedelta

from flask import abort, request
from flask.typing import ResponseReturnValue

from ivr.configuration.fields import WEEKDAYS
from ivr.console.frame import page
from ivr.console.layer_forms import EVERY, LayerForm, form_of, planned_at, sent
from ivr.console.roles import Role
from ivr.console.rota_edits import Draft, draft_of, rota_of, save, to_rota
from ivr.console.rota_people import people_of
from ivr.console.shown import render
from ivr.console.visit import Visit
from schedules.rota import Rota

LOOKS = {"save", "preview", "remove", ""}
"""What buttons send that do more than change the order of turns."""


@page("/rotas/<key>/layers/<int:place>", Role.MANAGER)
def layer(visit: Visit, key: str, place: int) -> ResponseReturnValue:
    """The form of one layer."""
    found = rota_of(visit, key)
    if place >= len(found.layers):
        abort(404, "There is no such layer. It may have been removed.")
    form = form_of(found.layers[place], place)
    return shown(visit, form, draft_of(visit, key, form, is_blank=True))


@page("/rotas/<key>/layers/new", Role.MANAGER)
def new_layer(visit: Visit, key: str) -> ResponseReturnValue:
    """The form of a layer that is not there yet."""
    form = fresh(visit, rota_of(visit, key))
    return shown(visit, form, draft_of(visit, key, form, is_blank=True))


@page("/rotas/<key>/layers", Role.MANAGER, methods=("POST",))
def change_layer(visit: Visit, key: str) -> ResponseReturnValue:
    """Show what the form changes; save it when that was seen."""
    form = sent(request.form)
    change = save(visit, key, form)
    if change is not None:
        return to_rota(key, change)
    is_blank = request.form.get("do", "") not in LOOKS
    return shown(visit, form, draft_of(visit, key, form, is_blank=is_blank))


def fresh(visit: Visit, rota: Rota) -> LayerForm:
    """A weekly layer from this week's Monday on, above those that are there."""
    today = visit.local(visit.at).date()
    return LayerForm(
        name="" if rota.layers else "weekly",
        zone=rota.layers[0].rotation.zone if rota.layers else visit.zone,
        starts_on=(today - timedelta(days=today.weekday())).isoformat(),
        priority=str(max((one.priority for one in rota.layers), default=-1) + 1),
        keep=False,
    )


def shown(visit: Visit, form: LayerForm, draft: Draft) -> ResponseReturnValue:
    """The form with what it changes."""
    values = {
        "form": form,
        "draft": draft,
        "rota": draft.rota,
        "every": EVERY,
        "weekdays": WEEKDAYS,
        "planned_at": planned_at(draft.rota, visit.at),
        **people_of(visit.configuration),
    }
    return render("_layer.html" if visit.is_partial else "layer.html", **values), draft.status
