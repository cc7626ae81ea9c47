"""Announcements out of a feed: each kept once by the feed's own reference, ended when it is gone."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update

from ivr.store.announcement_tables import announcements
from ivr.store.announcements import Entry, entry_of, row_of
from ivr.store.versions import ANNOUNCEMENTS, raise_version
from routing.announcements import Announcement

FEED = "feed"
BY = "the status page"


def keep_posts(
    connection: Connection,
    at: datetime,
    posts: Mapping[str, tuple[Announcement, str]],
    untouched: Collection[str] = (),
) -> None:
    """Make the feed's announcements those of `posts` (with their addresses), by reference, at an instant (UTC).

    What is not among them ends, but for the `untouched`. What somebody ended by hand stays ended.
    """
    query = select(announcements).where(announcements.c.reference.in_(posts))
    stored = {row["reference"]: entry_of(row) for row in connection.execute(query).mappings()}
    for reference, (wanted, url) in posts.items():
        values = {**row_of(wanted), "url": url}
        entry = stored.get(reference)
        if entry is None:
            more = {"source": FEED, "by": BY, "reference": reference, "created_at": at, "changed_at": at}
            connection.execute(insert(announcements).values(**values, **more))
        elif not entry.ended_by and not is_as(entry, wanted, url):
            mine = announcements.c.reference == reference
            connection.execute(update(announcements).where(mine).values(**values, changed_at=at))
    _end_others(connection, at, {*posts, *untouched})
    raise_version(connection, ANNOUNCEMENTS)


def is_as(entry: Entry, wanted: Announcement, url: str) -> bool:
    """Whether a stored announcement says what the feed says; until when that holds aside."""
    return entry.url == url and replace(entry.announcement, good_until=wanted.good_until) == wanted


def _end_others(connection: Connection, at: datetime, references: Collection[str]) -> None:
    living = or_(announcements.c.ends_at.is_(None), announcements.c.ends_at > at)
    gone = (announcements.c.source == FEED, living, announcements.c.reference.not_in(references))
    begun = update(announcements).where(*gone, announcements.c.starts_at <= at)
    connection.execute(begun.values(ends_at=at, changed_at=at))
    ahead = update(announcements).where(*gone, announcements.c.starts_at > at)
    connection.execute(ahead.values(ends_at=announcements.c.starts_at, changed_at=at))


def prolong(connection: Connection, at: datetime, good_until: datetime) -> None:
    """What the feed said holds until then: it was just read."""
    living = or_(announcements.c.ends_at.is_(None), announcements.c.ends_at > at)
    mine = (announcements.c.source == FEED, living)
    if connection.execute(update(announcements).where(*mine).values(good_until=good_until)).rowcount:
        raise_version(connection, ANNOUNCEMENTS)
