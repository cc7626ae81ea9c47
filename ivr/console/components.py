"""Components of the status page: which of them matter to which regions, and what their callers may hang up about."""

from typing import Any

from flask.typing import ResponseReturnValue

from ivr.console import items
from ivr.console.forms import Raw, Typed, texts
from ivr.console.frame import page
from ivr.console.items import Form, InConfiguration
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from routing.announcing import ANNOUNCEABLE
from routing.screening import SPOKEN_SYMPTOM
from routing.status_page import Component

KIND = "component"
ONE_LINE = ("key", "name", "symptom")
SYMPTOMS = (("", "nothing in particular"), *((str(one), SPOKEN_SYMPTOM[one]) for one in ANNOUNCEABLE))


@page("/components", Role.MANAGER, menu="Components")
def components(visit: Visit) -> ResponseReturnValue:
    """Every component that is mapped, with its regions."""
    known = visit.configuration
    return render(
        "components.html",
        components=known.components.values(),
        regions=known.regions,
        symptoms=dict(SYMPTOMS),
        is_read=visit.house.settings.status_url is not None,
        done=items.done(visit),
    )


def read(typed: Typed) -> Raw:
    """The form as it was sent: `regions` are the keys of those that are ticked."""
    return {**texts(typed, ONE_LINE), "regions": sorted(set(typed.getlist("regions")))}


def raw(table_: dict[str, Any]) -> Raw:
    """The form of a component."""
    return {**{name: table_.get(name, "") for name in ONE_LINE}, "regions": list(table_["regions"])}


def table(raw_: Raw, _present: Component | None) -> dict[str, Any]:
    """The component as the file writes it; without a symptom the key is left out."""
    symptom = {"symptom": raw_["symptom"]} if raw_["symptom"] else {}
    return {"key": raw_["key"], "name": raw_["name"], "regions": raw_["regions"], **symptom}


def around(visit: Visit, _raw: Raw, _item: Component | None) -> dict[str, Any]:
    """What can be chosen."""
    return {"regions": visit.configuration.regions.values(), "symptoms": SYMPTOMS}


COMPONENT = Form(
    kind=KIND,
    keeper=InConfiguration(KIND),
    template="component.html",
    page="console.component",
    listing="console.components",
    read=read,
    raw=raw,
    table=table,
    new=lambda _visit: {"key": "", "name": "", "symptom": "", "regions": []},
    around=around,
)
items.add_pages(COMPONENT)
