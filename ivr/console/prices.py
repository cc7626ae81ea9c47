"""Prices: what the carrier charges from a date on, for the costs in the reports; a dated table."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask.typing import ResponseReturnValue

from ivr.console import items
from ivr.console.forms import Raw, Typed, texts
from ivr.console.frame import page
from ivr.console.items import Form, InConfiguration
from ivr.console.regions import a_date
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from routing.configuration import Configuration
from routing.prices import Price, price_at
from schedules.wallclock import to_local

KIND = "price"
AMOUNTS = ("inbound_minute", "outbound_minute", "sms")
ONE_LINE = ("key", "from", "region", "currency", *AMOUNTS)


@page("/prices", Role.MANAGER, menu="Prices")
def prices(visit: Visit) -> ResponseReturnValue:
    """Every price, by region and the latest first, and for which regions it counts today."""
    known = visit.configuration
    listed = sorted(known.prices.values(), key=lambda one: one.from_on, reverse=True)
    return render(
        "prices.html",
        prices=sorted(listed, key=lambda one: one.region),
        regions=known.regions,
        today=in_force(visit, known),
        without=[r.name for r in known.regions.values() if price_today(visit, known, r.key) is None],
        plain=plain,
        done=items.done(visit),
    )


def price_today(visit: Visit, known: Configuration, region: str) -> Price | None:
    """What counts in a region on its present date."""
    zone = known.regions[region].hours.zone
    return price_at(known.prices.values(), region, to_local(visit.at, zone).date())


def in_force(visit: Visit, known: Configuration) -> Mapping[str, list[str]]:
    """The names of the regions for which each price counts today."""
    found: dict[str, list[str]] = {}
    for region in known.regions.values():
        today = price_today(visit, known, region.key)
        if today is not None:
            found.setdefault(today.key, []).append(region.name)
    return found


def plain(amount: Decimal) -> str:
    """An amount as people write it: two places at least."""
    text = f"{amount.normalize():f}"
    whole, _, places = text.partition(".")
    return f"{whole}.{places:0<2}"


def read(typed: Typed) -> Raw:
    """The form as it was sent."""
    return texts(typed, ONE_LINE)


def raw(table_: dict[str, Any]) -> Raw:
    """The form of a price."""
    own = {name: str(table_.get(name, "")) for name in ("key", "from", "region", "currency")}
    return {**own, **{name: plain(table_[name]) for name in AMOUNTS}}


def table(raw_: Raw, _present: Price | None) -> dict[str, Any]:
    """The price as the file writes it; without a region the key is left out."""
    region = {"region": raw_["region"]} if raw_["region"] else {}
    amounts = {name: an_amount(raw_[name]) for name in AMOUNTS}
    return {"key": raw_["key"], "from": a_date(raw_["from"]), **region, "currency": raw_["currency"], **amounts}


def an_amount(text: str) -> Decimal | str:
    """A number; any other text as it is, for the checks to refuse."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def new(visit: Visit) -> Raw:
    """A price from today on, in the currency of the others."""
    others = list(visit.configuration.prices.values())
    currency = others[0].currency if others else ""
    return {**dict.fromkeys(ONE_LINE, ""), "from": f"{visit.local(visit.at):%Y-%m-%d}", "currency": currency}


def around(visit: Visit, _raw: Raw, _item: Price | None) -> dict[str, Any]:
    """What can be chosen."""
    known = visit.configuration.regions.values()
    return {"regions": [("", "all that have none of their own"), *((one.key, one.name) for one in known)]}


PRICE = Form(
    kind=KIND,
    keeper=InConfiguration(KIND),
    template="price.html",
    page="console.price",
    listing="console.prices",
    read=read,
    raw=raw,
    table=table,
    new=new,
    around=around,
)
items.add_pages(PRICE)
