"""Announcements: what callers hear first, now and later; entered, changed and ended by engineers and managers."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.configuration.edit import Fault
from ivr.console.frame import page
from ivr.console.readings import NotATime, instant, reading
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.store.announcements import (
    Entry,
    add_announcement,
    announcements_before,
    announcements_from,
    change_announcement,
    end_announcement,
    find_announcement,
)
from ivr.store.feed_state import find_feed_state
from routing.announcements import LANGUAGES, Announcement, Kind
from routing.announcing import ANNOUNCEABLE, faults_of
from routing.screening import SPOKEN_SYMPTOM, Symptom
from schedules.wallclock import Repeated

PAST_SHOWN = 20
LANGUAGE_NAMES = {"en": "English", "it": "Italian", "de": "German", "fr": "French", "es": "Spanish"}
KINDS = {Kind.INCIDENT: "Incident", Kind.MAINTENANCE: "Planned maintenance"}
CHANGED = "Somebody else changed it since you opened it. Look at what is saved now, then save yours."


@page("/announcements", Role.VIEWER, menu="Announcements")
def announcements(visit: Visit) -> ResponseReturnValue:
    """What holds now, what lies ahead, and what is over."""
    known = announcements_from(visit.connection, visit.at)
    now = [entry for entry in known if entry.announcement.starts_at <= visit.at]
    return render(
        "announcements.html",
        now=now,
        ahead=[entry for entry in known if entry not in now],
        past=announcements_before(visit.connection, visit.at, PAST_SHOWN),
        feed=find_feed_state(visit.connection),
        kinds=KINDS,
    )


@page("/announcements/new", Role.ENGINEER)
def new_announcement(visit: Visit) -> ResponseReturnValue:
    """The empty form; it begins now, and holds for two hours unless somebody says otherwise."""
    written = {"kind": Kind.INCIDENT, "from": reading(visit.at, visit.zone)}
    return shown(visit, None, {**written, "until": reading(visit.at + timedelta(hours=2), visit.zone)})


@page("/announcements/new", Role.ENGINEER, methods=("POST",))
def enter_announcement(visit: Visit) -> ResponseReturnValue:
    """Callers hear it from its beginning on."""
    wanted, faults = read_form(visit, None)
    if wanted is None or faults:
        return shown(visit, None, typed(), faults)
    add_announcement(visit.connection, visit.author, wanted)
    return redirect(url_for("console.announcements"), 303)


@page("/announcements/<int:id_>", Role.ENGINEER)
def edit_announcement(visit: Visit, id_: int) -> ResponseReturnValue:
    """The form of one that holds or lies ahead."""
    entry = living(visit, id_)
    return shown(visit, entry, written_of(visit, entry))


@page("/announcements/<int:id_>", Role.ENGINEER, methods=("POST",))
def save_announcement(visit: Visit, id_: int) -> ResponseReturnValue:
    """Change it, unless somebody else did since it was opened."""
    entry = living(visit, id_)
    if request.form.get("version") != entry.version:
        return overtaken(visit, id_)
    wanted, faults = read_form(visit, entry)
    if wanted is None or faults:
        return shown(visit, entry, typed(), faults)
    if change_announcement(visit.connection, visit.author, entry, wanted) is None:
        return overtaken(visit, id_)
    return redirect(url_for("console.announcements"), 303)


def overtaken(visit: Visit, id_: int) -> ResponseReturnValue:
    """The form as it was sent; where it differs, what is saved now stands beside it."""
    entry = living(visit, id_)
    return shown(visit, entry, typed(), [Fault("", CHANGED)], written_of(visit, entry))


@page("/announcements/<int:id_>/end", Role.ENGINEER, methods=("POST",))
def end_announcement_now(visit: Visit, id_: int) -> ResponseReturnValue:
    """Callers hear it no longer; one that was ended before is left as it is."""
    entry = find_announcement(visit.connection, id_)
    if entry is None:
        abort(404, "There is no such announcement.")
    if end_announcement(visit.connection, visit.author, entry) is None:
        abort(409, "It changed in this very moment and is not ended. Do it again.")
    return redirect(url_for("console.announcements"), 303)


def living(visit: Visit, id_: int) -> Entry:
    """One that can be changed: not over, and not the feed's, which the next reading would change back."""
    entry = find_announcement(visit.connection, id_)
    if entry is None:
        abort(404, "There is no such announcement.")
    if entry.announcement.is_over(visit.at):
        abort(409, "This announcement is over. What is over stays as it was; enter a new one.")
    if entry.source == "feed":
        abort(409, "This announcement is read from the status page: change it there, or end it here.")
    return entry


def typed() -> dict[str, Any]:
    """The form as it was sent."""
    return {**request.form.to_dict(), "regions": request.form.getlist("regions")}


def written_of(visit: Visit, entry: Entry) -> dict[str, Any]:
    """A stored announcement as the form writes it."""
    found = entry.announcement
    return {
        "kind": found.kind,
        "from": reading(found.starts_at, visit.zone),
        "until": reading(found.ends_at, visit.zone) if found.ends_at else "",
        "regions": sorted(found.regions),
        "symptom": found.symptom or "",
        "component": found.component,
        **{f"text_{language}": text for language, text in found.texts.items()},
    }


def read_form(visit: Visit, entry: Entry | None) -> tuple[Announcement | None, list[Fault]]:
    """What the form says and what is wrong with it. Times that were left alone stay the very instants."""
    form, held = request.form, entry.announcement if entry else None
    starts_at = time_in(visit, "from", Repeated.FIRST, held.starts_at if held else None)
    ends_at = time_in(visit, "until", Repeated.LAST, held.ends_at if held else None) if form.get("until") else None
    if isinstance(starts_at, Fault) or isinstance(ends_at, Fault):
        return None, [found for found in (starts_at, ends_at) if isinstance(found, Fault)]
    try:
        kind, symptom = Kind(form.get("kind", "")), Symptom(form["symptom"]) if form.get("symptom") else None
    except ValueError:
        return None, [Fault("kind", "choose what it is, and what callers report.")]
    texts = {language: form.get(f"text_{language}", "").strip() for language in LANGUAGES}
    wanted = Announcement(
        kind,
        starts_at,
        ends_at,
        {language: text for language, text in texts.items() if text},
        frozenset(form.getlist("regions")),
        symptom,
        form.get("component", "").strip(),
    )
    found = [Fault(field.replace("ends_at", "until"), text) for field, text in faults_of(wanted, regions_of(visit))]
    if wanted.is_over(visit.at):
        found.append(Fault("until", "must lie ahead: nobody would hear it."))
    return wanted, found


def time_in(visit: Visit, name: str, repeated: Repeated, known: datetime | None) -> datetime | Fault:
    """The instant (UTC) that a field means, or what is wrong with it; left alone it stays the `known` one."""
    try:
        return instant(request.form.get(name, ""), visit.zone, repeated, known)
    except NotATime:
        return Fault(name, "write a date with a time.")


def regions_of(visit: Visit) -> Sequence[str]:
    """The keys of the regions."""
    return tuple(visit.configuration.regions)


def shown(
    visit: Visit,
    entry: Entry | None,
    written: Mapping[str, Any],
    faults: Sequence[Fault] = (),
    saved: Mapping[str, Any] | None = None,
) -> ResponseReturnValue:
    """The form as it is `written`; with what is `saved`, that is shown wherever it differs."""
    form = render(
        "announcement.html",
        entry=entry,
        written=written,
        saved=saved,
        errors=faults,
        kinds=[(str(kind), label) for kind, label in KINDS.items()],
        symptoms=[("", "nothing in particular"), *((str(one), SPOKEN_SYMPTOM[one]) for one in ANNOUNCEABLE)],
        languages=[(language, LANGUAGE_NAMES[language]) for language in LANGUAGES],
        regions=visit.configuration.regions,
    )
    return form, 422 if faults else 200
