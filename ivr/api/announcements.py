"""Announcements by API: what callers hear first, read, added, changed and ended like at the console."""

from datetime import datetime
from typing import Annotated

from flask import Response
from pydantic import BaseModel, Field

from ivr.api.frame import Ask, resource
from ivr.api.instants import Instant
from ivr.api.on_call import Strict
from ivr.api.problems import Fault, Trouble, cannot_be_used
from ivr.api.scopes import Scope
from ivr.store.announcements import (
    Entry,
    add_announcement,
    announcements_from,
    change_announcement,
    end_announcement,
    find_announcement,
)
from routing.announcements import ENGLISH, Announcement, Kind
from routing.announcing import faults_of
from routing.screening import Symptom

Text = Annotated[str, Field(max_length=1000)]


class AnnouncementIn(Strict):
    """What callers hear."""

    kind: Kind
    text: Text = Field(description="In English: what callers hear at night, and in regions without words of their own.")
    translations: dict[str, Text] = Field(
        default_factory=dict, max_length=10, description="By language (it, de, fr, es), for support hours."
    )
    starts_at: Instant | None = Field(None, description="Now without it.")
    ends_at: Instant | None = Field(None, description="Without it: until somebody ends it.")
    regions: list[str] = Field(default_factory=list, max_length=100, description="Keys of regions; empty is all.")
    symptom: Symptom | None = Field(None, description="Callers with exactly this may hang up informed.")
    component: str = Field("", max_length=200, description="For people, not spoken.")


class AnnouncementOut(BaseModel):
    """An announcement, half-open."""

    id: int
    kind: Kind
    text: str
    translations: dict[str, str]
    starts_at: datetime
    ends_at: datetime | None
    regions: list[str]
    symptom: Symptom | None
    component: str
    is_spoken: bool = Field(description="Whether callers hear it now.")
    source: str = Field(description="console, api or feed.")
    by: str
    url: str


class AnnouncementList(BaseModel):
    """All that hold now or lie ahead, the earliest first."""

    announcements: list[AnnouncementOut]


@resource("/announcements", Scope.ANNOUNCEMENTS, AnnouncementList)
def list_announcements(ask: Ask) -> AnnouncementList:
    """List all announcements that hold now or lie ahead."""
    return AnnouncementList(announcements=[out(ask, entry) for entry in announcements_from(ask.connection, ask.at)])


@resource("/announcements", Scope.ANNOUNCEMENTS, AnnouncementOut, method="POST", body=AnnouncementIn, status=201)
def create_announcement(ask: Ask) -> AnnouncementOut:
    """Add an announcement: callers hear it from its beginning on."""
    return out(ask, add_announcement(ask.connection, ask.author, wanted(ask, ask.at)))


@resource("/announcements/<int:id_>", Scope.ANNOUNCEMENTS, AnnouncementOut)
def read_announcement(ask: Ask, id_: int) -> AnnouncementOut:
    """Read one announcement, also one that is over."""
    return out(ask, found(ask, id_))


@resource("/announcements/<int:id_>", Scope.ANNOUNCEMENTS, AnnouncementOut, method="PUT", body=AnnouncementIn)
def replace_announcement(ask: Ask, id_: int) -> AnnouncementOut:
    """Change an announcement that is not over and was not read from the feed."""
    entry = found(ask, id_)
    if entry.announcement.is_over(ask.at) or entry.source == "feed":
        raise Trouble(409, "This announcement cannot be changed", "It is over, or it is the status page's.")
    changed = change_announcement(ask.connection, ask.author, entry, wanted(ask, entry.announcement.starts_at))
    if changed is None:
        raise Trouble(409, "Somebody else changed it", "Read it again.")
    return out(ask, changed)


@resource("/announcements/<int:id_>", Scope.ANNOUNCEMENTS, None, method="DELETE", status=204)
def stop_announcement(ask: Ask, id_: int) -> Response:
    """End an announcement now; one that lies ahead never begins. It stays on record."""
    if end_announcement(ask.connection, ask.author, found(ask, id_)) is None:
        raise Trouble(409, "Somebody else changed it", "It is not ended: ask again.")
    return Response(status=204)


def found(ask: Ask, id_: int) -> Entry:
    """The announcement that was asked for."""
    entry = find_announcement(ask.connection, id_)
    if entry is None:
        raise Trouble(404, "There is no such announcement")
    return entry


def wanted(ask: Ask, starts_at: datetime) -> Announcement:
    """What was sent, checked like at the console."""
    sent: AnnouncementIn = ask.body
    announcement = Announcement(
        sent.kind,
        sent.starts_at or starts_at,
        sent.ends_at,
        {ENGLISH: sent.text.strip(), **sent.translations},
        frozenset(sent.regions),
        sent.symptom,
        sent.component,
    )
    faults = [Fault(field=named(field), text=text) for field, text in checked(ask, announcement)]
    if faults:
        raise cannot_be_used(*faults)
    return announcement


def checked(ask: Ask, announcement: Announcement) -> list[tuple[str, str]]:
    """What is wrong with it."""
    faults = faults_of(announcement, tuple(ask.configuration.regions))
    return faults or ([("ends_at", "must lie ahead.")] if announcement.is_over(ask.at) else [])


def named(field: str) -> str:
    """A field as this API calls it."""
    if field == f"text_{ENGLISH}":
        return "text"
    return f"translations.{field.removeprefix('text_')}" if field.startswith("text_") else field


def out(ask: Ask, entry: Entry) -> AnnouncementOut:
    """One announcement on the wire."""
    announcement = entry.announcement
    return AnnouncementOut(
        id=entry.id,
        kind=announcement.kind,
        text=announcement.texts[ENGLISH],
        translations={language: text for language, text in announcement.texts.items() if language != ENGLISH},
        starts_at=announcement.starts_at,
        ends_at=announcement.ends_at,
        regions=sorted(announcement.regions),
        symptom=announcement.symptom,
        component=announcement.component,
        is_spoken=announcement.is_in_force(ask.at),
        source=entry.source,
        by=entry.by,
        url=entry.url,
    )
