"""Rehearse: the browser phone. A caller's handset and the engineers', on a stage where no real phone can ring."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, abort, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.console.asked import UNKNOWN_NUMBER, WITHHELD_NUMBER, Asked, caller_of, region_and_instant, region_choices
from ivr.console.frame import page
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.rehearsal.plan import Plan
from ivr.rehearsal.rehearsals import AllTaken, Rehearsal, RehearsalOver, Rehearsals
from ivr.store.announcements import announcements_from
from ivr.store.configuration import load_partners
from routing.numbers import e164
from routing.screening import SPOKEN_SYMPTOM
from schedules.wallclock import to_local

FOLDER = "rehearsals"
PACES = ((1, "as in life"), (2, "twice as fast"), (4, "four times as fast"))
BEHAVIOURS = (
    ("rings out", "by hand"),
    ("takes it", "answers and takes it"),
    ("passes", "answers and passes it on"),
    ("voicemail", "voicemail"),
    ("busy", "busy"),
    ("silent", "answers and is silent"),
    ("declines", "refuses"),
    ("unreachable", "switched off"),
)
"""How an engineer's phone can be told to behave, and how the page says it."""

ACTIONS = {"press", "speak", "answer", "decline", "hang-up"}
LEG = re.compile(r"CA[0-9a-f]{32}")


def rehearsals(visit: Visit) -> Rehearsals:
    """Those of this machine."""
    return Rehearsals(visit.house.settings.standby_folder / FOLDER)


@page("/rehearse", Role.ENGINEER, menu="Rehearse")
def rehearse(visit: Visit) -> ResponseReturnValue:
    """The handsets of this person's rehearsal; before it, what it begins with."""
    found = rehearsals(visit).of(visit.account.login)
    if found is None:
        return beginning(visit, region_and_instant(visit, request.args), ended="began" in request.args)
    if not found.is_ready:
        return make_response(render("rehearse_starting.html"), {"Refresh": "1"})
    try:
        people = found.get("people")
    except (RehearsalOver, TimeoutError):
        return beginning(visit, region_and_instant(visit, request.args), ended=True)
    region = next(one for one in people["regions"] if one["key"] == found.region)
    chosen = {name: request.args[name] for name in ("caller", "number") if request.args.get(name)}
    caller = caller_of(visit, chosen).number if chosen else ""
    return render(
        "rehearse.html",
        found=found,
        region=region,
        zone=region["zone"],
        began=to_local(found.at, region["zone"]),
        caller=caller,
        typed=caller if "number" in chosen else "",
        strangers=((UNKNOWN_NUMBER, "Somebody unknown"), (WITHHELD_NUMBER, "Somebody whose number is withheld")),
        behaviours=BEHAVIOURS,
        **people,
    )


@page("/rehearse", Role.ENGINEER, methods=("POST",))
def begin_rehearsal(visit: Visit) -> ResponseReturnValue:
    """Begin one, on a copy of the configuration as it is now."""
    asked = region_and_instant(visit, request.form)
    if asked.fault:
        return beginning(visit, asked)
    here = rehearsals(visit)
    try:
        here.begin(plan(visit, asked, here))
    except AllTaken:
        return beginning(visit, asked, error="Two rehearsals run already. Try again when one of them has ended.")
    kept: dict[str, Any] = {name: request.form[name] for name in ("caller", "number") if request.form.get(name)}
    return redirect(url_for("console.rehearse", began="yes", **kept), 303)


def plan(visit: Visit, asked: Asked, here: Rehearsals) -> Plan:
    """What this person's rehearsal begins with."""
    paces = {str(pace): float(pace) for pace, _ in PACES}
    return Plan(
        configuration=visit.configuration,
        partners=load_partners(visit.connection),
        at=asked.at,
        region=asked.region.key,
        by=visit.account.login,
        folder=here.folder,
        token="",
        pace=paces.get(request.form.get("pace", ""), 1.0),
        announcements=tuple(one.announcement for one in announcements_from(visit.connection, asked.at)),
    )


def beginning(visit: Visit, asked: Asked, *, error: str = "", ended: bool = False) -> ResponseReturnValue:
    """The form that begins a rehearsal, with whatever was typed into it."""
    error = error or asked.fault
    shown = render(
        "rehearse_begin.html",
        asked=asked,
        regions=region_choices(visit),
        paces=[(str(pace), label) for pace, label in PACES],
        pace=request.form.get("pace", "1"),
        error=error,
        ended=ended,
        kept={name: request.values[name] for name in ("caller", "number") if request.values.get(name)},
    )
    return shown, 422 if error else 200


@page("/rehearse/stop", Role.ENGINEER, methods=("POST",))
def stop_rehearsal(visit: Visit) -> ResponseReturnValue:
    """End it, and throw everything away."""
    rehearsals(visit).stop(visit.account.login)
    return redirect(url_for("console.rehearse"), 303)


# What the page's script asks for


@page("/rehearse/feed", Role.ENGINEER)
def rehearsal_feed(visit: Visit) -> ResponseReturnValue:
    """What happened after event number `after`."""
    return told(visit, lambda found: found.get("feed", after=request.args.get("after", 0, int)))


@page("/rehearse/tickets", Role.ENGINEER)
def rehearsal_tickets(visit: Visit) -> ResponseReturnValue:
    """The tickets that the rehearsal left so far."""
    found = rehearsals(visit).of(visit.account.login)
    try:
        if found is None or not found.is_ready:
            raise RehearsalOver
        answer = found.get("tickets")
    except RehearsalOver:
        return make_response("", 204)  # the page says that it is over, and keeps what they were
    except TimeoutError:
        abort(503, "The tickets of the rehearsal could not be read. They are read again when something happens.")
    return render(
        "rehearse_tickets.html",
        **answer,
        symptoms=SPOKEN_SYMPTOM,
        wall=lambda at, form: to_local(datetime.fromisoformat(at), answer["zone"]).strftime(form),
    )


@page("/rehearse/calls", Role.ENGINEER, methods=("POST",))
def rehearsal_dial(visit: Visit) -> ResponseReturnValue:
    """Dial a region (`to`) from a handset (`from`: a telephone number, or `anonymous`); 400 for what is neither."""
    written, to = request.form["from"], request.form["to"]
    number = written if written == WITHHELD_NUMBER else e164(written)
    if number is None:
        return make_response(jsonify(wrong=True), 400)
    return told(visit, lambda found: found.post("calls", **{"from": number, "to": to}))


@page("/rehearse/legs/<leg>/<action>", Role.ENGINEER, methods=("POST",))
def rehearsal_act(visit: Visit, leg: str, action: str) -> ResponseReturnValue:
    """Press `keys`, speak `text`, answer, decline or hang up."""
    if not LEG.fullmatch(leg) or action not in ACTIONS:
        abort(404)
    given = {name: request.form.get(name, "")[:500] for name in ("keys", "text")}
    return told(visit, lambda found: found.post(f"legs/{leg}/{action}", **given))


@page("/rehearse/phones", Role.ENGINEER, methods=("POST",))
def rehearsal_behave(visit: Visit) -> ResponseReturnValue:
    """All phones of a person (`number`, several) behave so from now on."""
    behaviour = request.form.get("behaviour", "")
    if behaviour not in dict(BEHAVIOURS):
        abort(400)
    numbers = request.form.getlist("number")
    return told(visit, lambda found: [found.post("phones", number=one, behaviour=behaviour) for one in numbers])


@page("/rehearse/texts", Role.ENGINEER, methods=("POST",))
def rehearsal_text(visit: Visit) -> ResponseReturnValue:
    """Answer the last text that a phone (`number`) received."""
    given = {"number": request.form["number"], "body": request.form.get("body", "")[:500]}
    return told(visit, lambda found: found.post("texts", **given))


def told(visit: Visit, ask: Callable[[Rehearsal], Any]) -> Response:
    """What the rehearsal answers, as JSON; 410 when it is over, 404 for a leg that is, 503 when it is slow today."""
    found = rehearsals(visit).of(visit.account.login)
    try:
        if found is None or not found.is_ready:
            raise RehearsalOver
        return jsonify(ask(found))
    except RehearsalOver:
        return make_response(jsonify(over=True), 410)
    except LookupError:
        return make_response(jsonify(gone=True), 404)
    except TimeoutError:
        return make_response(jsonify(slow=True), 503)
