"""Prices: what a minute and a text cost in a region from a date on, and what calls cost by them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Price:
    """From a date on, for one region or (empty) for those that have none of their own. Amounts are of `currency`."""

    key: str
    from_on: date
    currency: str
    inbound_minute: Decimal
    outbound_minute: Decimal
    text: Decimal
    region: str = ""


@dataclass(frozen=True)
class Usage:
    """What a region used: calls, whole minutes in and out as carriers count them, and texts."""

    calls: int = 0
    inbound_minutes: int = 0
    outbound_minutes: int = 0
    texts: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        """Both together."""
        return Usage(*(mine + theirs for mine, theirs in zip(self.values, other.values, strict=True)))

    @property
    def values(self) -> tuple[int, ...]:
        """All of it, in order."""
        return self.calls, self.inbound_minutes, self.outbound_minutes, self.texts


def price_at(prices: Iterable[Price], region: str, on: date) -> Price | None:
    """The price of a region on a local date: its own latest one, else the latest for all; None before the first."""
    begun = [price for price in prices if price.from_on <= on and price.region in {"", region}]
    return max(begun, key=lambda price: (bool(price.region), price.from_on), default=None)


def cost_of(usage: Usage, price: Price) -> Decimal:
    """What that costs, exactly: minutes in, minutes out, texts."""
    minutes = usage.inbound_minutes * price.inbound_minute + usage.outbound_minutes * price.outbound_minute
    return minutes + usage.texts * price.text
