"""Events and their deliveries in tests: what happens, and what the worker would do about it now."""

from datetime import timedelta

from sqlalchemy import select

from ivr.house import House
from ivr.integrations.delivering import attempt, relay
from ivr.integrations.recipients import Recipients
from ivr.store import calls, tickets
from ivr.store.deliveries import Delivery, DeliveryState, Wanted, list_deliveries
from ivr.store.delivery_tables import deliveries
from ivr.store.endpoints import Endpoint, add_endpoint
from tests.console.desk import Desk
from tests.integrations.facts import CALL, TICKET


def house_of(desk: Desk) -> House:
    house: House = getattr(desk, "house", None) or desk.app.extensions["houses"].main
    return house


def endpoint(desk: Desk, url: str, **values: object) -> Endpoint:
    """A new endpoint; what happened before it is of no interest."""
    relay(house_of(desk), Recipients())
    found: Endpoint = desk.do(lambda connection: add_endpoint(connection, url, "Sara", desk.at, **values))
    return found


def open_ticket(desk: Desk) -> None:
    """A call comes in and opens a ticket, for which somebody is called."""
    with desk.engine.begin() as connection:
        calls.begin_call(connection, CALL)
        tickets.insert_ticket(connection, TICKET)


def note(desk: Desk, text: str, key: str = "1") -> None:
    with desk.engine.begin() as connection:
        tickets.log(connection, TICKET.number, f"note-{key}", desk.at, "note", f"by Jon Bell: {text}")


def work(desk: Desk, recipients: Recipients | None = None) -> list[Delivery]:
    """What the worker does now: relay, and try once whatever is due; returns all deliveries, the oldest first."""
    house, everybody = house_of(desk), recipients or Recipients()
    relay(house, everybody)
    with desk.engine.connect() as connection:
        due = (deliveries.c.state == DeliveryState.WAITING, deliveries.c.next_at <= desk.at)
        ids = connection.execute(
            select(deliveries.c.id, deliveries.c.attempts).where(*due).order_by(deliveries.c.id)
        ).all()
    for id_, attempts in ids:
        attempt(house, everybody, id_, attempts + 1)
    return told(desk)


def told(desk: Desk) -> list[Delivery]:
    with desk.engine.connect() as connection:
        return list(reversed(list_deliveries(connection, Wanted(), limit=500)))


def later(desk: Desk, **much: float) -> None:
    desk.at += timedelta(**much)
