"""Rotas by API: their layers as the file writes them, the final schedule, findings, and overrides."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from flask import Response
from pydantic import BaseModel, Field

from ivr.api.frame import Answered, Ask, resource
from ivr.api.instants import Instant
from ivr.api.on_call import Strict
from ivr.api.problems import Fault, Trouble, cannot_be_used
from ivr.api.scopes import Scope
from ivr.configuration.edit import change_item, fingerprint
from ivr.configuration.export import table_of
from ivr.store.absences import absences_from
from ivr.store.configuration import hold_configuration
from routing.configuration import Configuration
from routing.coverage import findings_of
from schedules.edits import edit_overrides
from schedules.rota import Override, OverrideKind, Rota, final_schedule

LONGEST = timedelta(days=400)


class RotaName(BaseModel):
    """A rota by key and name."""

    key: str
    name: str


class RotaList(BaseModel):
    """All rotas, in the order of the configuration."""

    rotas: list[RotaName]


class OverrideOut(BaseModel):
    """A temporary replacement above all layers, half-open."""

    id: str
    engineer: str
    kind: OverrideKind
    instead_of: str
    starts_at: datetime
    ends_at: datetime
    by: str


class RotaAnswer(BaseModel):
    """One rota: layers as the configuration file writes them."""

    key: str
    name: str
    layers: list[dict[str, Any]]
    effective_from: datetime | None = Field(description="Since when, or from when on; null: always.")
    overrides: list[OverrideOut]


class RangeQuery(Strict):
    """A range, half-open; without it the week from now on."""

    from_: Instant | None = Field(None, alias="from", description="Where it begins; now without it.")
    until: Instant | None = Field(None, description="Where it ends; a week later without it.")


class StretchOut(BaseModel):
    """A part of the final schedule; nobody in it is a gap."""

    starts_at: datetime
    ends_at: datetime
    on_call: list[str] = Field(description="Keys of engineers, first to be rung first.")
    because: str


class Schedule(BaseModel):
    """A final schedule, without holes and overlaps."""

    rota: str
    stretches: list[StretchOut]


class FindingOut(BaseModel):
    """Something that would leave a call unanswered."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    text: str
    rota: str
    engineer: str
    policy: str


class FindingList(BaseModel):
    """What is wrong in the next 13 weeks, the earliest first."""

    findings: list[FindingOut]


class OverrideIn(Strict):
    """A new override."""

    engineer: str = Field(description="The key of an engineer.")
    starts_at: Instant
    ends_at: Instant
    kind: OverrideKind = OverrideKind.REPLACE
    instead_of: str = Field("", description="With kind replace: whose place it is; empty replaces everybody.")


@resource("/rotas", Scope.ROTAS, RotaList)
def list_rotas(ask: Ask) -> RotaList:
    """List all rotas."""
    return RotaList(rotas=[RotaName(key=rota.key, name=rota.name) for rota in ask.configuration.rotas.values()])


@resource("/rotas/<key>", Scope.ROTAS, RotaAnswer)
def read_rota(ask: Ask, key: str) -> Answered:
    """Read one rota with its layers and overrides; its ETag is what a change goes by."""
    rota = rota_of(ask, key)
    return Answered(answer_of(rota), etag=etag_of(rota))


@resource("/rotas/<key>/schedule", Scope.ROTAS, Schedule, query=RangeQuery)
def read_schedule(ask: Ask, key: str) -> Schedule:
    """Read the final schedule of a rota over a range of 400 days at most."""
    starts_at = ask.query.from_ or ask.at
    ends_at = ask.query.until or starts_at + timedelta(days=7)
    if not starts_at < ends_at <= starts_at + LONGEST:
        raise cannot_be_used(Fault(field="until", text="must be later than from, by 400 days at most."))
    return schedule_of(ask.configuration, rota_of(ask, key), starts_at, ends_at)


@resource("/findings", Scope.ROTAS, FindingList)
def list_findings(ask: Ask) -> FindingList:
    """List gaps, people on leave or without a phone, and what else would leave a call unanswered."""
    found = findings_of(ask.configuration, absences_from(ask.connection, ask.at), ask.at)
    return FindingList(
        findings=[
            FindingOut(
                kind=one.kind,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                text=one.text,
                rota=one.rota,
                engineer=one.who,
                policy=one.policy,
            )
            for one in found
        ]
    )


@resource("/rotas/<key>/overrides", Scope.OVERRIDES, OverrideOut, method="POST", body=OverrideIn, status=201)
def add_override(ask: Ask, key: str) -> OverrideOut:
    """Add an override: checked and audited like one of the console. The past cannot be overridden."""
    wanted, rota = ask.body, held_rota(ask, key)
    if wanted.ends_at <= ask.at:
        raise Trouble(422, "The past stays", errors=[Fault(field="ends_at", text="must lie ahead.")])
    override = Override(
        wanted.engineer,
        max(wanted.starts_at, whole_second(ask.at)),
        wanted.ends_at,
        ask.token.name,
        wanted.kind,
        wanted.instead_of,
    )
    save(ask, rota, (*rota.overrides, override))
    return override_out(override)


@resource("/rotas/<key>/overrides/<id_>", Scope.OVERRIDES, None, method="DELETE", status=204)
def end_override(ask: Ask, key: str, id_: str) -> Response:
    """End an override: one that lies ahead is removed, one that is in progress ends now."""
    rota = held_rota(ask, key)
    if id_ not in {id_of(one) for one in rota.overrides}:
        raise Trouble(404, "There is no such override", "It may have been ended by somebody else.")
    save(ask, rota, tuple(one for one in rota.overrides if id_of(one) != id_))
    return Response(status=204)


def rota_of(ask: Ask, key: str) -> Rota:
    """The rota that was asked for."""
    rota = ask.configuration.rotas.get(key)
    if rota is None:
        raise Trouble(404, "There is no such rota", f"Known are: {', '.join(ask.configuration.rotas)}.")
    return rota


def held_rota(ask: Ask, key: str) -> Rota:
    """The same as it is once nobody else changes the configuration: of two changes at once none is lost."""
    hold_configuration(ask.connection)
    return rota_of(ask, key)


def schedule_of(known: Configuration, rota: Rota, starts_at: datetime, ends_at: datetime) -> Schedule:
    """The final schedule of a range (UTC) on the wire."""
    parts = final_schedule(rota, starts_at, ends_at)
    return Schedule(
        rota=rota.key,
        stretches=[
            StretchOut(starts_at=p.starts_at, ends_at=p.ends_at, on_call=list(p.on_call), because=p.told(known.name_of))
            for p in parts
        ],
    )


def answer_of(rota: Rota) -> RotaAnswer:
    """One rota on the wire."""
    table = table_of("rota", rota)
    return RotaAnswer(
        key=rota.key,
        name=rota.name,
        layers=table["layers"],
        effective_from=table.get("effective_from"),
        overrides=[override_out(one) for one in rota.overrides],
    )


def etag_of(rota: Rota | None) -> str:
    """What tells whether a rota is still as somebody read it, overrides and past included; empty without one."""
    return fingerprint("rota", rota)


def override_out(override: Override) -> OverrideOut:
    """One override on the wire."""
    return OverrideOut(
        id=id_of(override),
        engineer=override.engineer,
        kind=override.kind,
        instead_of=override.instead_of,
        starts_at=override.starts_at,
        ends_at=override.ends_at,
        by=override.by,
    )


def id_of(override: Override) -> str:
    """What names an override: its content, whatever else is added or ended."""
    said = "|".join((override.engineer, override.kind, override.instead_of, str(override.starts_at.timestamp())))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def whole_second(at: datetime) -> datetime:
    """An instant as people write it."""
    return at.replace(microsecond=0)


def save(ask: Ask, rota: Rota, overrides: tuple[Override, ...]) -> None:
    """Store a rota with other overrides; what is past stays as it was."""
    changed = edit_overrides(rota, overrides, whole_second(ask.at))
    change_item(ask.connection, ask.author, "rota", rota.key, table_of("rota", changed))
