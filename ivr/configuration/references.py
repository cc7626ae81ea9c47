"""What names another entry of the file: a name that leads nowhere is an error."""

import difflib
from collections.abc import Iterator
from datetime import datetime

from ivr.configuration.draft import Draft
from ivr.configuration.lines import Path
from ivr.configuration.values import ends_at
from routing.escalation import TargetKind
from routing.partners import Tier

Complaint = tuple[Path, str]

ASSIGNED = {Tier.PLATINUM, Tier.GOLD}
SHOWN = 10
"""How many known names an error lists at most: there may be ten thousand partners."""


def references(draft: Draft, at: datetime | None) -> Iterator[Complaint]:
    """Every name that leads nowhere, and every partner who is referred to the wrong tier.

    An override that ended by `at` (UTC) may name somebody who is gone, as earlier layers may; without `at` none may.
    """
    if draft.service is not None:
        yield from _named(draft, "regions", draft.service.default_region, ("service", "default_region"))
        yield from _named(draft, "policies", draft.service.fallback_policy, ("service", "fallback_policy"))
    for index, region in draft.regions:
        yield from _named(draft, "policies", region.policy, ("regions", index, "policy"))
    for index, component in draft.components:
        for place, region_key in enumerate(component.regions):
            yield from _named(draft, "regions", region_key, ("components", index, "regions", place))
    for index, price in draft.prices:
        if price.region:
            yield from _named(draft, "regions", price.region, ("prices", index, "region"))
    yield from _targets(draft)
    yield from _people_in_rotas(draft, at)
    yield from _alert_rules(draft)
    yield from _referrals(draft)


def _targets(draft: Draft) -> Iterator[Complaint]:
    tables = {TargetKind.ROTA: "rotas", TargetKind.ENGINEER: "engineers"}
    ours = {region.number for _, region in draft.regions}
    for index, policy in draft.policies:
        for place, level in enumerate(policy.levels):
            for position, target in enumerate(level.targets):
                path: Path = ("policies", index, "levels", place, "targets", position)
                if target.kind in tables:
                    yield from _named(draft, tables[target.kind], target.key, path)
                elif target.key in ours:
                    yield path, f"{target.key} is a regional number: the line would ring itself. Write another phone."


def _alert_rules(draft: Draft) -> Iterator[Complaint]:
    for index, rule in draft.alert_rules:
        for kind, field in (("regions", "region"), ("policies", "policy")):
            if key := getattr(rule, field):
                yield from _named(draft, kind, key, ("alert_rules", index, field))


def _people_in_rotas(draft: Draft, at: datetime | None) -> Iterator[Complaint]:
    for index, rota in draft.rotas:
        for place, layer in enumerate(rota.layers):
            for position, turn in enumerate(layer.participants):
                for key in turn:
                    path: Path = ("rotas", index, "layers", place, "participants", position)
                    yield from _named(draft, "engineers", key, path)
        for place, override in enumerate(rota.overrides):
            if at is not None and ends_at(override) <= at:
                continue
            where: Path = ("rotas", index, "overrides", place)
            yield from _named(draft, "engineers", override.engineer, (*where, "engineer"))
            if override.instead_of:
                yield from _named(draft, "engineers", override.instead_of, (*where, "instead_of"))


def _referrals(draft: Draft) -> Iterator[Complaint]:
    tiers = {partner.number: partner.tier for _, partner in draft.partners}
    for index, partner in draft.partners:
        path: Path = ("partners", index, "refer_to")
        if partner.refer_to is None:
            continue
        if partner.refer_to == partner.number:
            yield path, "a partner is not referred to itself. Write another partner's number, or leave the key out."
            continue
        yield from _named(draft, "partners", partner.refer_to, path)
        assigned = tiers.get(partner.refer_to, Tier.GOLD)
        if partner.tier in {Tier.BRONZE, Tier.RESELLER} and assigned not in ASSIGNED:
            yield (
                path,
                f'"{partner.refer_to}" is {assigned}. Write the Platinum or Gold partner who is assigned (art. 15.2).',
            )


def _named(draft: Draft, kind: str, key: str, path: Path) -> Iterator[Complaint]:
    """A complaint if no entry of a kind has this key; none if that kind could not be read at all."""
    if kind in draft.keys and key not in draft.known[kind]:
        known = [written for _, written in draft.keys[kind]]
        close = difflib.get_close_matches(key, known, n=1)
        hint = f'Did you mean "{close[0]}"?' if close else f"Known are: {_some(known)}."
        yield path, f'there is no entry "{key}" in {kind}. {hint}'


def _some(known: list[str]) -> str:
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    return (", ".join(sorted(known)[:SHOWN]) or "none") + more
