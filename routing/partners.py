"""Who may call: partners, their tiers, and the numbers they are known by."""

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """The relationship with the vendor, as the contract names it."""

    PLATINUM = "platinum"
    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"
    RESELLER = "reseller"
    END_USER = "end_user"


@dataclass(frozen=True)
class Partner:
    """A company that may dial a regional number.

    `number` is the partner number that a caller keys in, digits only. `phones` are E.164.
    `refer_to` is the partner number of the Platinum or Gold partner assigned to a Bronze partner or
    reseller, or of the integrator who installed an end user's system; None when nobody is on file.
    """

    number: str
    name: str
    tier: Tier
    country: str = ""
    phones: tuple[str, ...] = ()
    refer_to: str | None = None
    pbx: str = ""
