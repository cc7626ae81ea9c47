"""A second, slow answer to who is on call, by the definitions alone and on the standard library's zones."""

from bisect import bisect_right
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from schedules.rota import Layer, Override, OverrideKind, Rota, Window
from schedules.rotation import Rotation

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LATEST = date(2028, 3, 1)


@cache
def instant(wall: datetime, zone: str, last: bool = False) -> datetime:
    """A wall-clock reading in UTC: the first or last of two, or the first minute after clocks skipped it."""
    place = ZoneInfo(zone)
    readings = sorted(wall.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    true = [at for at in readings if at.astimezone(place).replace(tzinfo=None) == wall]
    if true:
        return true[-1] if last else true[0]
    at = readings[0].replace(second=0)
    while at.astimezone(place).replace(tzinfo=None) < wall:
        at += MINUTE
    return at


@cache
def handoffs(rotation: Rotation) -> tuple[datetime, ...]:
    """All handoffs up to the latest date that tests ask about, by counting days one after the other."""
    found, counted, on = [], 0, rotation.starts_on
    while on < LATEST:
        if not rotation.weekdays or on.weekday() in rotation.weekdays:
            if counted % rotation.days == 0:
                wall = datetime.combine(on, rotation.handoff)
                hours = 24 // rotation.per_day
                found += [
                    instant(wall + timedelta(hours=part * hours), rotation.zone) for part in range(rotation.per_day)
                ]
            counted += 1
        on += DAY
    return tuple(found)


def turn(rotation: Rotation, at: datetime) -> tuple[str, ...]:
    if not rotation.participants:
        return ()
    begun = bisect_right(handoffs(rotation), at)
    return rotation.participants[(begun - 1) % len(rotation.participants)] if begun else ()


def covers(window: Window, zone: str, at: datetime) -> bool:
    spans = all_spans(window, zone)
    before = bisect_right(spans, (at, at)) - 1  # a window does not reach its own next beginning
    return any(starts_at <= at < ends_at for starts_at, ends_at in spans[max(before, 0) : before + 2])


@cache
def all_spans(window: Window, zone: str) -> list[tuple[datetime, datetime]]:
    """Every stretch of a window up to the latest date, by looking at each month's days."""
    found = []
    for year, month in ((year, month) for year in range(2025, 2029) for month in range(1, 13)):
        dates = [date(year, month, day + 1) for day in range(monthrange(year, month)[1])]
        dates = [on for on in dates if on.weekday() == window.weekday]
        if window.nth is not None:
            place = window.nth if window.nth < 0 else window.nth - 1
            dates = dates[place:][:1] if place < len(dates) else []
        for on in dates:
            ends_on = on if window.ends > window.starts else on + DAY
            starts_at = instant(datetime.combine(on, window.starts), zone)
            found.append((starts_at, instant(datetime.combine(ends_on, window.ends), zone, last=True)))
    return found


def of_layer(layer: Layer, at: datetime) -> tuple[str, ...]:
    zone = layer.rotation.zone
    if layer.only and not any(covers(window, zone, at) for window in layer.only):
        return ()
    if layer.holidays:
        on = at.astimezone(ZoneInfo(zone)).date()
        if on not in days_off(layer.holidays.country, layer.holidays.subdivision, layer.holidays.categories, on.year):
            return ()
    return turn(layer.rotation, at)


@cache
def days_off(country: str, subdivision: str, categories: tuple[str, ...], year: int) -> frozenset[date]:
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year, categories=categories)
    return frozenset(found)


def on_call(rota: Rota, at: datetime) -> tuple[str, ...]:
    layers = next((version.layers for version in rota.earlier if at < version.until), rota.layers)
    active = sorted((o for o in rota.overrides if o.starts_at <= at < o.ends_at), key=lambda o: o.starts_at)
    stack = [((active[n].engineer,), active[n + 1 :]) for n in reversed(range(len(active))) if is_alone(active[n])]
    stack += [(of_layer(layer, at), active) for layer in sorted(layers, key=lambda layer: -layer.priority)]
    for people, changes in stack:
        seats = apply(people, changes)
        if any(taken and not added for _, taken, added in seats):
            return tuple(dict.fromkeys(who for who, taken, _ in seats if taken))
    return tuple(dict.fromkeys(who for who, taken, _ in apply((), active) if taken))


def is_alone(override: Override) -> bool:
    return override.kind is OverrideKind.REPLACE and not override.instead_of


def apply(people: tuple[str, ...], changes: list[Override]) -> list[tuple[str, bool, bool]]:
    seats = [(who, True, False) for who in people]
    for change in changes:
        match change.kind, bool(change.instead_of):
            case OverrideKind.ADD, _:
                seats.append((change.engineer, True, True))
            case OverrideKind.REMOVE, _:
                seats = [(who, taken and who != change.engineer, added) for who, taken, added in seats]
            case OverrideKind.REPLACE, True:
                seats = [
                    (change.engineer, True, added) if who == change.instead_of else (who, taken, added)
                    for who, taken, added in seats
                ]
    return seats
