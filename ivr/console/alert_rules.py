"""Alert rules: which class of service alerts of the monitoring have; the first that fits decides, so order counts."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.configuration.edit import EditConflict, EditRefused, Fault
from ivr.configuration.order import move_item
from ivr.console import items
from ivr.console.forms import TEXTS, Raw, Rows, Typed, listed, rows, texts, values, without_blanks
from ivr.console.frame import page
from ivr.console.items import Form, InConfiguration
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from routing.alerts import AlertClass, AlertRule

KIND = "alert_rule"
ONE_LINE = ("key", "service", "region", "policy")
LABELS = Rows({"name": "", "pattern": ""})
LISTS = {"labels": LABELS, "serials": TEXTS, "countries": TEXTS, "partners": TEXTS}
MOVES = {"up": -1, "down": 1}
CLASSES = (
    (str(AlertClass.CRITICAL), "Critical: pages at any hour"),
    (str(AlertClass.STANDARD), "Standard: waits for a person"),
    (str(AlertClass.IGNORE), "none: is ignored"),
)


@page("/alert-rules", Role.MANAGER, menu="Alert rules")
def alert_rules(visit: Visit) -> ResponseReturnValue:
    """Every rule, in the order in which they are asked."""
    return shown(visit)


@page("/alert-rules", Role.MANAGER, methods=("POST",))
def move_alert_rule(visit: Visit) -> ResponseReturnValue:
    """Move a rule up or down by one; refused when somebody else changed the order meanwhile."""
    key, verb = request.form.get("key", ""), request.form.get("do", "")
    seen = request.form.get("order", "").split()
    try:
        move_item(visit.connection, visit.author, KIND, key, MOVES.get(verb, 0), seen=seen)
    except EditConflict:
        text = "Somebody changed the rules meanwhile. Nothing was moved: look again."
        return shown(visit, [Fault("", text)])
    return redirect(url_for("console.alert_rules", moved=f"{verb} {key}"), 303)


def shown(visit: Visit, errors: Sequence[Fault] = ()) -> ResponseReturnValue:
    """The list; the button that was pressed last has the focus."""
    known = visit.configuration
    page_ = render(
        "alert_rules.html",
        rules=list(known.alert_rules.values()),
        asks={key: asked(rule) for key, rule in known.alert_rules.items()},
        default=known.rules.alerts.default,
        regions=known.regions,
        policies=known.policies,
        errors=errors,
        focus=request.args.get("moved", ""),
        done=items.done(visit),
    )
    return page_, 409 if errors else 200


def asked(rule: AlertRule) -> list[str]:
    """What a rule asks of an alert, a line each; nothing fits every alert."""
    lists = {"PBX serial begins with": rule.serials, "country": rule.countries, "partner": rule.partners}
    labels = [f"{name} is {pattern}" for name, pattern in rule.labels.items()]
    return labels + [f"{name} {' or '.join(found)}" for name, found in lists.items() if found]


def read(typed: Typed) -> Raw:
    """The form as it was sent."""
    return {**texts(typed, ONE_LINE), **{name: rows(typed, name, kind) for name, kind in LISTS.items()}}


def raw(table_: dict[str, Any]) -> Raw:
    """The form of a rule."""
    return {
        **{name: table_.get(name, "") for name in ONE_LINE},
        "labels": [{"name": name, "pattern": pattern} for name, pattern in table_.get("labels", {}).items()],
        **{name: listed(table_.get(name, ())) for name in ("serials", "countries", "partners")},
    }


def table(raw_: Raw, _present: AlertRule | None) -> dict[str, Any]:
    """The rule as the file writes it. Raises EditRefused for labels that no table can hold."""
    faults = list(faults_of(raw_["labels"]))
    if faults:
        raise EditRefused(faults)
    return {
        **{name: raw_[name] for name in ONE_LINE},
        "labels": {row["name"]: row["pattern"] for row in raw_["labels"]},
        **{name: values(raw_[name]) for name in ("serials", "countries", "partners")},
    }


def faults_of(labels: list[Raw]) -> list[Fault]:
    """What is wrong with the names of labels."""
    found = []
    for place, row in enumerate(labels):
        if not row["name"]:
            found.append(Fault(f"labels[{place + 1}]", "has no name. Write the label's name, such as severity."))
        elif row["name"] in {other["name"] for other in labels[:place]}:
            found.append(Fault(f"labels[{place + 1}]", f'"{row["name"]}" stands above already. Write each label once.'))
    return found


def new(_visit: Visit) -> Raw:
    """A rule about one label."""
    blank = {**dict.fromkeys(ONE_LINE, ""), **{name: [] for name in LISTS}}
    return {**blank, "service": str(AlertClass.CRITICAL), "labels": [{"name": "severity", "pattern": ""}]}


def around(visit: Visit, _raw: Raw, _item: AlertRule | None) -> dict[str, Any]:
    """What can be chosen."""
    known = visit.configuration
    return {
        "classes": CLASSES,
        "regions": [("", "as the alert says"), *((r.key, r.name) for r in known.regions.values())],
        "policies": [("", "the region's"), *((one.key, one.name) for one in known.policies.values())],
    }


ALERT_RULE = Form(
    kind=KIND,
    keeper=InConfiguration(KIND),
    template="alert_rule.html",
    page="console.alert_rule",
    listing="console.alert_rules",
    read=read,
    raw=raw,
    table=table,
    new=new,
    around=around,
    blanks={name: lambda kind=kind: dict(kind.blank) for name, kind in LISTS.items()},  # type: ignore[misc]
    compact=lambda raw_: without_blanks(raw_, LISTS),
)
items.add_pages(ALERT_RULE)
