"""Changing rotas by API: put and deleted as they were read, with the checks and the words of `nightline apply`."""

from datetime import date
from typing import Annotated, Any

from flask import Response, url_for
from pydantic import Field

from ivr.api.conditions import CONDITIONS, IfMatch, precondition
from ivr.api.frame import Answered, Ask, resource
from ivr.api.instants import Instant
from ivr.api.on_call import Strict
from ivr.api.rotas import RotaAnswer, answer_of, etag_of, rota_of
from ivr.api.scopes import Scope
from ivr.configuration.edit import remove_item
from ivr.configuration.rota_edit import put_rota as save_rota

Text = Annotated[str, Field(max_length=200)]


class LayerIn(Strict):
    """A layer as the configuration file writes it."""

    name: Text
    every: str | int = Field(description='"day", "week", a number of days, or a part of a day such as "12 hours".')
    handoff: Text = Field(description='"09:00", or with its weekday for turns of weeks: "Mon 09:00".')
    zone: Text = Field(description="The clock that handoffs go by, such as Europe/Berlin.")
    starts_on: date = Field(description="The day on which the first participant's turn begins.")
    participants: list[str | list[str]] = Field(
        max_length=200, description="Keys of engineers in their order; a list is several who have a turn together."
    )
    priority: int = Field(0, description="The higher one wins.")
    counts: Text | None = Field(None, description='The weekdays that count for turns, such as "Mon-Fri".')
    only: list[Text] = Field(
        default=[], max_length=200, description='When the layer is in force, such as "Mon-Fri 18:00-09:00".'
    )
    holidays: str | dict[str, Any] | None = Field(None, description='Only on these holidays, such as "DE-BY".')


class RotaIn(Strict):
    """A rota as it is to be. Its overrides stay as they are."""

    name: Text
    layers: list[LayerIn] = Field(default=[], max_length=100)
    effective_from: Instant | None = Field(
        None, description="When the layers take effect: now without it, or when it is past. What was before stays."
    )


@resource(
    "/rotas/<key>",
    Scope.ROTAS_WRITE,
    RotaAnswer,
    method="PUT",
    body=RotaIn,
    headers=IfMatch,
    also={201: RotaAnswer, **CONDITIONS},
)
def put_rota(ask: Ask, key: str) -> Answered:
    """Add a rota, or replace name and layers of one as you read it (If-Match)."""
    sent: RotaIn = ask.body
    seen = precondition(etag_of(ask.configuration.rotas.get(key)))
    table = {"name": sent.name, "layers": [layer.model_dump(exclude_none=True) for layer in sent.layers]}
    save_rota(ask.connection, ask.author, key, table, effective_from=sent.effective_from, seen=seen)
    rota = rota_of(ask, key)
    here = "" if seen else url_for("api.read_rota", key=key)
    return Answered(answer_of(rota), 200 if seen else 201, etag_of(rota), here)


@resource("/rotas/<key>", Scope.ROTAS_WRITE, None, method="DELETE", status=204, headers=IfMatch, also=CONDITIONS)
def delete_rota(ask: Ask, key: str) -> Response:
    """Remove a rota as you read it (If-Match), unless a policy rings it."""
    seen = precondition(etag_of(rota_of(ask, key)))
    remove_item(ask.connection, ask.author, "rota", key, seen=seen)
    return Response(status=204)
