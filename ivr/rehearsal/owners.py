"""Whose handsets a rehearsal has: whom the region would ring, in their order and with the reason, and all others."""

from collections.abc import Iterator
from typing import Any

from ivr.rehearsal.plan import Plan
from routing.regions import Region
from schedules.hours import support_at

MOST_CALLERS = 300
"""So many partners are offered to call from; any other number can be typed."""


def people_of(plan: Plan) -> dict[str, Any]:
    """Regions, owners of handsets and callers, as plain values. Everything is as of the plan's instant."""
    first = list(rung_first(plan))
    seen = {number for owner in first for number in owner["numbers"]}
    rest = [owner for owner in everybody(plan) if not seen & set(owner["numbers"])]
    return {
        "regions": [region_as_seen(region, plan) for region in plan.configuration.regions.values()],
        "first": first,
        "others": rest,
        "callers": list(callers(plan)),
    }


def region_as_seen(region: Region, plan: Plan) -> dict[str, Any]:
    """One region that can be dialled."""
    is_open = support_at(region.hours, plan.at).is_open
    kept = {name: getattr(region, name) for name in ("key", "name", "number")}
    return {**kept, "zone": region.hours.zone, "is_open": is_open}


def owner(name: str, numbers: tuple[str, ...], because: str, plan: Plan) -> dict[str, Any]:
    """Somebody with a handset, which may have several numbers (E.164)."""
    behaviour = next((plan.behaviours[number] for number in numbers if number in plan.behaviours), "")
    return {"name": name, "numbers": list(numbers), "because": because, "behaviour": behaviour}


def rung_first(plan: Plan) -> Iterator[dict[str, Any]]:
    """The desk of the region while it is open, then the levels of its policy: each person once."""
    known = plan.configuration
    region = known.regions[plan.region]
    if support_at(region.hours, plan.at).is_open:
        yield from desk(region, plan)
    seen: set[str] = set()
    for position, line in enumerate(known.people_at(known.policy_of(region.key), plan.at), start=1):
        for one in line.candidates:
            if one.person not in seen:
                seen.add(one.person)
                yield owner(one.name, one.phones, f"level {position}: {one.because}", plan)


def everybody(plan: Plan) -> Iterator[dict[str, Any]]:
    """All engineers who can be rung, and all desks."""
    for engineer in plan.configuration.engineers.values():
        if engineer.active and engineer.phones:
            yield owner(engineer.name, engineer.phones, "manager" if engineer.manager else "", plan)
    for region in plan.configuration.regions.values():
        yield from desk(region, plan)


def desk(region: Region, plan: Plan) -> Iterator[dict[str, Any]]:
    """The phones of a region's desk, each a handset of its own: all ring at once."""
    for position, number in enumerate(region.desk, start=1):
        yield owner(f"{region.name} desk {position}", (number,), "in support hours", plan)


def callers(plan: Plan) -> Iterator[dict[str, Any]]:
    """Partners with a number to call from."""
    for entry in plan.partners[:MOST_CALLERS]:
        partner = entry.partner
        if partner.phones:
            yield {"name": partner.name, "tier": str(partner.tier), "number": partner.phones[0]}
