"""Engineers: who can be paged, on which phones in which order; a phone that is new waits for its code."""

from typing import Any

from flask.typing import ResponseReturnValue

from ivr.console import items
from ivr.console.forms import TEXTS, VALUE, Raw, Typed, flags, listed, rows, texts, values, without_blanks
from ivr.console.frame import page
from ivr.console.items import Form, InConfiguration
from ivr.console.phones import phones_around
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from routing.configuration import Configuration
from routing.escalation import TargetKind
from routing.numbers import e164, grouped
from routing.people import Engineer

LISTS = {"phones": TEXTS, "unverified": TEXTS}


@page("/engineers", Role.MANAGER, menu="Engineers")
def engineers(visit: Visit) -> ResponseReturnValue:
    """Everybody who can be paged, or was once."""
    known = visit.configuration
    used = {key: places_of(known, key) for key in known.engineers}
    return render("engineers.html", engineers=known.engineers.values(), used=used, done=items.done(visit))


def places_of(known: Configuration, key: str) -> list[str]:
    """The rotas and policies that name somebody, in words."""
    rotas = [
        rota.name
        for rota in known.rotas.values()
        if any(key in turn for layer in rota.layers for turn in layer.rotation.participants)
    ]
    named = [
        policy.name
        for policy in known.policies.values()
        if any(t.kind is TargetKind.ENGINEER and t.key == key for level in policy.levels for t in level.targets)
    ]
    return rotas + named


def read(typed: Typed) -> Raw:
    """The form as it was sent."""
    lists = {name: rows(typed, name, kind) for name, kind in LISTS.items()}
    return {**texts(typed, ("key", "name", "email")), **flags(typed, ("manager", "active")), **lists}


def raw(table_: dict[str, Any]) -> Raw:
    """The form of an engineer."""
    return {
        **{name: table_[name] for name in ("key", "name", "email", "manager", "active")},
        "phones": listed(table_["phones"]),
        "unverified": listed(map(grouped, table_.get("unverified", ()))),
    }


def table(raw_: Raw, present: Engineer | None) -> dict[str, Any]:
    """The engineer as the file writes it. A phone counts when it did already; every other one waits for its code."""
    counts = present.phones if present is not None else ()
    phones, waiting = values(raw_["phones"]), values(raw_["unverified"])
    return {
        **{name: raw_[name] for name in ("key", "name", "email", "manager", "active")},
        "phones": [phone for phone in phones if phone in counts],
        "unverified": [
            *(phone for phone in phones if phone not in counts),
            *(e164(phone) or phone for phone in waiting),
        ],
    }


def new(_visit: Visit) -> Raw:
    """Somebody new, with room for a phone."""
    nobody = {"key": "", "name": "", "email": "", "manager": False, "active": True}
    return {**nobody, "phones": [], "unverified": [{VALUE: ""}]}


def around(visit: Visit, _raw: Raw, item: Engineer | None) -> dict[str, Any]:
    """Where the person is named, and how it stands with their phones."""
    if item is None:
        return {"used": []}
    return {"used": places_of(visit.configuration, item.key), **phones_around(visit, item)}


ENGINEER = Form(
    kind="engineer",
    keeper=InConfiguration("engineer"),
    template="engineer.html",
    page="console.engineer",
    listing="console.engineers",
    read=read,
    raw=raw,
    table=table,
    new=new,
    around=around,
    blanks={name: lambda: dict(TEXTS.blank) for name in LISTS},
    compact=lambda raw_: without_blanks(raw_, LISTS),
)
items.add_pages(ENGINEER)
