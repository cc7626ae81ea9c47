"""One reading of the status page: what it posts is announced, and what it posts no more ends."""

import hashlib
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from ivr.house import House
from ivr.status_page.document import NoSummary, Reading, read_summary
from ivr.status_page.fetching import Fetched, NotFetched, fetch
from ivr.store.configuration import NotConfigured, configuration_version
from ivr.store.feed_announcements import keep_posts, prolong
from ivr.store.feed_state import FeedState, claim_feed, note_feed
from routing.announcing import faults_of
from routing.status_page import announcement_of

logger = structlog.get_logger()


def read_status_page(house: House) -> bool:
    """Read it if it is time and no other worker does; True when it was tried. Raises what the database raises.

    No transaction is open while the page is asked for.
    """
    url, at = house.settings.status_url, house.clock()
    if url is None:
        return False
    every = timedelta(seconds=house.settings.status_seconds / house.settings.pace)
    with house.engine.begin() as connection:
        state = claim_feed(connection, fingerprint(house), at, at - every)
        version = configuration_version(connection)
    if state is None:
        return False
    try:
        fetched = fetch(url, etag_of(state, version))
        reading = None if fetched.document is None else read_summary(fetched.document)
    except (NotFetched, NoSummary) as error:
        logger.warning("the status page was not read", why=str(error))
        with house.engine.begin() as connection:
            note_feed(connection, error=str(error))
        return True
    with house.engine.begin() as connection:
        keep(house, connection, fetched, reading, version)
    return True


def keep(house: House, connection: Connection, fetched: Fetched, reading: Reading | None, version: int) -> None:
    """Store what was read: an unchanged page holds for longer."""
    at = house.clock()
    good_until = at + house.settings.status_stale_after
    if reading is None:
        prolong(connection, at, good_until)
        note_feed(connection, read_at=at, error="")
        return
    try:
        components = house.configuration.current(connection).components
    except NotConfigured:
        components = {}
    found = {post.reference: (announcement_of(post, components, good_until), post.url) for post in reading.posts}
    known = {key: (announced, url) for key, (announced, url) in found.items() if announced is not None}
    spoken = {key: one for key, one in known.items() if not faults_of(one[0], one[0].regions)}
    unusable = [*reading.unreadable, *(key for key in known if key not in spoken)]
    keep_posts(connection, at, spoken, unusable)
    prolong(connection, at, good_until)
    note_feed(
        connection,
        read_at=at,
        etag=f"{version} {fetched.etag}" if fetched.etag and not unusable else "",
        error=unreadable(len(unusable)),
        entries=len(reading.posts),
        spoken=len(spoken),
    )


def unreadable(count: int) -> str:
    """What is said of entries that could not be used."""
    return f"{count} of its entries cannot be used" if count else ""


def etag_of(state: FeedState, version: int) -> str:
    """The mark of the document that was read under this configuration; another one reads it differently."""
    read_under, _, etag = state.etag.partition(" ")
    return etag if read_under == str(version) else ""


def fingerprint(house: House) -> str:
    """What tells one status page from another, without its address, which may hold a key."""
    url = house.settings.status_url
    return hashlib.sha256(url.get_secret_value().encode()).hexdigest()[:16] if url else ""


def is_stale(house: House, state: FeedState, at: datetime) -> bool:
    """Whether what it said last is not spoken any more."""
    return state.read_at is None or at - state.read_at >= house.settings.status_stale_after
