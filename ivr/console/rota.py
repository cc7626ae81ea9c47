"""A rota's page: its timeline, its final schedule as a table, gaps and warnings ahead, overrides and layers."""

from datetime import datetime, timedelta
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from ivr.console.conflicts import rota_in
from ivr.console.frame import page
from ivr.console.layer_forms import planned_at
from ivr.console.layer_words import told_layer
from ivr.console.lists import number_asked
from ivr.console.override_ids import override_id
from ivr.console.previews import end_of_comparison
from ivr.console.readings import reading
from ivr.console.roles import Role
from ivr.console.rota_changes import undo_of
from ivr.console.rota_edits import rota_of
from ivr.console.rota_people import people_of
from ivr.console.rota_timeline import Timeline
from ivr.console.shown import render
from ivr.console.spans import VIEWS, Span, day_of, span_of
from ivr.console.stretches import shown_stretches
from ivr.console.visit import Visit
from ivr.store.absences import absences_from
from ivr.store.audit import AuditedChange, find_change
from routing.configuration import Configuration
from routing.coverage import findings_of, only_about
from schedules.changes import changes
from schedules.coverage import Finding, FindingKind
from schedules.leave import Absence
from schedules.rota import OnCall, Rota, who_is_on_call
from schedules.rotation import INSTANT

A_MINUTE = timedelta(minutes=1)


@page("/rotas/<key>", Role.VIEWER)
def rota(visit: Visit, key: str) -> ResponseReturnValue:
    """One rota, for a week, a month or thirteen weeks."""
    found = rota_of(visit, key)
    absences = absences_from(visit.connection, visit.at)
    span = span_asked_for(visit)
    timeline = Timeline(found, visit.configuration.engineers, absences, span, visit.at, visit.may(Role.MANAGER))
    values = {
        "rota": found,
        "span": span,
        "views": VIEWS,
        "timeline": timeline.as_json(),
        "schedule": shown_stretches(found, span),
        "overrides": [(override_id(one), one) for one in found.overrides if one.ends_at > visit.at],
        "layers": [told_layer(layer) for layer in found.layers],
        "planned_at": planned_at(found, visit.at),
        "saved": saved_change(visit, key),
        "name_of": visit.configuration.name_of,
        **now_and_next(found, visit.at),
        **people_of(visit.configuration),
        **ahead(visit.configuration, found, absences, visit.at),
    }
    return render("rota.html", **values)


def span_asked_for(visit: Visit) -> Span:
    """The days that the address asks for; this week without one."""
    return span_of(
        request.args.get("view", ""), day_of(request.args.get("on", ""), visit.local(visit.at).date()), visit.zone
    )


def now_and_next(found: Rota, at: datetime) -> dict[str, Any]:
    """Who is on call at `at` (UTC), until when, and who follows; empty tuples in a gap."""
    now = who_is_on_call(found, at)
    until = now[0].until if now else None
    following: tuple[OnCall, ...] = who_is_on_call(found, until) if until else ()
    return {"now": now, "until": until, "following": following}


def ahead(known: Configuration, found: Rota, absences: tuple[Absence, ...], at: datetime) -> dict[str, Any]:
    """What is wrong in the next thirteen weeks with this rota and the policies that use it: gaps apart."""
    part = only_about(known, found.key)
    mine = [one for one in findings_of(part, absences, at) if one.rota == found.key or one.policy]
    return {"gaps": [one for one in mine if is_gap(one)], "warnings": [one for one in mine if not is_gap(one)]}


def is_gap(finding: Finding) -> bool:
    """Whether nobody is on call."""
    return finding.kind is FindingKind.GAP


def saved_change(visit: Visit, key: str) -> dict[str, Any] | None:
    """The change that was just saved, and whether it can be undone."""
    id_ = number_asked("saved")
    change = find_change(visit.connection, id_) if id_ is not None else None
    if change is None or (change.kind, change.key) != ("rota", key):
        return None
    may_undo = visit.may(Role.MANAGER) and undo_of(visit, change) is not None
    return {"change": change, "may_undo": may_undo, "what_if": what_if_then(visit, change)}


def what_if_then(visit: Visit, change: AuditedChange) -> str:
    """The address that shows who is called when a change first makes a difference; empty when it makes none.

    An address carries minutes: of a change within one the next is meant, since before it all is as it was.
    """
    if change.before is None or change.after is None:
        return ""
    known = visit.configuration
    before, after = rota_in(change.before), rota_in(change.after)
    found = changes(before, after, visit.at, end_of_comparison(before, after, visit.at))
    region = next((one for one in known.regions.values() if change.key in known.policy_of(one.key).rotas), None)
    if not found or region is None:
        return ""
    at = reading(found.stretches[0].starts_at + A_MINUTE - INSTANT, region.hours.zone)
    return url_for("console.what_if", region=region.key, at=at)
