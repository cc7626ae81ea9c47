"""The status page: what it posts about components, and the announcements that our regions make of it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from routing.announcements import ENGLISH, Announcement, Kind
from routing.screening import Symptom

EVERYTHING = "*"
"""The name of a component that stands for all that no other one names, and for posts without any component."""

LONGEST_NAME = 200
LEAD = {Kind.INCIDENT: "There is a known incident", Kind.MAINTENANCE: "Planned maintenance is under way"}
NOT_SPOKEN = re.compile(r"https?://\S+|<[^>]*>|[^\w\s.,:;!?'()&%+/-]")


@dataclass(frozen=True)
class Component:
    """A component of the status page by its name there, the regions that depend on it (none: all), and its symptom."""

    key: str
    name: str
    regions: tuple[str, ...] = ()
    symptom: Symptom | None = None


@dataclass(frozen=True)
class Post:
    """An incident or a maintenance as the status page has it, in UTC; `ends_at` is None while none is known."""

    reference: str
    kind: Kind
    name: str
    components: frozenset[str]
    starts_at: datetime
    ends_at: datetime | None
    url: str = ""


def announcement_of(post: Post, known: Mapping[str, Component], good_until: datetime) -> Announcement | None:
    """What our callers are told of a post until `good_until` (UTC); None when it names no component that we know."""
    concerned = concerned_by(post, known.values())
    if not concerned:
        return None
    symptoms = {component.symptom for component in concerned}
    everywhere = any(not component.regions for component in concerned)
    regions = () if everywhere else (key for component in concerned for key in component.regions)
    return Announcement(
        post.kind,
        post.starts_at,
        post.ends_at,
        {ENGLISH: f"{LEAD[post.kind]}: {spoken_name(post.name)}".rstrip(": ") + "."},
        frozenset(regions),
        symptoms.pop() if len(symptoms) == 1 else None,
        ", ".join(sorted(component.name for component in concerned if component.name != EVERYTHING))[:LONGEST_NAME],
        good_until,
    )


def concerned_by(post: Post, known: Collection[Component]) -> list[Component]:
    """The components of ours that a post is about; names are compared without regard to case."""
    named = {name.strip().casefold() for name in post.components}
    found = [component for component in known if component.name.strip().casefold() in named]
    unnamed = named - {component.name.strip().casefold() for component in found}
    rest = [component for component in known if component.name == EVERYTHING]
    return [*found, *rest] if unnamed or not named else found


def spoken_name(name: str) -> str:
    """The title of a post as it can be spoken: no addresses, no markup, no more than a sentence."""
    words = " ".join(NOT_SPOKEN.sub(" ", name).split()).rstrip(" .:;,-")
    return words if len(words) <= LONGEST_NAME else words[:LONGEST_NAME].rsplit(" ", 1)[0]
