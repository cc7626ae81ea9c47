"""Whether a caller may use the extended support line, and who helps them when they may not."""

from dataclasses import dataclass

from routing.partners import Partner, Tier


@dataclass(frozen=True)
class Eligible:
    """The partner passes to the screening."""

    partner: Partner
    article: str


@dataclass(frozen=True)
class Referred:
    """The caller is sent to another company. `to` is None when none is on file."""

    partner: Partner
    to: Partner | None
    article: str


@dataclass(frozen=True)
class Unverified:
    """Nobody we know: a message may be left, and nobody is woken unless a manager chose otherwise."""

    may_page: bool = False


Eligibility = Eligible | Referred | Unverified

REFERRAL_ARTICLE = {
    Tier.BRONZE: "15.2",
    Tier.RESELLER: "15.2",
    Tier.END_USER: "15.3",
}


def eligibility(
    partner: Partner | None,
    assigned: Partner | None,
    direct_tiers: frozenset[Tier],
    page_unverified: bool = False,
) -> Eligibility:
    """Decide by tier (contract art. 15.1 to 15.3, 17.1, 17.2).

    `assigned` is the partner behind `partner.refer_to`; `direct_tiers` is the setting per tier. A tier
    that a manager took off the list is referred like a Bronze partner.
    """
    if partner is None:
        return Unverified(may_page=page_unverified)
    if partner.tier in direct_tiers:
        return Eligible(partner, article="15.1")
    return Referred(partner, assigned, REFERRAL_ARTICLE.get(partner.tier, "15.2"))
