"""Announcements: incidents and planned maintenance (art. 19), and which of them callers of a region hear."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from routing.screening import Symptom

ENGLISH = "en"
LANGUAGES = ("en", "it", "de", "fr", "es")
"""In which an announcement may carry words of its own: those of the greetings."""

MOST_SPOKEN = 2
"""A caller hears so many at most: whoever waits with a dead system does not sit through a list."""


class Kind(StrEnum):
    """What is announced."""

    INCIDENT = "incident"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True)
class Announcement:
    """What callers are told for a time, half-open; instants are UTC, and no `ends_at` is until somebody ends it.

    `texts` are by language and always have English. `regions` are keys, and none of them is all regions. A caller with
    exactly this `symptom` may hang up informed; without one nobody is asked. `component` is what the status page calls
    it. One that was read from a feed holds until `good_until` and no longer.
    """

    kind: Kind
    starts_at: datetime
    ends_at: datetime | None
    texts: Mapping[str, str]
    regions: frozenset[str] = field(default_factory=frozenset)
    symptom: Symptom | None = None
    component: str = ""
    good_until: datetime | None = None

    def concerns(self, region: str) -> bool:
        """Whether it is about a region, by its key."""
        return not self.regions or region in self.regions

    def is_in_force(self, at: datetime) -> bool:
        """Whether it holds at an instant: not before it begins, not when it ends, and not on stale word."""
        ends = (end for end in (self.ends_at, self.good_until) if end is not None)
        return self.starts_at <= at and all(at < end for end in ends)

    def is_over(self, at: datetime) -> bool:
        """Whether it ended, or was taken back before it began."""
        return self.ends_at is not None and self.ends_at <= max(at, self.starts_at)

    def text_in(self, language: str) -> tuple[str, str]:
        """The words for a language (BCP 47), and the language that they are in: English where there are none."""
        wanted = language.split("-")[0].lower()
        found = self.texts.get(wanted, "")
        return (found, wanted) if found else (self.texts[ENGLISH], ENGLISH)


class Announces(Protocol):
    """Whatever carries an announcement, such as its stored entry."""

    @property
    def announcement(self) -> Announcement:
        """What is announced."""


Carrier = TypeVar("Carrier", bound=Announces)


def spoken(known: Iterable[Carrier], region: str, at: datetime) -> tuple[Carrier, ...]:
    """What callers of a region hear at an instant: incidents before maintenance, the latest first, few."""
    here = [one for one in known if one.announcement.concerns(region) and one.announcement.is_in_force(at)]
    here.sort(key=lambda one: one.announcement.starts_at, reverse=True)
    here.sort(key=lambda one: one.announcement.kind is not Kind.INCIDENT)
    return tuple(here[:MOST_SPOKEN])


def symptoms_of(heard: Iterable[Announcement]) -> tuple[Symptom, ...]:
    """The symptoms whose callers may hang up informed, each once, in the order in which they are heard."""
    return tuple(dict.fromkeys(one.symptom for one in heard if one.symptom is not None))
