"""What forms about a call ask: a region, an instant on its wall clock, and who calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ivr.console.readings import NotATime, instant, reading
from ivr.console.visit import Visit
from ivr.store.configuration import PartnerEntry, load_partners, partner_by_number, partner_by_phone
from routing.numbers import e164
from routing.regions import Region
from schedules.wallclock import Repeated, to_local

UNKNOWN_NUMBER, FROM_ELSEWHERE = "+442079460999", "+442079460998"
"""Callers' numbers of a range reserved for fiction: a stranger's, and of a partner that has none on file."""
UNKNOWN, WITHHELD = "unknown", "withheld"
WITHHELD_NUMBER = "anonymous"
MOST_PARTNERS = 300


@dataclass(frozen=True)
class Asked:
    """A region and an instant (UTC): now, if what was written (`wall`) has a `fault`."""

    region: Region
    at: datetime
    wall: str
    fault: str = ""

    @property
    def local(self) -> datetime:
        """The instant on the region's wall clock."""
        return to_local(self.at, self.region.hours.zone)


def region_and_instant(visit: Visit, form: Mapping[str, str]) -> Asked:
    """What `region` and `at` of a form mean; the default region, and now, for what is missing or wrong."""
    known = visit.configuration
    region = known.regions.get(form.get("region", ""), known.default_region)
    now = reading(visit.at, region.hours.zone)
    wall = form.get("at", "").strip() or now
    try:
        return Asked(region, instant(wall, region.hours.zone, Repeated.FIRST), wall)
    except NotATime:
        return Asked(region, visit.at, wall, f'"{wall}" is no instant. Write it like 2026-11-28 03:00.')


@dataclass(frozen=True)
class Caller:
    """Who calls: the number that the line sees (E.164, or `anonymous`), and the partner that is known by it."""

    number: str
    entry: PartnerEntry | None = None


def caller_of(visit: Visit, form: Mapping[str, str]) -> Caller:
    """What `caller` (a partner's number, `unknown` or `withheld`) and `number` (a telephone number) mean.

    Without either it is a partner whose call may page, so that an address with a moment alone shows who is rung then.
    """
    if typed := e164(form.get("number", "")):
        partner = partner_by_phone(visit.connection, typed)
        return Caller(typed, partner_by_number(visit.connection, partner.number) if partner else None)
    wanted = form.get("caller")
    if wanted == WITHHELD:
        return Caller(WITHHELD_NUMBER)
    entry = partner_by_number(visit.connection, wanted) if wanted is not None else somebody_direct(visit)
    if entry is None:
        return Caller(UNKNOWN_NUMBER)
    return Caller(entry.partner.phones[0] if entry.partner.phones else FROM_ELSEWHERE, entry)


def somebody_direct(visit: Visit) -> PartnerEntry | None:
    """The first of the partners whose calls may page, by name: who calls when nothing else is asked."""
    tiers = visit.configuration.rules.direct_tiers
    found = (entry for entry in load_partners(visit.connection) if entry.partner.tier in tiers and entry.partner.phones)
    return min(found, key=lambda entry: entry.partner.name, default=None)


def caller_choices(visit: Visit) -> list[tuple[str, str]]:
    """Who can be chosen: pairs of value and label."""
    partners = sorted((entry.partner for entry in load_partners(visit.connection)), key=lambda one: one.name)
    strangers = [(UNKNOWN, "Somebody unknown"), (WITHHELD, "Somebody whose number is withheld")]
    named = [(one.number, f"{one.name} ({str(one.tier).replace('_', ' ')})") for one in partners[:MOST_PARTNERS]]
    return named + strangers


def region_choices(visit: Visit) -> list[tuple[str, str]]:
    """The regions, with the clock on whose wall an instant is meant."""
    return [(one.key, f"{one.name} ({one.hours.zone})") for one in visit.configuration.regions.values()]
