"""Remote control of the handsets, for a terminal or a browser: dial, press, answer, and read along."""

from dataclasses import asdict

from flask import Blueprint, Response, abort, current_app, jsonify, request

from ivr.rehearsal.carrier import Carrier
from ivr.rehearsal.handsets import BEHAVIOURS, Behaviour
from ivr.rehearsal.leg import Leg
from routing.numbers import e164

control = Blueprint("control", __name__, url_prefix="/rehearsal")

LONG_POLL_SECONDS = 2


def carrier() -> Carrier:
    """The carrier that this server belongs to."""
    found: Carrier = current_app.extensions["carrier"]
    return found


@control.before_request
def check_door() -> None:
    """Whoever has the token, where there is one; a page of another site has none."""
    if not carrier().door.lets_in(request.headers.get("Authorization", "")):
        abort(403)


@control.post("/calls")
def dial() -> Response:
    """Dial one of the numbers from a handset."""
    wanted = request.get_json()
    if wanted["to"] not in carrier().numbers:
        abort(404)
    if e164(wanted["from"]) and wanted["from"] not in carrier().phones:
        carrier().add_phone(wanted["from"])  # so that it can be called back
    leg = carrier().dial(wanted["from"], wanted["to"])
    return jsonify(sid=leg.sid)


@control.get("/events")
def events() -> Response:
    """What happened after event number `after`; waits for something to happen unless `wait=no`."""
    after = request.args.get("after", 0, int)
    if request.args.get("wait") != "no":
        c = carrier()
        c.wait_until(lambda: len(c.log) > after, LONG_POLL_SECONDS)
    found = carrier().log[after:]
    return jsonify(events=[asdict(event) for event in found], next=after + len(found), at=carrier().now())


@control.get("/legs")
def legs() -> Response:
    """Every leg and its status."""
    return jsonify(
        legs=[
            {
                "sid": leg.sid,
                "from": leg.from_,
                "to": leg.to,
                "status": leg.status,
                "direction": leg.direction,
            }
            for leg in carrier().legs.values()
        ]
    )


@control.post("/legs/<sid>/<action>")
def act(sid: str, action: str) -> Response:
    """Press keys, speak, answer, decline or hang up."""
    leg = carrier().legs.get(sid)
    if leg is None:
        abort(404)
    perform(leg, action, request.get_json(silent=True) or {})
    return jsonify(status=leg.status)


def perform(leg: Leg, action: str, given: dict[str, str]) -> None:
    """One thing that the owner of a handset does."""
    match action:
        case "press":
            leg.press(given["keys"])
        case "speak":
            leg.speak(given["text"], float(given.get("seconds", 3)))
        case "answer":
            leg.answer()
        case "decline":
            leg.decline()
        case "hang-up":
            leg.hang_up()
        case _:
            abort(404)


@control.post("/phones")
def behave() -> Response:
    """Add a handset, or change how its owner behaves."""
    wanted = request.get_json()
    behaviour = BEHAVIOURS.get(wanted.get("behaviour", ""), Behaviour())
    carrier().add_phone(wanted["number"], behaviour)
    return jsonify(number=wanted["number"])
