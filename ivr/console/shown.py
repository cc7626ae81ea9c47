"""How pages show things: instants on the reader's clock, telephone numbers, durations, and what is wrong."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, g, make_response, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from ivr.alerts.openings import MONITORING
from ivr.console import words
from ivr.console.visit import Visit
from routing.numbers import grouped, masked
from routing.retention import ERASED

DAY = timedelta(days=1)
EDITED = ("region", "policy", "engineer", "partner", "rota", "prompt", "alert_rule", "component", "price")
PAGES_OF_KINDS = {kind: f"console.{kind}" for kind in EDITED}
"""Where an item of a kind is edited, by its key."""

NUMBER = re.compile(r"(?<!\w)(?:\+\d(?:[ ().-]{0,2}\d){5,14}|0\d(?:[ ().-]{0,2}\d){7,14})")
"""A number as people write it in a text: with its country code, or from a zero on; with gaps or without."""
SEALED_LINK = re.compile(r"https?://\S*/(?:take|feedback)/\S+")
"""Whoever opens such a link takes a ticket, or rates it, as the one whom it was texted to."""


def render(template: str, **values: Any) -> str:
    """A page, or a part of one, with the visit at hand."""
    return render_template(f"console/{template}", **values)


def problem(title: str, text: str, status: int, *, sign_in: str = "", way: str = "") -> ResponseReturnValue:
    """A page that says what is wrong, with a way on: to Tonight, or to `sign_in`, which is called `way`.

    The visit is over: its transaction was rolled back.
    """
    g.pop("visit", None)
    return make_response(render("problem.html", title=title, text=text, sign_in=sign_in, way=way), status)


def moment(at: datetime, form: str = "%a %d %b %H:%M") -> Markup:
    """An instant on the reader's clock, with the exact one for machines."""
    return time_element(at, g.visit.local(at), form)


def time_element(at: datetime, local: datetime, form: str) -> Markup:
    """An instant as a wall clock shows it (`local`), with the exact one for machines."""
    return Markup('<time datetime="{}">{}</time>').format(at.astimezone(UTC).isoformat(), local.strftime(form))


def clock(at: datetime) -> Markup:
    """The time of day of an instant, on the reader's clock."""
    return moment(at, "%H:%M:%S")


def zone_label() -> str:
    """The reader's clock by name and present abbreviation, such as Europe/Rome (CET)."""
    visit: Visit = g.visit
    return f"{visit.zone} ({visit.local(visit.at):%Z})"


def duration(length: timedelta) -> str:
    """A duration in words, to the two largest units: `2 d 3 h`, `5 min`, `12 s`."""
    seconds = int(length.total_seconds())
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    parts = []
    for name, size in units:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts[:2]) or "0 s"


def minutes(length: timedelta) -> str:
    """A duration in words that does not change from second to second: to the minute, and days to the hour."""
    return duration(length - length % timedelta(minutes=1)) if length >= timedelta(minutes=1) else "less than 1 min"


def caller(raw: str) -> str:
    """A caller as the carrier sent them, as this reader may see it: a number, a SIP address, or a withheld one."""
    if raw.startswith("+"):
        return phone(raw)
    if raw == MONITORING:
        return "the monitoring"
    if raw == ERASED:
        return raw
    visit: Visit = g.visit
    if "@" in raw:
        return raw if visit.may("engineer") else "a SIP caller"
    return "withheld number"


def discreet(text: str) -> str:
    """A text without what this reader may not see: numbers are masked for viewers, sealed links for all."""
    visit: Visit = g.visit
    kept = SEALED_LINK.sub("(link)", text)
    return kept if visit.may("engineer") else NUMBER.sub(lambda found: masked(re.sub(r"[^+\d]", "", found[0])), kept)


def ago(at: datetime) -> str:
    """How long an instant is past, or how far ahead, seen from the visit."""
    visit: Visit = g.visit
    return f"{duration(visit.at - at)} ago" if at <= visit.at else f"in {duration(at - visit.at)}"


def phone(number: str) -> str:
    """A telephone number as this reader may see it, grouped as people write it."""
    visit: Visit = g.visit
    if not visit.may("engineer"):
        return visit.phone(number)
    return grouped(number)


def zip_names(keys: Iterable[str], named: Iterable[Any] = ()) -> list[tuple[str, str]]:
    """Pairs of key and label for a choice: the names of the items, or the keys themselves as words."""
    names = [one.name for one in named]
    return [(str(key), names[place] if names else str(key).replace("_", " ")) for place, key in enumerate(keys)]


def install(app: Flask, menu: Callable[[Visit], list[Any]]) -> None:
    """Make these known to the templates."""
    filters = (moment, clock, duration, minutes, ago, phone, caller, discreet, zip_names)
    app.jinja_env.filters.update({function.__name__: function for function in filters})
    app.jinja_env.filters.update(words.FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def at_hand() -> dict[str, Any]:
        visit: Visit | None = g.get("visit")
        if visit is None:
            return {"visit": None}
        return {"visit": visit, "menu": menu(visit), "zone_label": zone_label, "pages_of_kinds": PAGES_OF_KINDS}
