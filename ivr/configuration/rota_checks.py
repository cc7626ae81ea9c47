"""What the parts of a rota must agree on: handoffs, days that count, overrides, versions, and special openings."""

from collections.abc import Iterator
from datetime import datetime, time
from itertools import pairwise

from ivr.configuration import schema
from ivr.configuration.draft import Draft
from ivr.configuration.fields import WEEKDAYS
from ivr.configuration.lines import Path
from ivr.configuration.references import Complaint
from ivr.configuration.rota_fields import days_text
from schedules.hours import Opening, Period
from schedules.overrides import OverrideKind


def rota_checks(draft: Draft) -> Iterator[Complaint]:
    """Everything that is wrong within rotas and within the hours of regions, each with its path."""
    for index, region in draft.regions:
        yield from _hours(("regions", index), region)
        yield from _openings(("regions", index), region)
    for index, rota in draft.rotas:
        for path, layer in _layers(("rotas", index), rota):
            yield from _handoff(path, layer)
            yield from _days_that_count(path, layer)
        for place, override in enumerate(rota.overrides):
            yield from _override(("rotas", index, "overrides", place), override)
        yield from _versions(("rotas", index), rota)


def _layers(path: Path, rota: schema.RotaTable) -> Iterator[tuple[Path, schema.LayerTable]]:
    """Those in force and those of earlier versions."""
    for place, layer in enumerate(rota.layers):
        yield (*path, "layers", place), layer
    for number, version in enumerate(rota.earlier):
        for place, layer in enumerate(version.layers):
            yield (*path, "earlier", number, "layers", place), layer


def _handoff(path: Path, layer: schema.LayerTable) -> Iterator[Complaint]:
    day = layer.handoff[0]
    week = len(layer.counts) or 7
    if day is None:
        return
    if layer.every.days % week != 0 or layer.every.per_day > 1:
        remedy = '"09:00", or every = "week"' if not layer.counts else f'"09:00", or every = {week}'
        yield (*path, "handoff"), f"a weekday needs turns of whole weeks. Write {remedy}."
    elif layer.starts_on.weekday() != day:
        name = WEEKDAYS[layer.starts_on.weekday()].capitalize()
        yield (*path, "handoff"), f"starts_on {layer.starts_on} is a {name}. Let both name the same weekday."


def _days_that_count(path: Path, layer: schema.LayerTable) -> Iterator[Complaint]:
    if not layer.counts:
        return
    days = days_text(layer.counts)
    if layer.every.days == 7 and len(layer.counts) < 7:
        said = f"seven days that count are more than a week. Write every = {len(layer.counts)}, or leave `counts` out."
        yield (*path, "every"), said
    if layer.starts_on.weekday() not in layer.counts:
        name = WEEKDAYS[layer.starts_on.weekday()].capitalize()
        yield (*path, "starts_on"), f"{layer.starts_on} is a {name}, which does not count. Write a date of {days}."


def _override(path: Path, override: schema.OverrideTable) -> Iterator[Complaint]:
    if (override.from_.tzinfo is None) != (override.until.tzinfo is None):
        yield (*path, "until"), "write both times with an offset, or both without one."
    elif override.from_.tzinfo is None and override.zone is None:
        yield path, 'whose clock is meant? Add zone = "Europe/Rome", or write both times with an offset.'
    elif override.until <= override.from_:
        yield (*path, "until"), "must be later than `from`."
    if override.instead_of and override.kind is not OverrideKind.REPLACE:
        yield (*path, "instead_of"), f'goes with kind = "replace", not "{override.kind}". Leave it out.'
    elif override.instead_of == override.engineer:
        yield (*path, "instead_of"), "nobody replaces themselves. Write the other person's key."


def _versions(path: Path, rota: schema.RotaTable) -> Iterator[Complaint]:
    effective = rota.effective_from
    if effective is not None and effective.tzinfo is None and not rota.layers:
        yield (*path, "effective_from"), "whose clock is meant? Write it with an offset: 2026-12-01T09:00:00+01:00."
    before: datetime | None = None
    for number, version in enumerate(rota.earlier):
        where: Path = (*path, "earlier", number, "until")
        if version.until.tzinfo is None:
            yield where, "whose clock is meant? Write it with an offset: 2026-12-01T09:00:00+01:00."
            return
        if before is not None and version.until <= before:
            yield where, "must be later than that of the entry before. Write the oldest first."
        before = version.until


def _hours(path: Path, region: schema.RegionTable) -> Iterator[Complaint]:
    places = [(period, place) for place, group in enumerate(region.hours) for period in group]
    places.sort(key=lambda item: (item[0].weekday, item[0].opens))
    for (before, first), (after, second) in pairwise(places):
        if before.weekday == after.weekday and _overlap(before, after):
            day = WEEKDAYS[after.weekday].capitalize()
            yield (*path, "hours", max(first, second)), f"two periods overlap on {day}. Join them into one."
            return


def _openings(path: Path, region: schema.RegionTable) -> Iterator[Complaint]:
    places = sorted(enumerate(region.openings), key=lambda item: (item[1].on, item[1].opens))
    for (first, before), (second, after) in pairwise(places):
        if before.on == after.on and _overlap(before, after):
            yield (*path, "openings", max(first, second)), f"two openings overlap on {after.on}. Join them into one."
            return
    for place, opening in enumerate(region.openings):
        if opening.on in region.closures:
            yield (*path, "openings", place), f"{opening.on} is a closure too. Take it out of one of them."
            return


def _overlap(before: Period | Opening, after: Period | Opening) -> bool:
    return before.closes == time(0) or after.opens < before.closes
