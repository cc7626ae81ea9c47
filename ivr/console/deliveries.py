"""Deliveries: what went out to whom, each try with its answer, and the button that sends it again."""

import json

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.console.frame import page
from ivr.console.lists import asked, number_asked
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.integrations.delivering import again
from ivr.store.audit import record
from ivr.store.deliveries import Delivery, DeliveryState, Wanted, find_delivery, list_deliveries, tries_of
from ivr.store.events import EventType
from ivr.store.listing import page_of

PAGE = 50
AT_ONCE = 200


@page("/integrations/deliveries", Role.MANAGER)
def deliveries(visit: Visit) -> ResponseReturnValue:
    """The newest deliveries, or those that are asked for."""
    found = list_deliveries(visit.connection, sought(), number_asked("before"), PAGE + 1)
    shown, last = page_of(found, PAGE)
    return render(
        "deliveries.html",
        deliveries=shown,
        older=last.id if last else None,
        sought=sought(),
        states=list(DeliveryState),
        types=list(EventType),
    )


@page("/integrations/deliveries/<int:id_>", Role.MANAGER)
def delivery(visit: Visit, id_: int) -> ResponseReturnValue:
    """One delivery: what was sent, and each try."""
    one = known(visit, id_)
    return render("delivery.html", one=one, tries=tries_of(visit.connection, id_), body=readable(one.body))


@page("/integrations/deliveries/<int:id_>/again", Role.ENGINEER, methods=("POST",))
def deliver_again(visit: Visit, id_: int) -> ResponseReturnValue:
    """Send it again now, with the same id and the same words."""
    one = known(visit, id_)
    again(visit.house, visit.connection, id_, visit.at)
    record(visit.connection, visit.author, "delivery", str(id_), None, None, action="again", why=one.target)
    flash("It is being sent again.")
    if one.ticket is not None and not visit.may(Role.MANAGER):
        return redirect(url_for("console.ticket", number=one.ticket), 303)
    return redirect(url_for("console.delivery", id_=id_), 303)


@page("/integrations/deliveries/again", Role.MANAGER, methods=("POST",))
def deliver_all_again(visit: Visit) -> ResponseReturnValue:
    """Send again whatever failed for a recipient, the newest two hundred."""
    target = request.form.get("target", "")
    failed = list_deliveries(visit.connection, Wanted(target=target, state=DeliveryState.FAILED), limit=AT_ONCE)
    for one in reversed(failed):
        again(visit.house, visit.connection, one.id, visit.at)
    record(visit.connection, visit.author, "delivery", target[:120], None, None, action="again", why=f"{len(failed)}")
    flash(f"{len(failed)} {'is' if len(failed) == 1 else 'are'} being sent again.")
    return redirect(url_for("console.deliveries", target=target), 303)


def known(visit: Visit, id_: int) -> Delivery:
    """The delivery that the address names, or 404."""
    return find_delivery(visit.connection, id_) or abort(404, "There is no such delivery. It may have been deleted.")


def sought() -> Wanted:
    """What the filters ask for."""
    return Wanted(asked("target"), asked("state"), asked("type"), number_asked("ticket"))


def readable(body: str) -> str:
    """A body as people read it: JSON with its lines, anything else as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body
