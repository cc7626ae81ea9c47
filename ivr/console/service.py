"""The rules of the line as a whole: who passes, what is refused, who is rung when nobody else can be."""

from typing import Any

from flask.typing import ResponseReturnValue

from ivr.configuration.export import table_of
from ivr.console import items
from ivr.console.alert_rules import CLASSES
from ivr.console.forms import TEXTS, Raw, Typed, flags, listed, number, rows, texts, values, without_blanks
from ivr.console.frame import page
from ivr.console.items import Form, InConfiguration
from ivr.console.roles import Role
from ivr.console.visit import Visit
from routing.configuration import Rules
from routing.partners import Tier

NUMBERS = (
    "calls_per_hour",
    "strangers_per_minute",
    "incident_minutes",
    "critical_warning_minutes",
    "standard_warning_minutes",
)
ALERTS = {
    f"alerts.{name}": name for name in ("group_minutes", "flapping_minutes", "pages_per_hour", "posts_per_minute")
}
"""Fields of `[service.alerts]`, each by its place in the file, which is how faults name it."""

DEFAULT_CLASS = "alerts.default"
TICKS = ("page_unverified", "feedback_texts")
CHOICES = ("default_region", "fallback_policy")
LISTS = {"blocked_callers": TEXTS, "call_back_countries": TEXTS}


@page("/service", Role.MANAGER, methods=("GET", "POST"), menu="Service")
def service(visit: Visit) -> ResponseReturnValue:
    """The rules."""
    return items.edit(visit, SERVICE, "")


def read(typed: Typed) -> Raw:
    """The form as it was sent."""
    tiers = {f"tier-{tier}": f"tier-{tier}" in typed for tier in Tier}
    lists = {name: rows(typed, name, kind) for name, kind in LISTS.items()}
    return {
        "key": "",
        **texts(typed, (*CHOICES, *NUMBERS, DEFAULT_CLASS, *ALERTS)),
        **flags(typed, TICKS),
        **tiers,
        **lists,
    }


def raw(table_: dict[str, Any]) -> Raw:
    """The form of the rules."""
    return {
        "key": "",
        **{name: str(table_[name]) for name in (*CHOICES, *NUMBERS)},
        **{name: table_[name] for name in TICKS},
        DEFAULT_CLASS: table_["alerts"]["default"],
        **{place: str(table_["alerts"][name]) for place, name in ALERTS.items()},
        **{f"tier-{tier}": str(tier) in table_["direct_tiers"] for tier in Tier},
        **{name: listed(table_[name]) for name in LISTS},
    }


def table(raw_: Raw, present: Rules | None) -> dict[str, Any]:
    """The rules as the file writes them; what the form does not have stays as it is."""
    return {
        **(table_of("service", present) if present is not None else {}),
        **{name: raw_[name] for name in CHOICES},
        **{name: number(raw_[name]) for name in NUMBERS},
        **{name: raw_[name] for name in TICKS},
        "alerts": {"default": raw_[DEFAULT_CLASS], **{name: number(raw_[place]) for place, name in ALERTS.items()}},
        "direct_tiers": [str(tier) for tier in Tier if raw_[f"tier-{tier}"]],
        **{name: values(raw_[name]) for name in LISTS},
    }


def around(visit: Visit, _raw: Raw, _item: Rules | None) -> dict[str, Any]:
    """What can be chosen."""
    known = visit.configuration
    return {
        "regions": known.regions.values(),
        "policies": known.policies.values(),
        "tiers": tuple(Tier),
        "classes": CLASSES,
    }


SERVICE = Form(
    kind="service",
    keeper=InConfiguration("service"),
    template="service.html",
    page="console.service",
    listing="console.service",
    read=read,
    raw=raw,
    table=table,
    new=lambda _visit: {},
    around=around,
    blanks={name: lambda kind=kind: dict(kind.blank) for name, kind in LISTS.items()},  # type: ignore[misc]
    compact=lambda raw_: without_blanks(raw_, LISTS),
)
