"""From the tables of a file to the plain values that the rest of Nightline works with."""

from collections.abc import Iterator
from datetime import UTC, datetime

from ivr.configuration import schema
from ivr.store.configuration import PartnerEntry
from routing.alerts import AlertRule, AlertSettings
from routing.configuration import Configuration, Rules
from routing.escalation import Level, Policy
from routing.partners import Partner
from routing.people import Engineer
from routing.prices import Price
from routing.prompts import PromptChange
from routing.regions import Region
from routing.retention import Retention
from routing.status_page import Component
from schedules.hours import SupportHours
from schedules.rota import Earlier, Layer, Override, Rota
from schedules.rotation import Rotation
from schedules.wallclock import Repeated, to_utc


def to_configuration(file: schema.ConfigurationFile) -> Configuration:
    """Everything but the partners."""
    service = file.service
    return Configuration(
        rules=_rules(service),
        regions={table.key: _region(table) for table in file.regions},
        engineers={table.key: Engineer(**table.model_dump()) for table in file.engineers},
        rotas={table.key: _rota(table) for table in file.rotas},
        policies={table.key: _policy(table) for table in file.policies},
        prompts={table.key: PromptChange(**table.model_dump()) for table in file.prompts},
        components={table.key: _component(table) for table in file.components},
        prices={table.key: _price(table) for table in file.prices},
        alert_rules={table.key: AlertRule(**dict(table)) for table in file.alert_rules},
    )


def _rules(service: schema.Service) -> Rules:
    parts = {"alerts": AlertSettings(**dict(service.alerts)), "retention": Retention(**dict(service.retention))}
    return Rules(**{**dict(service), **parts})


def to_partners(file: schema.ConfigurationFile) -> tuple[PartnerEntry, ...]:
    """The partners, with the hashes that the file writes; plain PINs are hashed when they are saved."""
    return tuple(
        PartnerEntry(Partner(**table.model_dump(exclude={"pin", "pin_hash"})), table.pin_hash)
        for table in file.partners
    )


def _region(table: schema.RegionTable) -> Region:
    return Region(
        key=table.key,
        name=table.name,
        number=table.number,
        hours=_hours(table),
        language=table.language,
        voice=table.voice,
        desk=table.desk,
        policy=table.policy,
        greeting=table.greeting,
    )


def _hours(table: schema.RegionTable) -> SupportHours:
    periods = tuple(period for group in table.hours for period in group)
    calendar = table.holidays.calendar if table.holidays else None
    return SupportHours(table.zone, periods, table.closures, table.openings, calendar)


def _rota(table: schema.RotaTable) -> Rota:
    """As a rota that is new; one that is stored already keeps its history (settle.py)."""
    return Rota(
        table.key,
        table.name,
        tuple(_layer(layer) for layer in table.layers),
        tuple(_override(override) for override in table.overrides),
        tuple(_earlier(table)),
    )


def _earlier(table: schema.RotaTable) -> Iterator[Earlier]:
    for version in table.earlier:
        yield Earlier(tuple(_layer(layer) for layer in version.layers), version.until.astimezone(UTC))
    begins = effective_from(table)
    if begins is not None and not table.earlier:
        yield Earlier((), begins)


def effective_from(table: schema.RotaTable) -> datetime | None:
    """When a rota's layers take effect (UTC), if the file says so; without an offset it is its first layer's clock."""
    zone = table.layers[0].zone if table.layers else None
    return _instant(table.effective_from, zone, Repeated.FIRST) if table.effective_from else None


def _layer(table: schema.LayerTable) -> Layer:
    days, per_day = table.every
    rotation = Rotation(
        table.participants, table.starts_on, table.handoff[1], table.zone, days, per_day, weekdays=table.counts
    )
    only = tuple(window for group in table.only for window in group)
    return Layer(table.name, rotation, table.priority, only, table.holidays.calendar if table.holidays else None)


def _override(table: schema.OverrideTable) -> Override:
    return Override(
        table.engineer,
        _instant(table.from_, table.zone, Repeated.FIRST),
        ends_at(table),
        table.by,
        table.kind,
        table.instead_of,
    )


def ends_at(table: schema.OverrideTable) -> datetime:
    """When an override ends (UTC); a time that names neither an offset nor a zone counts as UTC."""
    return _instant(table.until, table.zone, Repeated.LAST)


def _instant(written: datetime, zone: str | None, repeated: Repeated) -> datetime:
    return written.astimezone(UTC) if written.tzinfo else to_utc(written, zone or "UTC", repeated)


def _policy(table: schema.PolicyTable) -> Policy:
    levels = tuple(Level(**dict(level)) for level in table.levels)
    return Policy(table.key, table.name, levels, table.repeat, table.pause_seconds)


def _component(table: schema.ComponentTable) -> Component:
    return Component(table.key, table.name, tuple(sorted(set(table.regions))), table.symptom)


def _price(table: schema.PriceTable) -> Price:
    amounts = (table.inbound_minute, table.outbound_minute, table.sms)
    return Price(table.key, table.from_, table.currency, *amounts, table.region)
