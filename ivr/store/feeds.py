"""Calendar feeds: whose they are, the hash of each address's token, and when they were last read."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, or_, select, update

from ivr.store.calendar_tables import calendar_feeds

READ_IS_NOTED_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class FeedRecord:
    """A feed of an engineer or of a rota, by its key. `id` is the token's hash; instants are UTC.

    `mark` is a digest of what it last said, which it says for the `sequence`th time since `changed_at`.
    """

    id: str
    engineer: str | None
    rota: str | None
    created_at: datetime
    by: str
    revoked_at: datetime | None = None
    last_read_at: datetime | None = None
    mark: str = ""
    sequence: int = 0
    changed_at: datetime | None = None


def hash_of(token: str) -> str:
    """What is stored of a token. It is random and long, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_feed(
    connection: Connection, token: str, at: datetime, by: str, *, engineer: str | None = None, rota: str | None = None
) -> FeedRecord:
    """A new feed that whoever has the token may read."""
    feed = FeedRecord(hash_of(token), engineer, rota, at, by)
    connection.execute(insert(calendar_feeds).values(**feed.__dict__))
    return feed


def find_feed(connection: Connection, token: str) -> FeedRecord | None:
    """The feed with this token; None when there is none, or it was revoked."""
    query = select(calendar_feeds).where(calendar_feeds.c.id == hash_of(token), calendar_feeds.c.revoked_at.is_(None))
    row = connection.execute(query).mappings().first()
    return FeedRecord(**row) if row else None


def living_feeds(connection: Connection) -> Sequence[FeedRecord]:
    """All feeds that were not revoked, the oldest first."""
    query = select(calendar_feeds).where(calendar_feeds.c.revoked_at.is_(None))
    rows = connection.execute(query.order_by(calendar_feeds.c.created_at, calendar_feeds.c.id)).mappings()
    return [FeedRecord(**row) for row in rows]


def find_feed_by_id(connection: Connection, id_: str) -> FeedRecord | None:
    """The feed with this id, revoked or not."""
    row = connection.execute(select(calendar_feeds).where(calendar_feeds.c.id == id_)).mappings().first()
    return FeedRecord(**row) if row else None


def revoke_feed(connection: Connection, id_: str, at: datetime) -> FeedRecord | None:
    """Nobody can read this feed from now on; the feed, or None when it was revoked before or never was."""
    living = (calendar_feeds.c.id == id_, calendar_feeds.c.revoked_at.is_(None))
    row = connection.execute(update(calendar_feeds).where(*living).values(revoked_at=at).returning(calendar_feeds))
    found = row.mappings().first()
    return FeedRecord(**found) if found else None


def note_contents(connection: Connection, feed: FeedRecord, mark: str, at: datetime) -> FeedRecord:
    """The feed as it is when its contents have this mark: one step further where they changed, and only once.

    Raises LookupError when the feed is gone.
    """
    if feed.mark != mark:
        same = (calendar_feeds.c.id == feed.id, calendar_feeds.c.sequence == feed.sequence)
        changed = {"mark": mark, "sequence": feed.sequence + 1, "changed_at": at}
        connection.execute(update(calendar_feeds).where(*same).values(changed))
    row = connection.execute(select(calendar_feeds).where(calendar_feeds.c.id == feed.id)).mappings().first()
    if row is None:
        raise LookupError(feed.id)
    return FeedRecord(**row)


def note_reading(connection: Connection, feed: FeedRecord, at: datetime) -> None:
    """Somebody read the feed; written down once an hour at most."""
    before = calendar_feeds.c.last_read_at
    due = or_(before.is_(None), before <= at - READ_IS_NOTED_AFTER)
    if feed.last_read_at is None or feed.last_read_at <= at - READ_IS_NOTED_AFTER:
        connection.execute(update(calendar_feeds).where(calendar_feeds.c.id == feed.id, due).values(last_read_at=at))
