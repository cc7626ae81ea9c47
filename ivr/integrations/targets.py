"""Recipients: what the outward side asks of whoever is told of events, and how their answers are understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any, Protocol

from ivr.house import House
from ivr.store.deliveries import Delivery
from ivr.store.events import Event

LONGEST_PAUSE = timedelta(hours=24)


class Verdict(StrEnum):
    """What an answer means. `gone`: this recipient wants nothing any more."""

    DELIVERED = "delivered"
    AGAIN = "again"
    REFUSED = "refused"
    GONE = "gone"


@dataclass(frozen=True)
class Answer:
    """What came of one try. `status` is HTTP's, None without an answer; `pause` is how long they ask us to wait."""

    verdict: Verdict
    status: int | None = None
    said: str = ""
    pause: timedelta | None = None


class Target(Protocol):
    """Somebody who is told of events."""

    @property
    def key(self) -> str:
        """A name that stays, such as `webhook:3`."""

    @property
    def title(self) -> str:
        """What people know them by; nothing secret."""

    @property
    def in_order(self) -> bool:
        """Whether news of one ticket go one after the other: the next waits until the one before is over."""

    @property
    def patience(self) -> timedelta:
        """No try comes sooner after one that failed."""

    def wants(self, event: Event, at: datetime) -> bool:
        """Whether to tell them of an event at an instant (UTC)."""

    def body(self, event: Event, facts: Mapping[str, Any]) -> str | None:
        """What they are told, out of the event's facts, which have telephone numbers; None: nothing, after all."""

    def send(self, house: House, one: Delivery) -> Answer:
        """Tell them. No transaction is open; whatever is raised counts as a failure that may pass."""


def pause_of(headers: Mapping[str, str], at: datetime) -> timedelta | None:
    """How long an answer asks to wait (Retry-After, in seconds or as a date), a day at most; None when it does not."""
    asked = headers.get("retry-after", "").strip()
    if asked.isdecimal():
        return min(timedelta(seconds=int(asked[:9])), LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(asked)
        return min(max(until - at, timedelta(0)), LONGEST_PAUSE)
    except (TypeError, ValueError):
        return None
