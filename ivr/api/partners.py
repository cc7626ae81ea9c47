"""Partners by API: listed, read, put and deleted, with the checks and the audit of the console."""

from typing import Any

from flask import Response, url_for
from pydantic import BaseModel, Field

from ivr.api import masking
from ivr.api.conditions import CONDITIONS, IfMatch, precondition
from ivr.api.frame import Answered, Ask, resource
from ivr.api.on_call import Strict
from ivr.api.pages import PageQuery, mark, marked
from ivr.api.problems import Trouble
from ivr.api.scopes import Scope
from ivr.configuration.partners import KeepPin, change_partner, partner_fingerprint, remove_partner
from ivr.store.configuration import PartnerEntry, partner_by_number
from ivr.store.partners import Sought, find_partners
from routing.partners import Tier


class PartnerQuery(PageQuery):
    """Which partners; what is left out asks for nothing."""

    q: str | None = Field(
        None, max_length=200, description="A part of a name, a number or, with the scope phones, a phone."
    )
    tier: Tier | None = None


class PartnerIn(Strict):
    """A partner as it is to be. What is left out is empty, but for the PIN, which is kept."""

    name: str = Field(min_length=1, max_length=200)
    tier: Tier
    country: str = Field("", description="ISO 3166, such as IT; empty for not known.")
    phones: list[str] = Field(default=[], description="E.164: it is recognised by these.")
    refer_to: str | None = Field(None, description="The partner number of whoever serves it (art. 15).")
    pbx: str = Field("", max_length=200)
    pin: str | None = Field(None, description="A new PIN, kept as a hash; null clears it, left out keeps it.")


class PartnerOut(BaseModel):
    """A partner. Its PIN is never told; phones are masked without the scope phones."""

    number: str
    name: str
    tier: Tier
    country: str
    phones: list[str]
    refer_to: str | None
    pbx: str
    has_pin: bool


class PartnerList(BaseModel):
    """A page of partners, by number."""

    partners: list[PartnerOut]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


@resource("/partners", Scope.PARTNERS, PartnerList, query=PartnerQuery)
def list_partners(ask: Ask) -> PartnerList:
    """List partners, by number."""
    query: PartnerQuery = ask.query
    sought = Sought(query.q or "", query.tier or "", in_phones=ask.may(Scope.PHONES))
    found = find_partners(ask.connection, sought, after=marked(query.cursor), limit=query.limit)
    more = mark(found.later) if found.later else None
    return PartnerList(partners=[partner_out(ask, entry) for entry in found.entries], next=more)


@resource("/partners/<number>", Scope.PARTNERS, PartnerOut)
def read_partner(ask: Ask, number: str) -> Answered:
    """Read one partner; its ETag is what a change goes by."""
    entry = partner_by_number(ask.connection, number)
    if entry is None:
        raise Trouble(404, "There is no such partner")
    return answered(ask, entry)


@resource(
    "/partners/<number>",
    Scope.PARTNERS_WRITE,
    PartnerOut,
    method="PUT",
    body=PartnerIn,
    headers=IfMatch,
    also={201: PartnerOut, **CONDITIONS},
)
def put_partner(ask: Ask, number: str) -> Answered:
    """Add a partner, or replace one as you read it (If-Match)."""
    seen = precondition(partner_fingerprint(partner_by_number(ask.connection, number)))
    pin = {"pin": ask.body.pin} if ask.body.pin is not None else {}
    clears = "pin" in ask.body.model_fields_set and ask.body.pin is None
    table: dict[str, Any] = {"number": number, **ask.body.model_dump(mode="json", exclude={"pin"}), **pin}
    wish = KeepPin.CLEAR if clears else KeepPin.KEEP
    change_partner(ask.connection, ask.author, number, table, pin=wish, seen=seen)
    entry = partner_by_number(ask.connection, number)
    assert entry is not None
    return answered(ask, entry, 200 if seen else 201)


@resource(
    "/partners/<number>",
    Scope.PARTNERS_WRITE,
    None,
    method="DELETE",
    status=204,
    headers=IfMatch,
    also=CONDITIONS,
)
def delete_partner(ask: Ask, number: str) -> Response:
    """Remove a partner as you read it (If-Match), unless others are referred to it."""
    entry = partner_by_number(ask.connection, number)
    if entry is None:
        raise Trouble(404, "There is no such partner")
    remove_partner(ask.connection, ask.author, number, seen=precondition(partner_fingerprint(entry)))
    return Response(status=204)


def answered(ask: Ask, entry: PartnerEntry, status: int = 200) -> Answered:
    """A partner with its ETag; one that is new with its address."""
    here = url_for("api.read_partner", number=entry.partner.number) if status == 201 else ""
    return Answered(partner_out(ask, entry), status, partner_fingerprint(entry), here)


def partner_out(ask: Ask, entry: PartnerEntry) -> PartnerOut:
    """A partner on the wire."""
    partner = entry.partner
    values = {name: getattr(partner, name) for name in PartnerOut.model_fields if name not in {"phones", "has_pin"}}
    phones = [masking.phone(ask, number) for number in partner.phones]
    return PartnerOut(**values, phones=phones, has_pin=bool(entry.pin_hash))
