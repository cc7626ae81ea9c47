"""Writing the applied configuration as a file that applies to the same."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import time
from types import MappingProxyType
from typing import Any

import tomli_w

from ivr.configuration.fields import WEEKDAYS
from ivr.store.configuration import PartnerEntry
from routing.configuration import Configuration, Rules
from routing.escalation import Policy
from routing.people import Engineer
from routing.regions import Region
from schedules.hours import Period
from schedules.rota import Layer, Rota


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
        "partners": [_partner(entry) for entry in partners],
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
    }


def _region(region: Region) -> dict[str, Any]:
    return {
        "key": region.key,
        "name": region.name,
        "number": region.number,
        "zone": region.hours.zone,
        "hours": [_hours(run) for run in _runs(region.hours.periods)],
        "closures": sorted(region.hours.closures),
        "language": region.language,
        "voice": region.voice,
        "desk": list(region.desk),
        "policy": region.policy,
        "greeting": region.greeting,
    }


def _runs(periods: Iterable[Period]) -> list[list[Period]]:
    """Neighbours in the list that are alike on days that follow each other: one line of hours each."""
    runs: list[list[Period]] = []
    for period in periods:
        before = runs[-1][-1] if runs else None
        if before is not None and replace(before, weekday=before.weekday + 1) == period:
            runs[-1].append(period)
        else:
            runs.append([period])
    return runs


def _hours(run: list[Period]) -> str:
    first, last = run[0], run[-1]
    days = dict.fromkeys(WEEKDAYS[period.weekday].capitalize() for period in (first, last))
    closes = "24:00" if first.closes == time(0) else f"{first.closes:%H:%M}"
    return f"{'-'.join(days)} {first.opens:%H:%M}-{closes}"


def _engineer(engineer: Engineer) -> dict[str, Any]:
    return {**engineer.__dict__, "phones": list(engineer.phones)}


def _rota(rota: Rota) -> dict[str, Any]:
    overrides = [{"engineer": o.engineer, "from": o.starts_at, "until": o.ends_at, "by": o.by} for o in rota.overrides]
    return {
        "key": rota.key,
        "name": rota.name,
        "layers": [_layer(layer) for layer in rota.layers],
        "overrides": overrides,
    }


def _layer(layer: Layer) -> dict[str, Any]:
    rotation = layer.rotation
    weekly = rotation.days % 7 == 0
    day = f"{WEEKDAYS[rotation.starts_on.weekday()].capitalize()} " if weekly else ""
    return {
        "name": layer.name,
        "every": {1: "day", 7: "week"}.get(rotation.days, rotation.days),
        "handoff": f"{day}{rotation.handoff:%H:%M}",
        "zone": rotation.zone,
        "starts_on": rotation.starts_on,
        "participants": [turn[0] if len(turn) == 1 else list(turn) for turn in rotation.participants],
        "priority": layer.priority,
    }


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
        "partner": _partner,
    }
)
