"""Announcements: stored, changed, ended; those of the past stay for the reports."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, or_, select, update

from ivr.store.announcement_tables import announcements
from ivr.store.audit import Author, Document, record
from ivr.store.versions import ANNOUNCEMENTS, raise_version
from routing.announcements import Announcement, Kind
from routing.screening import Symptom

AUDITED = "announcement"


@dataclass(frozen=True)
class Entry:
    """A stored announcement: from where (`console`, `api`, `feed`), by whom, and since when it is as it is (UTC)."""

    id: int
    announcement: Announcement
    source: str
    by: str
    changed_at: datetime
    reference: str | None = None
    url: str = ""
    ended_by: str = ""

    @property
    def version(self) -> str:
        """What tells whether somebody changed it since it was looked at."""
        return self.changed_at.isoformat()


def add_announcement(connection: Connection, author: Author, wanted: Announcement) -> Entry:
    """Store an announcement, with a line in the audit."""
    values = {"source": author.source, "by": author.name, "created_at": author.at, "changed_at": author.at}
    inserted = connection.execute(insert(announcements).values(**values, **row_of(wanted))).inserted_primary_key
    assert inserted is not None
    raise_version(connection, ANNOUNCEMENTS)
    record(connection, author, AUDITED, str(inserted[0]), None, document_of(wanted))
    return Entry(int(inserted[0]), wanted, author.source, author.name, author.at)


def change_announcement(connection: Connection, author: Author, entry: Entry, wanted: Announcement) -> Entry | None:
    """Change one as it was looked at, with a line in the audit; None when somebody else changed it since."""
    if wanted == entry.announcement:
        return entry
    if not _write(connection, entry, changed_at=author.at, **row_of(wanted)):
        return None
    documents = (document_of(entry.announcement), document_of(wanted))
    record(connection, author, AUDITED, str(entry.id), *documents)
    return replace(entry, announcement=wanted, changed_at=author.at)


def end_announcement(connection: Connection, author: Author, entry: Entry) -> Entry | None:
    """It holds no longer: one in progress ends now, one that lies ahead never begins. None when it changed meanwhile.

    One of the feed that is ended by hand stays ended, whatever the feed goes on to say.
    """
    if entry.announcement.is_over(author.at):
        return entry
    ended = replace(entry.announcement, ends_at=max(author.at, entry.announcement.starts_at))
    if not _write(connection, entry, changed_at=author.at, ended_by=author.name, ends_at=ended.ends_at):
        return None
    documents = (document_of(entry.announcement), document_of(ended))
    record(connection, author, AUDITED, str(entry.id), *documents, action="end")
    return replace(entry, announcement=ended, changed_at=author.at, ended_by=author.name)


def _write(connection: Connection, entry: Entry, **values: Any) -> bool:
    mine = (announcements.c.id == entry.id, announcements.c.changed_at == entry.changed_at)
    written = connection.execute(update(announcements).where(*mine).values(**values)).rowcount == 1
    if written:
        raise_version(connection, ANNOUNCEMENTS)
    return written


def find_announcement(connection: Connection, id_: int) -> Entry | None:
    """One by its id."""
    row = connection.execute(select(announcements).where(announcements.c.id == id_)).mappings().first()
    return entry_of(row) if row else None


def announcements_from(connection: Connection, at: datetime) -> Sequence[Entry]:
    """All that hold at an instant (UTC) or lie ahead, the earliest first."""
    ahead = or_(announcements.c.ends_at.is_(None), announcements.c.ends_at > at)
    query = select(announcements).where(ahead).order_by(announcements.c.starts_at, announcements.c.id)
    found = (entry_of(row) for row in connection.execute(query).mappings())
    return [entry for entry in found if not entry.announcement.is_over(at)]


def announcements_before(connection: Connection, at: datetime, limit: int) -> Sequence[Entry]:
    """The last ones that ended by an instant (UTC), the latest first."""
    over = announcements.c.ends_at <= at
    query = select(announcements).where(over).order_by(announcements.c.ends_at.desc(), announcements.c.id.desc())
    return [entry_of(row) for row in connection.execute(query.limit(limit)).mappings()]


def announcements_between(connection: Connection, since: datetime, until: datetime) -> Sequence[Announcement]:
    """All that held at some instant of a half-open range (UTC)."""
    ends = or_(announcements.c.ends_at.is_(None), announcements.c.ends_at > since)
    query = select(announcements).where(ends, announcements.c.starts_at < until).order_by(announcements.c.starts_at)
    return [entry_of(row).announcement for row in connection.execute(query).mappings()]


def copy_announcements(source: Connection, target: Connection, at: datetime) -> None:
    """Put all that hold at an instant (UTC) or lie ahead into another database, in place of those that it has."""
    ahead = or_(announcements.c.ends_at.is_(None), announcements.c.ends_at > at)
    rows = [dict(row) for row in source.execute(select(announcements).where(ahead)).mappings()]
    target.execute(delete(announcements))
    if rows:
        target.execute(insert(announcements), rows)
    raise_version(target, ANNOUNCEMENTS)


def row_of(wanted: Announcement) -> dict[str, Any]:
    """An announcement as it is stored."""
    return {
        **wanted.__dict__,
        "kind": str(wanted.kind),
        "texts": dict(wanted.texts),
        "regions": sorted(wanted.regions),
        "symptom": str(wanted.symptom) if wanted.symptom else None,
    }


def document_of(wanted: Announcement) -> Document:
    """An announcement as the audit keeps it."""
    row = row_of(wanted)
    del row["good_until"]
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def entry_of(row: RowMapping) -> Entry:
    """A stored announcement out of its row."""
    announcement = Announcement(
        kind=Kind(row["kind"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        texts=row["texts"],
        regions=frozenset(row["regions"]),
        symptom=Symptom(row["symptom"]) if row["symptom"] else None,
        component=row["component"],
        good_until=row["good_until"],
    )
    named = ("source", "by", "changed_at", "reference", "url", "ended_by")
    return Entry(row["id"], announcement, **{name: row[name] for name in named})
