"""Webhook endpoints by API: listed, added, changed, given new secrets, removed, with the console's checks and audit."""

from datetime import datetime
from typing import Annotated

from flask import Response, url_for
from pydantic import BaseModel, Field

from ivr.api.conditions import CONDITIONS, IfMatch, precondition
from ivr.api.frame import Answered, Ask, lacks, resource
from ivr.api.on_call import Strict
from ivr.api.problems import Trouble
from ivr.api.scopes import Scope
from ivr.configuration.edit import fingerprint_of
from ivr.integrations import endpoints
from ivr.store.endpoints import Endpoint, find_endpoint, list_endpoints
from ivr.store.events import EventType

Description = Annotated[str, Field(max_length=endpoints.LONGEST_DESCRIPTION)]


class EndpointIn(Strict):
    """Where webhooks are to go, and which."""

    url: str = Field(description="An https:// address whose host is public.")
    description: Description = Field("", description="What people know it by.")
    types: list[EventType] = Field(default=[], max_length=100, description="Which events; empty is all.")
    with_numbers: bool = Field(False, description="Whether telephone numbers are sent whole; needs the scope phones.")


class EndpointChange(EndpointIn):
    """An endpoint as it is to be; what is left out is empty, and it is enabled."""

    enabled: bool = Field(True, description="False: nothing is sent there, nor what waits.")


class EndpointOut(BaseModel):
    """Where webhooks go. The secret is told once, by whatever made it."""

    id: int
    url: str
    description: str
    types: list[EventType] = Field(description="Empty is all.")
    with_numbers: bool
    enabled: bool
    disabled_at: datetime | None
    disabled_why: str
    previous_secret_until: datetime | None = Field(description="Until then the secret before signs too.")
    by: str
    created_at: datetime


class EndpointWithSecret(EndpointOut):
    """An endpoint with its secret, which is told this once."""

    secret: str = Field(description="As Standard Webhooks writes it: whsec_ and base64. Keep it.")


class EndpointList(BaseModel):
    """All endpoints, the oldest first."""

    endpoints: list[EndpointOut]


@resource("/webhook-endpoints", Scope.WEBHOOKS, EndpointList)
def list_webhook_endpoints(ask: Ask) -> EndpointList:
    """List all webhook endpoints."""
    return EndpointList(endpoints=[out(ask, one) for one in list_endpoints(ask.connection)])


@resource("/webhook-endpoints", Scope.WEBHOOKS_WRITE, EndpointWithSecret, method="POST", body=EndpointIn, status=201)
def create_webhook_endpoint(ask: Ask) -> Answered:
    """Add a webhook endpoint; the answer has its secret, which is never told again."""
    sent: EndpointIn = ask.body
    refuse_numbers(ask, sent)
    made, secret = endpoints.add(ask.house, ask.connection, ask.author, wish(sent))
    return with_secret(ask, made, secret, 201)


@resource("/webhook-endpoints/<int:id_>", Scope.WEBHOOKS, EndpointOut)
def read_webhook_endpoint(ask: Ask, id_: int) -> Answered:
    """Read one webhook endpoint; its ETag is what a change goes by."""
    return answered(ask, found(ask, id_))


@resource(
    "/webhook-endpoints/<int:id_>",
    Scope.WEBHOOKS_WRITE,
    EndpointOut,
    method="PUT",
    body=EndpointChange,
    headers=IfMatch,
    also=CONDITIONS,
)
def put_webhook_endpoint(ask: Ask, id_: int) -> Answered:
    """Replace a webhook endpoint as you read it (If-Match); its secret stays."""
    sent: EndpointChange = ask.body
    one = found(ask, id_, hold=True)
    precondition(etag(ask, one))
    refuse_numbers(ask, sent, one)
    changed = endpoints.change(ask.connection, ask.author, one, wish(sent))
    if sent.enabled != (changed.disabled_at is None):
        switch = endpoints.enable if sent.enabled else endpoints.disable
        changed = switch(ask.connection, ask.author, changed)
    return answered(ask, changed)


@resource(
    "/webhook-endpoints/<int:id_>",
    Scope.WEBHOOKS_WRITE,
    None,
    method="DELETE",
    status=204,
    headers=IfMatch,
    also=CONDITIONS,
)
def delete_webhook_endpoint(ask: Ask, id_: int) -> Response:
    """Remove a webhook endpoint as you read it (If-Match); what was delivered to it stays on record."""
    one = found(ask, id_, hold=True)
    precondition(etag(ask, one))
    endpoints.remove(ask.connection, ask.author, one)
    return Response(status=204)


@resource("/webhook-endpoints/<int:id_>/secret", Scope.WEBHOOKS_WRITE, EndpointWithSecret, method="POST")
def rotate_webhook_secret(ask: Ask, id_: int) -> Answered:
    """Make a new secret, told this once; for a day the one before signs too."""
    one = found(ask, id_, hold=True)
    secret = endpoints.rotate(ask.house, ask.connection, ask.author, one)
    return with_secret(ask, found(ask, id_), secret)


def found(ask: Ask, id_: int, *, hold: bool = False) -> Endpoint:
    """The endpoint that was asked for; one that is to be changed is held, so that of two changes one is the first."""
    one = find_endpoint(ask.connection, id_, hold=hold)
    if one is None:
        raise Trouble(404, "There is no such webhook endpoint")
    return one


def refuse_numbers(ask: Ask, *states: EndpointIn | Endpoint) -> None:
    """Whoever may not see whole telephone numbers adds and changes no endpoint that gets them. Raises Trouble."""
    if any(state.with_numbers for state in states) and not ask.may(Scope.PHONES):
        raise lacks(Scope.PHONES)


def wish(sent: EndpointIn) -> endpoints.Wish:
    """What was sent, as the console's form would have it."""
    return endpoints.Wish(sent.url.strip(), sent.description.strip(), sent.types, sent.with_numbers)


def out(ask: Ask, one: Endpoint) -> EndpointOut:
    """One endpoint on the wire."""
    same = ("id", "url", "description", "with_numbers", "disabled_at", "disabled_why", "by", "created_at")
    values = {name: getattr(one, name) for name in same}
    both = one.previous_until if one.previous_until is not None and ask.at < one.previous_until else None
    types = [EventType(type_) for type_ in one.types]
    return EndpointOut(**values, types=types, enabled=one.disabled_at is None, previous_secret_until=both)


def etag(ask: Ask, one: Endpoint) -> str:
    """What tells whether it is still as somebody read it."""
    return fingerprint_of(out(ask, one).model_dump(mode="json"))


def answered(ask: Ask, one: Endpoint) -> Answered:
    """An endpoint with its ETag."""
    return Answered(out(ask, one), etag=etag(ask, one))


def with_secret(ask: Ask, one: Endpoint, secret: str, status: int = 200) -> Answered:
    """An endpoint with its secret and its ETag; one that is new with its address."""
    body = EndpointWithSecret(**out(ask, one).model_dump(), secret=secret)
    here = url_for("api.read_webhook_endpoint", id_=one.id) if status == 201 else ""
    return Answered(body, status, etag(ask, one), here)
