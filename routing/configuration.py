"""Everything that managers decide, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from routing.alerts import AlertRule, AlertSettings
from routing.escalation import Line, Policy, people_at
from routing.partners import Tier
from routing.people import Engineer, name_of
from routing.prices import Price
from routing.prompts import PromptChange
from routing.regions import Region
from routing.retention import Retention
from routing.service import ClassOfService
from routing.status_page import Component
from schedules.rota import Rota


@dataclass(frozen=True)
class Rules:
    """Settings of the line as a whole.

    `default_region` serves calls to an unknown number. `direct_tiers` pass to the screening.
    `page_unverified` lets a caller nobody recognises be screened and page. `call_back_countries` are the
    ISO 3166 countries that an outbound call to a caller may go to; empty allows every country.

    `fallback_policy` is rung when nobody of a region's own policy can be. `blocked_callers` are E.164 numbers, and
    prefixes that end with `*`. Of callers nobody recognises, one number may dial `calls_per_hour` times, and
    one of our numbers takes `strangers_per_minute`; 0 is no limit.

    `reminders` texts engineers `reminder_hours` before a shift, `handoff_notices` both sides at each handoff, and
    `gap_notes` managers once a week about gaps ahead.

    So many minutes before the response goal of a ticket is missed that nobody has (`critical_warning_minutes`,
    `standard_warning_minutes`), managers and whoever is on call are told; 0: nobody is. `feedback_texts` asks callers
    by text how they were helped, once their ticket is resolved or closed.

    For `incident_minutes` after a platform outage began to page, others who report it join that page; 0: each pages.
    """

    default_region: str
    direct_tiers: frozenset[Tier] = frozenset({Tier.PLATINUM, Tier.GOLD, Tier.SILVER})
    page_unverified: bool = False
    call_back_countries: frozenset[str] = frozenset()
    fallback_policy: str = ""
    blocked_callers: frozenset[str] = frozenset()
    calls_per_hour: int = 20
    strangers_per_minute: int = 30
    incident_minutes: int = 60
    reminders: bool = True
    reminder_hours: tuple[int, ...] = (24, 1)
    handoff_notices: bool = True
    gap_notes: bool = True
    critical_warning_minutes: int = 10
    standard_warning_minutes: int = 60
    feedback_texts: bool = False
    alerts: AlertSettings = field(default_factory=AlertSettings)
    retention: Retention = field(default_factory=Retention)

    def warning_of(self, class_of_service: ClassOfService) -> timedelta:
        """How long before a response goal is missed people are told; zero: they are not."""
        critical = class_of_service is ClassOfService.CRITICAL
        return timedelta(minutes=self.critical_warning_minutes if critical else self.standard_warning_minutes)

    def blocks(self, caller: str, is_partner: bool) -> bool:
        """Whether calls of this number (E.164) are refused. A prefix does not hit a partner, a whole number does."""
        if caller in self.blocked_callers:
            return True
        prefixes = tuple(entry[:-1] for entry in self.blocked_callers if entry.endswith("*"))
        return not is_partner and caller.startswith(prefixes)


@dataclass(frozen=True)
class Configuration:
    """What `nightline apply` sets, the partners apart (there may be ten thousand). Maps are by key."""

    rules: Rules
    regions: Mapping[str, Region] = field(default_factory=dict)
    engineers: Mapping[str, Engineer] = field(default_factory=dict)
    rotas: Mapping[str, Rota] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    components: Mapping[str, Component] = field(default_factory=dict)
    prices: Mapping[str, Price] = field(default_factory=dict)
    alert_rules: Mapping[str, AlertRule] = field(default_factory=dict)
    prompts: Mapping[str, PromptChange] = field(default_factory=dict)

    def region_of(self, number: str) -> Region | None:
        """The region that a called number (E.164) belongs to; None for an unknown number."""
        return next((region for region in self.regions.values() if region.number == number), None)

    def policy_of(self, region: str, named: str = "") -> Policy:
        """The policy `named`, else that of a region, by their keys; the fallback policy where both are gone."""
        if named in self.policies:
            return self.policies[named]
        known = self.regions.get(region, self.default_region)
        return self.policies.get(known.policy) or self.fallback_policy

    def people_at(self, policy: Policy, at: datetime, turn: int = 0) -> tuple[Line, ...]:
        """A policy's levels resolved to people at one instant (UTC), for a ticket that has this turn."""
        return people_at(policy, self.rotas, self.engineers, at, turn)

    def name_of(self, engineer: str) -> str:
        """An engineer's name, or the key of one who is gone; a duty phone, whose key is its number, has none."""
        return "the duty phone" if engineer.startswith("+") else name_of(self.engineers, engineer)

    def phones_of(self, person: str) -> tuple[str, ...]:
        """An engineer's phones, none of one who is gone; a duty phone, whose key is its number, is its own."""
        engineer = self.engineers.get(person)
        return engineer.phones if engineer else (person,) if person.startswith("+") else ()

    @property
    def managers(self) -> tuple[Engineer, ...]:
        """Every active manager with a phone, in the order of the configuration."""
        return tuple(one for one in self.engineers.values() if one.manager and one.active and one.phones)

    @property
    def fallback_policy(self) -> Policy:
        """The policy for when nobody of a region's own can be rung; the first one in an older configuration."""
        return self.policies.get(self.rules.fallback_policy) or next(iter(self.policies.values()))

    @property
    def default_region(self) -> Region:
        """The region that serves unknown called numbers."""
        return self.regions[self.rules.default_region]
