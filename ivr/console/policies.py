"""Escalation policies: levels and their targets, in order; and who would be rung now, before anything is saved."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from ivr.configuration.edit import EditRefused, checked
from ivr.console import items
from ivr.console.forms import Raw, Rows, Typed, number, rows, texts
from ivr.console.frame import page
from ivr.console.items import Form, InConfiguration
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from routing.configuration import Configuration
from routing.escalation import Line, Policy

TARGETS = Rows({"to": "", "phone": ""}, ("to",))
PHONE = "phone:"
LEVEL_TEXTS = ("ring_seconds", "order")
NEW_POLICY = "new-policy"
"""The key of a policy that has none yet, while it is looked at."""


@page("/policies", Role.MANAGER, menu="Policies")
def policies(visit: Visit) -> ResponseReturnValue:
    """Every policy, with the regions that use it and who would be rung now."""
    known = visit.configuration
    people = {key: known.people_at(policy_, visit.at) for key, policy_ in known.policies.items()}
    used = {key: users(known, key) for key in known.policies}
    return render("policies.html", policies=known.policies.values(), people=people, used=used, done=items.done(visit))


@page("/policy-preview", Role.MANAGER, methods=("POST",))
def policy_preview(visit: Visit) -> ResponseReturnValue:
    """Who would be rung now by the policy as it is typed: nothing is saved."""
    return render("policy_preview.html", **preview(visit, compact(read(request.form))))


def users(known: Configuration, key: str) -> list[str]:
    """What a policy is for, in words."""
    names = [region.name for region in known.regions.values() if region.policy == key]
    return [*names, "whenever nobody else can be rung"] if known.rules.fallback_policy == key else names


def preview(visit: Visit, raw_: Raw) -> dict[str, Any]:
    """Levels with the people of this instant; or what is wrong with the form."""
    typed = {**raw_, "key": raw_["key"] or NEW_POLICY, "name": raw_["name"] or NEW_POLICY}
    try:
        known = checked(visit.configuration, "policy", typed["key"], table(typed, None), visit.at)
    except EditRefused as refused:
        return {"lines": (), "faulty": refused.faults}
    wanted = known.policies[typed["key"]]
    return {"lines": leveled(wanted, known.people_at(wanted, visit.at)), "faulty": (), "policy": wanted}


def leveled(policy_: Policy, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """A policy's levels, each with its people."""
    return [{"level": level, "line": line} for level, line in zip(policy_.levels, lines, strict=True)]


def read(typed: Typed) -> Raw:
    """The form as it was sent: levels by number, each with its targets."""
    return {
        **texts(typed, ("key", "name", "repeat", "pause_seconds")),
        "levels": [read_level(typed, place) for place in range(len(typed.getlist("level")))],
    }


def read_level(typed: Typed, place: int) -> Raw:
    """One level of the form."""
    prefix = f"level-{place}-"
    own = {name: typed.get(prefix + name, "").strip() for name in LEVEL_TEXTS}
    return {**own, "together": f"{prefix}together" in typed, "targets": rows(typed, "target", TARGETS, prefix)}


def raw(table_: dict[str, Any]) -> Raw:
    """The form of a policy."""
    return {
        **{name: str(table_[name]) for name in ("key", "name", "repeat", "pause_seconds")},
        "levels": [
            {
                "ring_seconds": str(level["ring_seconds"]),
                "order": level["order"],
                "together": level["together"],
                "targets": [target_row(text) for text in level["targets"]],
            }
            for level in table_["levels"]
        ],
    }


def target_row(text: str) -> Raw:
    """`rota:noc`, or a duty phone with its number apart."""
    is_phone = text.startswith(PHONE)
    return {"to": PHONE if is_phone else text, "phone": text.removeprefix(PHONE) if is_phone else ""}


def table(raw_: Raw, _present: Policy | None) -> dict[str, Any]:
    """The policy as the file writes it."""
    return {
        "key": raw_["key"],
        "name": raw_["name"],
        "repeat": number(raw_["repeat"]),
        "pause_seconds": number(raw_["pause_seconds"]),
        "levels": [level_table(level) for level in raw_["levels"]],
    }


def level_table(level: Raw) -> dict[str, Any]:
    """One level as the file writes it."""
    targets = [row["to"] + row["phone"] if row["to"] == PHONE else row["to"] for row in level["targets"]]
    return {
        "targets": targets,
        "ring_seconds": number(level["ring_seconds"]),
        "together": level["together"],
        "order": level["order"],
    }


def compact(raw_: Raw) -> Raw:
    """The form without targets that were never chosen."""
    levels = [
        {**level, "targets": [row for row in level["targets"] if not TARGETS.is_blank(row)]} for level in raw_["levels"]
    ]
    return {**raw_, "levels": levels}


def new_level() -> Raw:
    """A level with room for one target."""
    return {"ring_seconds": "20", "order": "rota", "together": False, "targets": [dict(TARGETS.blank)]}


def new(_visit: Visit) -> Raw:
    """A policy with one level."""
    return {"key": "", "name": "", "repeat": "2", "pause_seconds": "60", "levels": [new_level()]}


def around(visit: Visit, raw_: Raw, item: Policy | None) -> dict[str, Any]:
    """Who would be rung now, and what can be chosen."""
    known = visit.configuration
    return {
        **preview(visit, compact(raw_)),
        "rotas": known.rotas.values(),
        "engineers": known.engineers.values(),
        "used": users(known, item.key) if item is not None else [],
    }


POLICY = Form(
    kind="policy",
    keeper=InConfiguration("policy"),
    template="policy.html",
    page="console.policy",
    listing="console.policies",
    read=read,
    raw=raw,
    table=table,
    new=new,
    around=around,
    blanks={"levels": new_level, "targets": lambda: dict(TARGETS.blank)},
    compact=compact,
)
items.add_pages(POLICY)
