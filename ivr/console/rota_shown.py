"""How pages of rotas show the edges of stretches and amounts of hours."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import g, url_for
from markupsafe import Markup

from ivr.console.frame import console
from ivr.console.readings import edge_form
from ivr.console.shown import time_element
from ivr.console.visit import Visit
from schedules.wallclock import to_local


@console.app_template_filter("edge")
def edge(at: datetime) -> Markup:
    """An edge of a stretch: the year where it is another, and CEST or CET where the clock shows the hour twice."""
    visit: Visit = g.visit
    return _edge(at, visit.zone, visit.local(visit.at).year)


@lru_cache(maxsize=4096)
def _edge(at: datetime, zone: str, this_year: int) -> Markup:
    """A page of thirteen weeks shows each of its edges four times."""
    return time_element(at, to_local(at, zone), edge_form(at, zone, this_year))


@console.app_template_filter("hours")
def hours(length: timedelta) -> str:
    """An amount of time on call: `15 h`, `7.5 h`."""
    return f"{round(length / timedelta(hours=1), 1):g} h"


@console.app_template_filter("iso")
def iso(at: datetime) -> str:
    """An instant as an address carries it, to the last second."""
    return at.isoformat()


@console.app_template_global("override_for")
def override_for(key: str, since: datetime, until: datetime, place: Mapping[str, object], **more: str) -> str:
    """The address of the form for a new override of these hours; `place` is what the page behind it shows."""
    values: dict[str, Any] = {"from": iso(since), "until": iso(until), **place, **more}
    return url_for("console.override", key=key, **values)
