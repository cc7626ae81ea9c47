"""Webhooks: endpoints are added, changed, tried, disabled; a secret is shown once, a new one takes over in a day."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.console import integrations
from ivr.console.frame import page
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.integrations.delivering import send_test
from ivr.integrations.webhooks import fault_of_endpoint
from ivr.store.audit import record
from ivr.store.deliveries import Wanted, drop_waiting, list_deliveries
from ivr.store.endpoints import (
    Endpoint,
    add_endpoint,
    change_endpoint,
    disable_endpoint,
    find_endpoint,
    remove_endpoint,
    rotate_secret,
)
from ivr.store.events import EventType

SHOWN = 20
KIND = "webhook"


@page("/integrations/webhooks", Role.MANAGER, methods=("POST",))
def add_webhook(visit: Visit) -> ResponseReturnValue:
    """A new endpoint; its secret is shown now and never again."""
    typed = wanted()
    if fault := fault_of_endpoint(str(typed["url"])):
        return integrations.shown(visit, error=fault, typed=typed)
    url = str(typed.pop("url"))
    made = add_endpoint(visit.connection, url, visit.account.name, visit.at, **typed)
    record(visit.connection, visit.author, KIND, str(made.id), None, told(made))
    return shown(visit, made, secret=made.secret)


@page("/integrations/webhooks/<int:id_>", Role.MANAGER)
def webhook(visit: Visit, id_: int) -> ResponseReturnValue:
    """One endpoint, and what was delivered to it of late."""
    return shown(visit, known(visit, id_))


@page("/integrations/webhooks/<int:id_>", Role.MANAGER, methods=("POST",))
def change_webhook(visit: Visit, id_: int) -> ResponseReturnValue:
    """Another address, other events."""
    before, typed = known(visit, id_), wanted()
    if fault := fault_of_endpoint(str(typed["url"])):
        return shown(visit, before, error=fault)
    change_endpoint(visit.connection, id_, **typed)
    record(visit.connection, visit.author, KIND, str(id_), told(before), told(known(visit, id_)))
    flash("Saved.")
    return redirect(url_for("console.webhook", id_=id_), 303)


@page("/integrations/webhooks/<int:id_>/secret", Role.MANAGER, methods=("POST",))
def rotate_webhook_secret(visit: Visit, id_: int) -> ResponseReturnValue:
    """A new secret, shown now and never again; the one before signs too for a day."""
    secret = rotate_secret(visit.connection, known(visit, id_), visit.at)
    record(visit.connection, visit.author, KIND, str(id_), None, None, action="rotate")
    return shown(visit, known(visit, id_), secret=secret)


@page("/integrations/webhooks/<int:id_>/<any(disable, enable, remove):action>", Role.MANAGER, methods=("POST",))
def switch_webhook(visit: Visit, id_: int, action: str) -> ResponseReturnValue:
    """Nothing is sent there any more, or it is again; or the endpoint is gone."""
    found, why = known(visit, id_), f"Disabled by {visit.account.name}."
    if action == "enable":
        change_endpoint(visit.connection, id_, disabled_at=None, disabled_why="")
    else:
        disable_endpoint(visit.connection, id_, visit.at, why[:200])
        drop_waiting(visit.connection, found.target, visit.at, why)
    if action == "remove":
        remove_endpoint(visit.connection, id_)
    after = None if action == "remove" else told(known(visit, id_))
    record(visit.connection, visit.author, KIND, str(id_), told(found), after, action=action)
    if action == "remove":
        return redirect(url_for("console.integrations"), 303)
    return redirect(url_for("console.webhook", id_=id_), 303)


@page("/integrations/webhooks/<int:id_>/test", Role.MANAGER, methods=("POST",))
def try_webhook(visit: Visit, id_: int) -> ResponseReturnValue:
    """Send a message of the type webhook.test there."""
    found = known(visit, id_)
    if found.disabled_at is not None:
        return shown(visit, found, error="It is disabled. Enable it first.")
    delivery = send_test(visit.house, visit.connection, found, visit.at)
    return redirect(url_for("console.delivery", id_=delivery), 303)


def known(visit: Visit, id_: int) -> Endpoint:
    """The endpoint that the address names, or 404."""
    return find_endpoint(visit.connection, id_) or abort(404, "There is no such webhook. It may have been removed.")


def wanted() -> dict[str, object]:
    """What the form says of an endpoint. All events is the same as none chosen."""
    types = [str(type_) for type_ in EventType if type_ in request.form.getlist("types")]
    return {
        "url": request.form.get("url", "").strip(),
        "description": request.form.get("description", "").strip()[:200],
        "types": [] if len(types) == len(EventType) else types,
        "with_numbers": "with_numbers" in request.form,
    }


def told(one: Endpoint) -> dict[str, object]:
    """What the audit keeps of an endpoint: no secret, and no query, which may be one."""
    return {
        "url": one.url.partition("?")[0],
        "description": one.description,
        "types": list(one.types),
        "with_numbers": one.with_numbers,
        "enabled": one.disabled_at is None,
    }


def shown(visit: Visit, one: Endpoint, *, secret: str = "", error: str = "") -> ResponseReturnValue:
    """The page. `secret` is shown this once."""
    page_ = render(
        "webhook.html",
        one=one,
        types=list(EventType),
        deliveries=list_deliveries(visit.connection, Wanted(target=one.target), limit=SHOWN),
        secret=secret,
        error=error,
    )
    return page_, 422 if error else 200
