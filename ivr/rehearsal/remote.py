"""What a rehearsal tells its page, beside the handsets' remote control: who is there, what happens, the tickets."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, jsonify, request

from ivr.commands.tickets import everything
from ivr.rehearsal.control import check_door
from ivr.rehearsal.leg import TERMINAL, Leg
from ivr.rehearsal.owners import people_of
from ivr.rehearsal.texting import deliver_text
from ivr.store import tickets

if TYPE_CHECKING:
    from ivr.rehearsal.session import Session


def remote(session: "Session") -> Blueprint:
    """The pages' own part of the remote control, behind the same door."""
    found = Blueprint("remote", __name__, url_prefix="/rehearsal")
    found.before_request(check_door)
    found.add_url_rule("/feed", view_func=lambda: feed(session), endpoint="feed")
    found.add_url_rule("/people", view_func=lambda: people(session), endpoint="people")
    found.add_url_rule("/tickets", view_func=lambda: list_tickets(session), endpoint="tickets")
    found.add_url_rule("/texts", view_func=lambda: reply(session), endpoint="reply", methods=["POST"])
    found.add_url_rule("/stop", view_func=lambda: stop(session), endpoint="stop", methods=["POST"])
    return found


def feed(session: "Session") -> Response:
    """What happened after event number `after`, at once, with the legs that live and the clock of the rehearsal."""
    carrier, after = session.carrier, request.args.get("after", 0, int)
    with carrier.changed:
        events = [asdict(event) for event in carrier.log[after:]]
        legs = [leg_as_seen(leg) for leg in carrier.legs.values() if leg.status not in TERMINAL]
    return jsonify(
        events=events,
        next=after + len(events),
        legs=legs,
        clock=session.house.clock().isoformat(),
        at=carrier.now(),
    )


def people(session: "Session") -> Response:
    """Who has a handset: regions, whom the rehearsed region rings in which order, all others, and who may call."""
    return jsonify(people_of(session.plan))


def leg_as_seen(leg: Leg) -> dict[str, Any]:
    """A leg as the handset shows it. `number` is the handset's."""
    inbound = leg.direction == "inbound"
    return {
        "sid": leg.sid,
        "number": leg.from_ if inbound else leg.to,
        "other": leg.to if inbound else leg.from_,
        "direction": leg.direction,
        "status": leg.status,
        "listening": leg.listening,
        "with": sorted(other.from_ if other.direction == "inbound" else other.to for other in leg.with_),
    }


def list_tickets(session: "Session") -> Response:
    """Every ticket, the newest first, with its answers, timeline, attempts and texts; instants are ISO 8601, UTC.

    Beside them the zone of the rehearsed region, and people's names by key.
    """
    known = session.plan.configuration
    with session.engine.connect() as connection:
        found = [everything(connection, ticket) for ticket in tickets.list_tickets(connection)]
    return jsonify(
        tickets=[plain(one) for one in found],
        zone=known.regions[session.plan.region].hours.zone,
        names={key: engineer.name for key, engineer in known.engineers.items()},
    )


def plain(value: Any) -> Any:
    """The value with its instants as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def reply(session: "Session") -> Response:
    """Text `body` from the handset `number`, to whoever texted it last. 404 when nobody did."""
    wanted, carrier = request.get_json(), session.carrier
    received = [text for text in carrier.texts if text.to == wanted["number"]]
    if not received:
        abort(404)
    deliver_text(carrier, wanted["number"], received[-1].from_, wanted["body"])
    return jsonify(to=received[-1].from_)


def stop(session: "Session") -> Response:
    """End the rehearsal."""
    session.over.set()
    return jsonify(over=True)
