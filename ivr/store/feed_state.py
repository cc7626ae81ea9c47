"""The state of the feed of announcements: when it was tried and read last, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update

from ivr.store.announcement_tables import feed_state
from ivr.store.once import insert_once

ONLY = 1


@dataclass(frozen=True)
class FeedState:
    """The feed as it was tried last. `read_at` (UTC) is None until it was read once; `error` is empty when all is well.

    `entries` are those that the last reading had, `spoken` those of them that name a component of the configuration.
    """

    url: str
    etag: str
    tried_at: datetime
    read_at: datetime | None
    error: str
    entries: int
    spoken: int


def find_feed_state(connection: Connection) -> FeedState | None:
    """How the feed stands; None when none was ever read."""
    row = connection.execute(select(feed_state).where(feed_state.c.id == ONLY)).mappings().first()
    return FeedState(**{name: value for name, value in row.items() if name != "id"}) if row else None


def claim_feed(connection: Connection, url: str, at: datetime, before: datetime) -> FeedState | None:
    """The state of a feed that was not tried since `before`, for the one worker that now tries it; None for others.

    Another URL is another feed, of which nothing is known yet.
    """
    if insert_once(connection, feed_state, id=ONLY, url=url, etag="", tried_at=at, error="", entries=0, spoken=0):
        return find_feed_state(connection)
    due = (feed_state.c.id == ONLY, or_(feed_state.c.tried_at <= before, feed_state.c.url != url))
    if connection.execute(update(feed_state).where(*due).values(tried_at=at)).rowcount != 1:
        return None
    fresh = {"url": url, "etag": "", "read_at": None, "error": "", "entries": 0, "spoken": 0}
    connection.execute(update(feed_state).where(feed_state.c.url != url).values(**fresh))
    return find_feed_state(connection)


def note_feed(connection: Connection, **values: Any) -> None:
    """Set what became of a try."""
    connection.execute(update(feed_state).where(feed_state.c.id == ONLY).values(**values))
