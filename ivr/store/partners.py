"""Partners one at a time and a page at a time: there may be ten thousand, and no page loads them all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, or_, select

from ivr.store.configuration import PartnerEntry, partners_by_number
from ivr.store.tables import partner_phones, partners
from routing.partners import Tier

PAGE = 50


@dataclass(frozen=True)
class Sought:
    """What is looked for: a part of a number, a name or a phone (unless not `in_phones`); and a tier. Empty is all."""

    text: str = ""
    tier: str = ""
    in_phones: bool = True


@dataclass(frozen=True)
class PartnerPage:
    """Some partners by number, and the numbers to go on from: None where there is nothing more."""

    entries: tuple[PartnerEntry, ...]
    earlier: str | None
    later: str | None


def find_partners(
    connection: Connection, sought: Sought, *, after: str = "", before: str = "", limit: int = PAGE
) -> PartnerPage:
    """A page of partners by number: those after a number, or the last ones before one."""
    query = select(partners.c.number).where(*_matching(sought))
    if before:
        query = query.where(partners.c.number < before).order_by(partners.c.number.desc())
    else:
        query = query.where(partners.c.number > after).order_by(partners.c.number)
    found = list(connection.execute(query.limit(limit + 1)).scalars())
    more, numbers = len(found) > limit, sorted(found[:limit])
    entries = tuple(partners_by_number(connection, numbers))
    if not numbers:
        return PartnerPage((), None, None)
    has_earlier, has_later = (more, True) if before else (bool(after), more)
    return PartnerPage(entries, numbers[0] if has_earlier else None, numbers[-1] if has_later else None)


def count_partners(connection: Connection, sought: Sought) -> int:
    """How many there are."""
    return connection.execute(select(func.count()).select_from(partners).where(*_matching(sought))).scalar_one()


def owners_of(connection: Connection, phones: Collection[str], but: str) -> Sequence[str]:
    """The numbers of the other partners that have one of these phones."""
    query = select(partner_phones.c.partner).where(partner_phones.c.phone.in_(phones), partner_phones.c.partner != but)
    return connection.execute(query.distinct().order_by(partner_phones.c.partner)).scalars().all()


def referred_to(
    connection: Connection, number: str, tiers: Collection[Tier] = tuple(Tier), limit: int = 11
) -> Sequence[str]:
    """The numbers of partners who are referred to this one, of these tiers, so many at most."""
    query = select(partners.c.number).where(partners.c.refer_to == number, partners.c.tier.in_(map(str, tiers)))
    return connection.execute(query.order_by(partners.c.number).limit(limit)).scalars().all()


def partner_numbers(connection: Connection) -> Sequence[str]:
    """The numbers of all partners, and nothing else of them."""
    return connection.execute(select(partners.c.number).order_by(partners.c.number)).scalars().all()


def _matching(sought: Sought) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if text := sought.text.strip():
        digits = "".join(sign for sign in text if sign.isdigit())
        ways = [func.lower(partners.c.name).contains(text.lower(), autoescape=True)]
        if digits and not text.strip("+0123456789 ()-./"):
            ways.append(partners.c.number.startswith(digits))
            phones = select(partner_phones.c.partner).where(partner_phones.c.phone.contains(digits))
            ways += [partners.c.number.in_(phones)] if sought.in_phones else []
        conditions.append(or_(*ways))
    if sought.tier:
        conditions.append(partners.c.tier == sought.tier)
    return conditions
