"""Partners: looked for, a page at a time; and the form of one, whose PIN is set or cleared and never shown."""

from functools import lru_cache
from typing import Any

from babel import Locale
from flask import request
from flask.typing import ResponseReturnValue
from phonenumbers import SUPPORTED_REGIONS

from ivr.configuration.partner_documents import partner_document
from ivr.configuration.partners import KeepPin, change_partner, partner_fingerprint, remove_partner
from ivr.console import items
from ivr.console.forms import TEXTS, VALUE, Raw, Typed, flags, listed, rows, texts, values, without_blanks
from ivr.console.frame import page
from ivr.console.items import Form
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.store.configuration import PartnerEntry, partner_by_number
from ivr.store.partners import PartnerPage, Sought, count_partners, find_partners, referred_to
from routing.numbers import grouped
from routing.partners import Tier

ONE_LINE = ("number", "name", "tier", "country", "refer_to", "pbx", "pin")
LISTS = {"phones": TEXTS}
REFERRED = 11


class InPartners:
    """Partners, each by its number: no page loads them all."""

    def find(self, visit: Visit, key: str) -> PartnerEntry | None:
        """The partner; None when there is none."""
        return partner_by_number(visit.connection, key)

    def table(self, item: PartnerEntry) -> dict[str, Any]:
        """The partner as the file writes it, without the PIN."""
        return partner_document(item) or {}

    def fingerprint(self, item: PartnerEntry | None) -> str:
        """What tells whether it is still the same."""
        return partner_fingerprint(item)

    def change(self, visit: Visit, key: str, table: dict[str, Any], seen: str) -> int | None:
        """Save it. A `pin` of None in the table clears it, one that is not there keeps it."""
        clears = "pin" in table and table["pin"] is None
        wish = KeepPin.CLEAR if clears else KeepPin.KEEP
        return change_partner(visit.connection, visit.author, key, table, pin=wish, seen=seen)

    def remove(self, visit: Visit, key: str, seen: str) -> int | None:
        """Remove it."""
        return remove_partner(visit.connection, visit.author, key, seen=seen)


@page("/partners", Role.MANAGER, menu="Partners")
def partners(visit: Visit) -> ResponseReturnValue:
    """A page of partners, or of those that are looked for."""
    sought = Sought(request.args.get("q", "").strip(), request.args.get("tier", ""))
    after, before = request.args.get("after", ""), request.args.get("before", "")
    found: PartnerPage = find_partners(visit.connection, sought, after=after, before=before)
    return render(
        "partners_part.html" if visit.is_partial else "partners.html",
        found=found,
        sought=sought,
        count=count_partners(visit.connection, sought),
        tiers=tuple(Tier),
        done=items.done(visit),
    )


def read(typed: Typed) -> Raw:
    """The form as it was sent."""
    lists = {name: rows(typed, name, kind) for name, kind in LISTS.items()}
    return {**texts(typed, ONE_LINE), **flags(typed, ("clear_pin",)), **lists}


def raw(table_: dict[str, Any]) -> Raw:
    """The form of a partner: the PIN is not in it."""
    one_line = {name: table_.get(name) or "" for name in ONE_LINE}
    return {**one_line, "pin": "", "clear_pin": False, "phones": listed(map(grouped, table_["phones"]))}


def table(raw_: Raw, _present: PartnerEntry | None) -> dict[str, Any]:
    """The partner as the file writes it."""
    found = {name: raw_[name] for name in ("number", "name", "tier", "country", "pbx")}
    found |= {"refer_to": raw_["refer_to"] or None, "phones": values(raw_["phones"])}
    if raw_["pin"]:
        return {**found, "pin": raw_["pin"]}
    return {**found, "pin": None} if raw_["clear_pin"] else found


def new(_visit: Visit) -> Raw:
    """Nobody yet."""
    return {**dict.fromkeys(ONE_LINE, ""), "tier": str(Tier.GOLD), "clear_pin": False, "phones": [{VALUE: ""}]}


def around(visit: Visit, raw_: Raw, item: PartnerEntry | None) -> dict[str, Any]:
    """What can be chosen, and who is referred to this partner."""
    to = partner_by_number(visit.connection, raw_["refer_to"]) if raw_["refer_to"] else None
    referred = referred_to(visit.connection, item.partner.number, limit=REFERRED) if item is not None else ()
    return {
        "tiers": tuple(Tier),
        "countries": countries(),
        "assigned": to.partner if to is not None else None,
        "referred": referred,
        "more_referred": len(referred) == REFERRED,
        "has_pin": item is not None and bool(item.pin_hash),
    }


@lru_cache
def countries() -> tuple[tuple[str, str], ...]:
    """The countries that telephone numbers belong to, by name: pairs of code and name."""
    names = Locale("en").territories
    return tuple(sorted(((code, names.get(code, code)) for code in SUPPORTED_REGIONS), key=lambda pair: pair[1]))


PARTNER = Form(
    kind="partner",
    keeper=InPartners(),
    template="partner.html",
    page="console.partner",
    listing="console.partners",
    read=read,
    raw=raw,
    table=table,
    new=new,
    around=around,
    blanks={"phones": lambda: dict(TEXTS.blank)},
    compact=lambda raw_: without_blanks(raw_, LISTS),
    named="number",
)
items.add_pages(PARTNER)
