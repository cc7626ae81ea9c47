"""Webhooks: endpoints are added, changed, tried, disabled; a secret is shown once, a new one takes over in a day."""

from dataclasses import asdict

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.console import integrations
from ivr.console.frame import page
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.integrations import endpoints
from ivr.integrations.delivering import send_test
from ivr.store.deliveries import Wanted, list_deliveries
from ivr.store.endpoints import Endpoint, find_endpoint
from ivr.store.events import EventType

SHOWN = 20


@page("/integrations/webhooks", Role.MANAGER, methods=("POST",))
def add_webhook(visit: Visit) -> ResponseReturnValue:
    """A new endpoint; its secret is shown now and never again."""
    wish = wanted()
    try:
        made, secret = endpoints.add(visit.house, visit.connection, visit.author, wish)
    except endpoints.NotUsable as fault:
        return integrations.shown(visit, error=str(fault), typed=asdict(wish))
    return shown(visit, made, secret=secret)


@page("/integrations/webhooks/<int:id_>", Role.MANAGER)
def webhook(visit: Visit, id_: int) -> ResponseReturnValue:
    """One endpoint, and what was delivered to it of late."""
    return shown(visit, known(visit, id_))


@page("/integrations/webhooks/<int:id_>", Role.MANAGER, methods=("POST",))
def change_webhook(visit: Visit, id_: int) -> ResponseReturnValue:
    """Another address, other events."""
    before, wish = known(visit, id_, hold=True), wanted()
    try:
        endpoints.change(visit.connection, visit.author, before, wish)
    except endpoints.NotUsable as fault:
        return shown(visit, before, error=str(fault), typed=wish)
    flash("Saved.")
    return redirect(url_for("console.webhook", id_=id_), 303)


@page("/integrations/webhooks/<int:id_>/secret", Role.MANAGER, methods=("POST",))
def rotate_webhook_secret(visit: Visit, id_: int) -> ResponseReturnValue:
    """A new secret, shown now and never again; the one before signs too for a day."""
    secret = endpoints.rotate(visit.house, visit.connection, visit.author, known(visit, id_, hold=True))
    return shown(visit, known(visit, id_), secret=secret)


@page("/integrations/webhooks/<int:id_>/<any(disable, enable, remove):action>", Role.MANAGER, methods=("POST",))
def switch_webhook(visit: Visit, id_: int, action: str) -> ResponseReturnValue:
    """Nothing is sent there any more, or it is again; or the endpoint is gone."""
    found = known(visit, id_, hold=True)
    if action == "remove":
        endpoints.remove(visit.connection, visit.author, found)
        return redirect(url_for("console.integrations"), 303)
    switch = endpoints.enable if action == "enable" else endpoints.disable
    switch(visit.connection, visit.author, found)
    return redirect(url_for("console.webhook", id_=id_), 303)


@page("/integrations/webhooks/<int:id_>/test", Role.MANAGER, methods=("POST",))
def try_webhook(visit: Visit, id_: int) -> ResponseReturnValue:
    """Send a message of the type webhook.test there."""
    found = known(visit, id_)
    if found.disabled_at is not None:
        return shown(visit, found, error="It is disabled. Enable it first.")
    delivery = send_test(visit.house, visit.connection, found, visit.at)
    return redirect(url_for("console.delivery", id_=delivery), 303)


def known(visit: Visit, id_: int, *, hold: bool = False) -> Endpoint:
    """The endpoint that the address names, or 404; one that is to be changed is held."""
    found = find_endpoint(visit.connection, id_, hold=hold)
    return found or abort(404, "There is no such webhook. It may have been removed.")


def wanted() -> endpoints.Wish:
    """What the form says of an endpoint."""
    typed = request.form
    description, is_whole = typed.get("description", "").strip(), "with_numbers" in typed
    return endpoints.Wish(typed.get("url", "").strip(), description, typed.getlist("types"), is_whole)


def shown(
    visit: Visit, one: Endpoint, *, secret: str = "", error: str = "", typed: endpoints.Wish | None = None
) -> ResponseReturnValue:
    """The page. `secret` is shown this once; `typed` is what was refused."""
    page_ = render(
        "webhook.html",
        one=one,
        form=typed or one,
        types=list(EventType),
        deliveries=list_deliveries(visit.connection, Wanted(target=one.target), limit=SHOWN),
        secret=secret,
        error=error,
    )
    return page_, 422 if error else 200
