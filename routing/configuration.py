"""Everything that managers decide, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.escalation import Policy
from routing.partners import Tier
from routing.people import Engineer
from routing.regions import Region
from schedules.rota import Rota


@dataclass(frozen=True)
class Rules:
    """Settings of the line as a whole.

    `default_region` serves calls to an unknown number. `direct_tiers` pass to the screening.
    `page_unverified` lets a caller nobody recognises be screened and page. `call_back_countries` are the
    ISO 3166 countries that an outbound call to a caller may go to; empty allows every country.
    """

    default_region: str
    direct_tiers: frozenset[Tier] = frozenset({Tier.PLATINUM, Tier.GOLD, Tier.SILVER})
    page_unverified: bool = False
    call_back_countries: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Configuration:
    """What `nightline apply` sets, the partners apart (there may be ten thousand). Maps are by key."""

    rules: Rules
    regions: Mapping[str, Region] = field(default_factory=dict)
    engineers: Mapping[str, Engineer] = field(default_factory=dict)
    rotas: Mapping[str, Rota] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)

    def region_of(self, number: str) -> Region | None:
        """The region that a called number (E.164) belongs to; None for an unknown number."""
        return next((region for region in self.regions.values() if region.number == number), None)

    @property
    def default_region(self) -> Region:
        """The region that serves unknown called numbers."""
        return self.regions[self.rules.default_region]
