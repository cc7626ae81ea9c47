"""Writing the applied configuration as a file that applies to the same."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import time
from types import MappingProxyType
from typing import Any, TypeVar

import tomli_w

from ivr.configuration.fields import WEEKDAYS
from ivr.configuration.rota_fields import days_text, window_text
from ivr.store.configuration import PartnerEntry
from routing.alerts import AlertRule
from routing.configuration import Configuration, Rules
from routing.escalation import Policy
from routing.people import Engineer
from routing.prices import Price
from routing.prompts import PromptChange
from routing.regions import Region
from routing.status_page import Component
from schedules.holidays import HolidayCalendar
from schedules.hours import Opening, Period
from schedules.rota import Layer, Override, OverrideKind, Rota, Window

Day = TypeVar("Day", Period, Window)


def to_toml(configuration: Configuration, partners: Iterable[PartnerEntry]) -> str:
    """The file's text. PINs are written as hashes."""
    return tomli_w.dumps(tables_of(configuration, partners))


def tables_of(configuration: Configuration, partners: Iterable[PartnerEntry] = ()) -> dict[str, Any]:
    """The file's tables, before they are text."""
    return {
        "service": _service(configuration.rules),
        "regions": [_region(region) for region in configuration.regions.values()],
        "engineers": [_engineer(engineer) for engineer in configuration.engineers.values()],
        "rotas": [_rota(rota) for rota in configuration.rotas.values()],
        "policies": [_policy(policy) for policy in configuration.policies.values()],
        "prompts": [_prompt(change) for change in configuration.prompts.values()],
        "components": [_component(component) for component in configuration.components.values()],
        "prices": [_price(price) for price in configuration.prices.values()],
        "partners": [_partner(entry) for entry in partners],
        "alert_rules": [_alert_rule(rule) for rule in configuration.alert_rules.values()],
    }


def table_of(kind: str, item: Any) -> dict[str, Any]:
    """One item as the file writes it. `kind` is that of a change: region, engineer, partner, ..."""
    return WRITERS[kind](item)


def _service(rules: Rules) -> dict[str, Any]:
    return {
        "default_region": rules.default_region,
        "direct_tiers": sorted(str(tier) for tier in rules.direct_tiers),
        "page_unverified": rules.page_unverified,
        "call_back_countries": sorted(rules.call_back_countries),
        "fallback_policy": rules.fallback_policy,
        "blocked_callers": sorted(rules.blocked_callers),
        "calls_per_hour": rules.calls_per_hour,
        "strangers_per_minute": rules.strangers_per_minute,
        "incident_minutes": rules.incident_minutes,
        "reminders": rules.reminders,
        "reminder_hours": list(rules.reminder_hours),
        "handoff_notices": rules.handoff_notices,
        "gap_notes": rules.gap_notes,
        "critical_warning_minutes": rules.critical_warning_minutes,
        "standard_warning_minutes": rules.standard_warning_minutes,
        "feedback_texts": rules.feedback_texts,
        "retention": dict(rules.retention.__dict__),
        "alerts": {**rules.alerts.__dict__, "default": str(rules.alerts.default)},
    }


def _region(region: Region) -> dict[str, Any]:
    return {
        "key": region.key,
        "name": region.name,
        "number": region.number,
        "zone": region.hours.zone,
        "hours": [_hours(run) for run in _runs(region.hours.periods)],
        "closures": sorted(region.hours.closures),
        "openings": [_opening(opening) for opening in region.hours.openings],
        **_holidays(region.hours.holidays),
        "language": region.language,
        "voice": region.voice,
        "desk": list(region.desk),
        "policy": region.policy,
        "greeting": region.greeting,
    }


def _runs(days: Iterable[Day]) -> list[list[Day]]:
    """Neighbours in the list that are alike on days that follow each other: one line of hours each."""
    runs: list[list[Day]] = []
    for day in days:
        before = runs[-1][-1] if runs else None
        if before is not None and replace(before, weekday=before.weekday + 1) == day and not getattr(day, "nth", None):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _hours(run: list[Period]) -> str:
    return f"{days_text(period.weekday for period in run)} {_from_to(run[0].opens, run[0].closes)}"


def _opening(opening: Opening) -> str:
    return f"{opening.on} {_from_to(opening.opens, opening.closes)}"


def _from_to(opens: time, closes: time) -> str:
    return f"{opens:%H:%M}-{'24:00' if closes == time(0) else f'{closes:%H:%M}'}"


def _holidays(calendar: HolidayCalendar | None) -> dict[str, Any]:
    """The key, where there is a calendar: in short where it says all."""
    if calendar is None:
        return {}
    if calendar.categories == HolidayCalendar.categories:
        return {"holidays": str(calendar)}
    return {"holidays": {**calendar.__dict__, "categories": list(calendar.categories)}}


def _engineer(engineer: Engineer) -> dict[str, Any]:
    table = {**engineer.__dict__, "phones": list(engineer.phones), "unverified": list(engineer.unverified)}
    return {name: value for name, value in table.items() if name != "unverified" or value}


def _rota(rota: Rota) -> dict[str, Any]:
    table: dict[str, Any] = {"key": rota.key, "name": rota.name}
    if rota.earlier:
        table["effective_from"] = rota.earlier[-1].until
    table["layers"] = [_layer(layer) for layer in rota.layers]
    table["overrides"] = [_override(override) for override in rota.overrides]
    if rota.earlier:
        table["earlier"] = [
            {"until": version.until, "layers": [_layer(layer) for layer in version.layers]} for version in rota.earlier
        ]
    return table


def _override(override: Override) -> dict[str, Any]:
    table: dict[str, Any] = {"engineer": override.engineer, "from": override.starts_at, "until": override.ends_at}
    if override.kind is not OverrideKind.REPLACE:
        table["kind"] = str(override.kind)
    if override.instead_of:
        table["instead_of"] = override.instead_of
    return {**table, "by": override.by}


def _layer(layer: Layer) -> dict[str, Any]:
    rotation = layer.rotation
    named = rotation.days % 7 == 0 and not rotation.weekdays
    day = f"{WEEKDAYS[rotation.starts_on.weekday()].capitalize()} " if named else ""
    table: dict[str, Any] = {
        "name": layer.name,
        "every": {1: "day", 7: "week"}.get(rotation.days, rotation.days),
        "handoff": f"{day}{rotation.handoff:%H:%M}",
        "zone": rotation.zone,
        "starts_on": rotation.starts_on,
        "participants": [turn[0] if len(turn) == 1 else list(turn) for turn in rotation.participants],
        "priority": layer.priority,
    }
    if rotation.per_day > 1:
        table["every"] = f"{24 // rotation.per_day} hours"
    if rotation.weekdays:
        table["counts"] = days_text(rotation.weekdays)
    if layer.only:
        table["only"] = [window_text(run) for run in _runs(layer.only)]
    return {**table, **_holidays(layer.holidays)}


def _policy(policy: Policy) -> dict[str, Any]:
    levels = [
        {
            "targets": [f"{target.kind}:{target.key}" for target in level.targets],
            "ring_seconds": level.ring_seconds,
            "together": level.together,
            "order": str(level.order),
        }
        for level in policy.levels
    ]
    return {
        "key": policy.key,
        "name": policy.name,
        "repeat": policy.repeat,
        "pause_seconds": policy.pause_seconds,
        "levels": levels,
    }


def _prompt(change: PromptChange) -> dict[str, Any]:
    return {name: value for name, value in change.__dict__.items() if value}


def _component(component: Component) -> dict[str, Any]:
    table: dict[str, Any] = {"key": component.key, "name": component.name, "regions": list(component.regions)}
    return {**table, "symptom": str(component.symptom)} if component.symptom else table


def _price(price: Price) -> dict[str, Any]:
    return {
        "key": price.key,
        "from": price.from_on,
        **({"region": price.region} if price.region else {}),
        "currency": price.currency,
        "inbound_minute": price.inbound_minute,
        "outbound_minute": price.outbound_minute,
        "sms": price.text,
    }


def _alert_rule(rule: AlertRule) -> dict[str, Any]:
    table = {name: list(value) if isinstance(value, tuple) else value for name, value in rule.__dict__.items()}
    return {name: value for name, value in {**table, "service": str(rule.service)}.items() if value}


def _partner(entry: PartnerEntry) -> dict[str, Any]:
    table = {**entry.partner.__dict__, "phones": list(entry.partner.phones), "pin_hash": entry.pin_hash}
    table["tier"] = str(entry.partner.tier)
    return {name: value for name, value in table.items() if value is not None}


WRITERS: Mapping[str, Callable[[Any], dict[str, Any]]] = MappingProxyType(
    {
        "service": _service,
        "region": _region,
        "engineer": _engineer,
        "rota": _rota,
        "policy": _policy,
        "prompt": _prompt,
        "component": _component,
        "price": _price,
        "partner": _partner,
        "alert_rule": _alert_rule,
    }
)
