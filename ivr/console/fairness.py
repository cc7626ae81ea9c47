"""Fairness: hours on call of each engineer over a range, with nights, weekends and holidays apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from flask import request
from flask.typing import ResponseReturnValue

from ivr.console.frame import page
from ivr.console.readings import midnight
from ivr.console.roles import Role
from ivr.console.rota_people import people_of
from ivr.console.shown import render
from ivr.console.spans import DAY, day_of
from ivr.console.visit import Visit
from schedules.fairness import Load, loads, together
from schedules.holidays import HolidayCalendar, calendar_fault

HOUR = timedelta(hours=1)
LONGEST = DAY * 731
KINDS = {"total": "All hours", "nights": "Nights", "weekends": "Weekends", "holidays": "Holidays"}
BAR, WIDTH = 12, 640
"""The picture's measures: the height of a bar, and the width of the longest one."""


@dataclass(frozen=True)
class Wanted:
    """What the form asks for: local dates, both counted, one rota or all, and whose holidays."""

    first_on: date
    last_on: date
    rota: str
    calendar: HolidayCalendar | None
    error: str = ""


@page("/fairness", Role.VIEWER)
def fairness(visit: Visit) -> ResponseReturnValue:
    """The table and the picture."""
    wanted = wanted_by(visit)
    known = visit.configuration
    since, until = midnight(wanted.first_on, visit.zone), midnight(wanted.last_on + DAY, visit.zone)
    chosen = [rota for key, rota in known.rotas.items() if wanted.rota in {"", key}]
    found = together(loads(rota, since, until, wanted.calendar) for rota in chosen)
    values = {"wanted": wanted, "rotas": known.rotas, "kinds": KINDS, **people_of(known)}
    lines = with_those_without(found, known.engineers, visit)
    return render("fairness.html", lines=lines, bars=bars_of(lines), width=WIDTH, **values)


def wanted_by(visit: Visit) -> Wanted:
    """The form's values; thirteen weeks from this Monday on without one."""
    today = visit.local(visit.at).date()
    monday = today - DAY * today.weekday()
    first = day_of(request.args.get("from", ""), monday)
    last = min(day_of(request.args.get("until", ""), first + DAY * 90), first + LONGEST)
    rota = request.args.get("rota", "")
    text = request.args.get("holidays", default_calendar(visit)).strip()
    calendar = HolidayCalendar(*text.partition("-")[::2]) if text else None
    error = calendar_fault(calendar) if calendar else ""
    if last < first:
        first, last, error = last, first, error or "The range was turned round: it ended before it began."
    return Wanted(first, last, rota if rota in visit.configuration.rotas else "", calendar, error)


def default_calendar(visit: Visit) -> str:
    """The calendar of the default region, if it keeps one."""
    calendar = visit.configuration.default_region.hours.holidays
    return str(calendar) if calendar else ""


def with_those_without(found: tuple[Load, ...], people: Iterable[str], visit: Visit) -> list[Load]:
    """The loads, the largest first; whoever stands in a rota's layers and has no hours is shown with none."""
    have = {load.engineer for load in found}
    rotas = visit.configuration.rotas.values()
    members = {key for rota in rotas for layer in rota.layers for turn in layer.rotation.participants for key in turn}
    idle = [Load(key) for key in people if key in members - have]
    return [*sorted(found, key=lambda load: -load.total), *idle]


def bars_of(lines: list[Load]) -> list[dict[str, object]]:
    """The bars of the picture: for each engineer one of each kind that has hours, with place and length."""
    longest = max((load.total for load in lines), default=HOUR) or HOUR
    bars: list[dict[str, object]] = []
    top = 0
    for load in lines:
        bars.append({"label": load.engineer, "y": top + BAR})
        for kind in KINDS:
            hours = getattr(load, kind)
            if hours or kind == "total":
                width = round(hours / longest * WIDTH)
                bars.append({"kind": kind, "y": top, "width": width, "hours": hours / HOUR})
                top += BAR + 2
        top += BAR
    return bars
