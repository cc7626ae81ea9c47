"""What the parts of a configuration file must agree on: references, and things that exist once."""

from collections.abc import Iterable, Iterator
from datetime import time

from ivr.configuration import schema
from ivr.configuration.lines import Path
from routing.escalation import TargetKind
from routing.partners import Tier
from schedules.hours import Period

Complaint = tuple[Path, str]

ASSIGNED = {Tier.PLATINUM, Tier.GOLD}


def cross_check(file: schema.ConfigurationFile) -> list[Complaint]:
    """Everything that is wrong between the parts, each with the path of the value at fault."""
    return [
        *_references(file),
        *_twice("regions", "key", [region.key for region in file.regions]),
        *_twice("regions", "number", [region.number for region in file.regions]),
        *_twice("engineers", "key", [engineer.key for engineer in file.engineers]),
        *_twice("rotas", "key", [rota.key for rota in file.rotas]),
        *_twice("policies", "key", [policy.key for policy in file.policies]),
        *_twice("partners", "number", [partner.number for partner in file.partners]),
        *_phones_once(file),
        *_hours(file),
        *_layers(file),
        *_overrides(file),
        *_partners(file),
    ]


def warnings_of(file: schema.ConfigurationFile) -> list[Complaint]:
    """What is allowed and probably not meant: the line survives it, somebody may not be reached."""
    return [*_people_without_phone(file), *_nobody(file)]


def _people_without_phone(file: schema.ConfigurationFile) -> Iterator[Complaint]:
    for index, engineer in enumerate(file.engineers):
        if not engineer.phones:
            yield ("engineers", index), f"{engineer.name} has no phone and cannot be called."
    if not any(engineer.manager and engineer.phones for engineer in file.engineers):
        yield ("engineers",), "no manager has a phone: nobody is told when a page stays unanswered."


def _nobody(file: schema.ConfigurationFile) -> Iterator[Complaint]:
    for index, rota in enumerate(file.rotas):
        if not any(layer.participants for layer in rota.layers):
            yield ("rotas", index), f"nobody takes turns in {rota.name}."


def _references(file: schema.ConfigurationFile) -> Iterator[Complaint]:
    people = {engineer.key for engineer in file.engineers}
    rotas = {rota.key for rota in file.rotas}
    policies = {policy.key for policy in file.policies}
    if file.service.default_region not in {region.key for region in file.regions}:
        yield (
            ("service", "default_region"),
            _unknown("region", file.service.default_region, (region.key for region in file.regions)),
        )
    for index, region in enumerate(file.regions):
        if region.policy not in policies:
            yield ("regions", index, "policy"), _unknown("policy", region.policy, policies)
    for index, policy in enumerate(file.policies):
        for place, level in enumerate(policy.levels):
            path: Path = ("policies", index, "levels", place, "targets")
            for target in level.targets:
                if target.kind is TargetKind.ROTA and target.key not in rotas:
                    yield path, _unknown("rota", target.key, rotas)
                if target.kind is TargetKind.ENGINEER and target.key not in people:
                    yield path, _unknown("engineer", target.key, people)
    for index, rota in enumerate(file.rotas):
        for place, layer in enumerate(rota.layers):
            for key in (key for turn in layer.participants for key in turn if key not in people):
                yield ("rotas", index, "layers", place, "participants"), _unknown("engineer", key, people)
        for place, override in enumerate(rota.overrides):
            if override.engineer not in people:
                yield (
                    ("rotas", index, "overrides", place, "engineer"),
                    _unknown("engineer", override.engineer, people),
                )


def _unknown(kind: str, key: str, known: Iterable[str]) -> str:
    return f'there is no {kind} "{key}". Known are: {", ".join(sorted(known)) or "none"}.'


def _twice(table: str, field: str, values: list[str]) -> Iterator[Complaint]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield (table, index, field), f'"{value}" is used by an earlier entry. Each {field} is used once.'


def _phones_once(file: schema.ConfigurationFile) -> Iterator[Complaint]:
    ours = {region.number for region in file.regions}
    seen: dict[str, str] = {}
    for index, engineer in enumerate(file.engineers):
        for phone in engineer.phones:
            path: Path = ("engineers", index, "phones")
            if phone in ours:
                yield path, f"{phone} is a regional number: the line would ring itself."
            if phone in seen:
                yield path, f"{phone} is {seen[phone]}'s phone too. Each phone belongs to one person."
            seen.setdefault(phone, engineer.name)
    for index, region in enumerate(file.regions):
        if ours & set(region.desk):
            yield (
                ("regions", index, "desk"),
                "a desk must not be a regional number: the line would ring itself.",
            )
    partners: dict[str, str] = {}
    for index, partner in enumerate(file.partners):
        for phone in partner.phones:
            if phone in partners:
                yield (
                    ("partners", index, "phones"),
                    f"{phone} belongs to {partners[phone]} too. A caller ID stands for one partner.",
                )
            partners.setdefault(phone, partner.name)


def _hours(file: schema.ConfigurationFile) -> Iterator[Complaint]:
    for index, region in enumerate(file.regions):
        periods = sorted((p for group in region.hours for p in group), key=lambda p: (p.weekday, p.opens))
        for before, after in zip(periods, periods[1:], strict=False):
            if before.weekday == after.weekday and _overlap(before, after):
                yield ("regions", index, "hours"), "two periods of a day overlap. Join them into one."
                break


def _overlap(before: Period, after: Period) -> bool:
    return before.closes == time(0) or after.opens < before.closes


def _layers(file: schema.ConfigurationFile) -> Iterator[Complaint]:
    for index, rota in enumerate(file.rotas):
        for place, layer in enumerate(rota.layers):
            day = layer.handoff[0]
            path: Path = ("rotas", index, "layers", place, "handoff")
            if day is not None and layer.every % 7 != 0:
                yield path, 'a weekday needs turns of whole weeks. Write "09:00", or every = "week".'
            elif day is not None and layer.starts_on.weekday() != day:
                name = schema.WEEKDAYS[layer.starts_on.weekday()].capitalize()
                yield path, f"starts_on {layer.starts_on} is a {name}. Let both name the same weekday."


def _overrides(file: schema.ConfigurationFile) -> Iterator[Complaint]:
    for index, rota in enumerate(file.rotas):
        for place, override in enumerate(rota.overrides):
            if (override.from_.tzinfo is None) != (override.until.tzinfo is None):
                yield (
                    ("rotas", index, "overrides", place, "until"),
                    "write both times with an offset, or both without one.",
                )
            elif override.until <= override.from_:
                yield ("rotas", index, "overrides", place, "until"), "must be later than `from`."


def _partners(file: schema.ConfigurationFile) -> Iterator[Complaint]:
    tiers = {partner.number: partner.tier for partner in file.partners}
    for index, partner in enumerate(file.partners):
        path: Path = ("partners", index, "refer_to")
        if partner.refer_to is not None and partner.refer_to not in tiers:
            yield path, _unknown("partner", partner.refer_to, tiers)
        elif (
            partner.refer_to is not None
            and partner.tier in {Tier.BRONZE, Tier.RESELLER}
            and tiers[partner.refer_to] not in ASSIGNED
        ):
            yield path, "a Bronze partner or reseller is assigned to a Platinum or Gold partner (art. 15.2)."
        if partner.pin and partner.pin_hash:
            yield ("partners", index, "pin"), "write `pin` or `pin_hash`, not both."
