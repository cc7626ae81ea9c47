"""Webhook deliveries by API: what went to an endpoint, each try with its answer, tests, and sending again."""

from datetime import datetime

from pydantic import BaseModel, Field

from ivr.api import masking
from ivr.api.frame import Answered, Ask, lacks, resource
from ivr.api.pages import PageQuery, mark, number_of
from ivr.api.problems import Trouble
from ivr.api.scopes import Scope
from ivr.api.webhook_endpoints import found
from ivr.integrations.delivering import again, send_test
from ivr.store.audit import record
from ivr.store.deliveries import Delivery, DeliveryState, Try, Wanted, find_delivery, list_deliveries, tries_of
from ivr.store.endpoints import Endpoint
from ivr.store.events import EventType
from ivr.store.listing import page_of


class DeliveryQuery(PageQuery):
    """Which deliveries; what is left out asks for nothing."""

    state: DeliveryState | None = None
    type: EventType | None = None


class DeliveryOut(BaseModel):
    """One event for one endpoint."""

    id: int
    webhook_id: str = Field(description="The header webhook-id, the same at every try.")
    type: str
    ticket: int | None
    state: DeliveryState
    attempts: int
    next_at: datetime | None = Field(description="When it is tried next.")
    created_at: datetime
    done_at: datetime | None
    status: int | None = Field(description="The last answer's; null without an answer.")
    said: str = Field(description="The beginning of the last answer, or why there was none.")


class TryOut(BaseModel):
    """One try of a delivery."""

    number: int
    at: datetime
    milliseconds: int
    status: int | None
    said: str


class DeliveryWhole(DeliveryOut):
    """A delivery with what is sent and each try."""

    body: str = Field(description="What is sent, byte for byte, but for numbers that this token may not see.")
    tries: list[TryOut]


class DeliveryList(BaseModel):
    """A page of deliveries, the newest first."""

    deliveries: list[DeliveryOut]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


@resource("/webhook-endpoints/<int:id_>/deliveries", Scope.WEBHOOKS, DeliveryList, query=DeliveryQuery)
def list_webhook_deliveries(ask: Ask, id_: int) -> DeliveryList:
    """List what went to an endpoint, or waits to; deliveries are kept for 30 days."""
    query: DeliveryQuery = ask.query
    wanted = Wanted(target=found(ask, id_).target, state=query.state or "", type=query.type or "")
    listed = list_deliveries(ask.connection, wanted, number_of(query.cursor), query.limit + 1)
    shown, last = page_of(listed, query.limit)
    more = mark(str(last.id)) if last else None
    return DeliveryList(deliveries=[DeliveryOut(**values_of(ask, one)) for one in shown], next=more)


@resource("/webhook-endpoints/<int:id_>/deliveries/<int:delivery>", Scope.WEBHOOKS, DeliveryWhole)
def read_webhook_delivery(ask: Ask, id_: int, delivery: int) -> DeliveryWhole:
    """Read one delivery with what is sent and each try."""
    return whole(ask, delivery_of(ask, found(ask, id_), delivery))


@resource(
    "/webhook-endpoints/<int:id_>/deliveries/<int:delivery>/replay",
    Scope.WEBHOOKS_WRITE,
    DeliveryWhole,
    method="POST",
    status=202,
)
def replay_webhook_delivery(ask: Ask, id_: int, delivery: int) -> Answered:
    """Send a delivery again now, with the same id and the same words."""
    one = delivery_of(ask, enabled(found(ask, id_)), delivery)
    if masking.text(ask, one.body) != one.body:  # numbers that this token may not see, perhaps to a new address
        raise lacks(Scope.PHONES)
    again(ask.house, ask.connection, one.id, ask.at)
    record(ask.connection, ask.author, "delivery", str(one.id), None, None, action="again", why=one.target)
    return accepted(ask, one.id)


@resource("/webhook-endpoints/<int:id_>/test", Scope.WEBHOOKS_WRITE, DeliveryWhole, method="POST", status=202)
def send_webhook_test(ask: Ask, id_: int) -> Answered:
    """Send a message of the type webhook.test there."""
    return accepted(ask, send_test(ask.house, ask.connection, enabled(found(ask, id_)), ask.at))


def enabled(one: Endpoint) -> Endpoint:
    """An endpoint to which something can be sent. Raises Trouble."""
    if one.disabled_at is not None:
        raise Trouble(409, "It is disabled", "Enable it first.")
    return one


def delivery_of(ask: Ask, one: Endpoint, id_: int) -> Delivery:
    """A delivery to this endpoint."""
    delivery = find_delivery(ask.connection, id_)
    if delivery is None or delivery.target != one.target:
        raise Trouble(404, "There is no such delivery", "It may have been deleted: they are kept for 30 days.")
    return delivery


def accepted(ask: Ask, id_: int) -> Answered:
    """A delivery that is tried from now on."""
    delivery = find_delivery(ask.connection, id_)
    assert delivery is not None
    return Answered(whole(ask, delivery), 202)


def whole(ask: Ask, one: Delivery) -> DeliveryWhole:
    """One delivery on the wire."""
    tries = [try_out(ask, tried) for tried in tries_of(ask.connection, one.id)]
    return DeliveryWhole(**values_of(ask, one), body=masking.text(ask, one.body), tries=tries)


def values_of(ask: Ask, one: Delivery) -> dict[str, object]:
    """What lists tell of a delivery."""
    same = ("id", "type", "ticket", "state", "attempts", "next_at", "created_at", "done_at", "status")
    told = {name: getattr(one, name) for name in same}
    return {**told, "webhook_id": one.name, "said": masking.text(ask, one.said)}


def try_out(ask: Ask, tried: Try) -> TryOut:
    """One try on the wire."""
    return TryOut(**{**tried.__dict__, "said": masking.text(ask, tried.said)})
