"""The calendars' door: whoever has the address of a feed reads it, until it is revoked."""

import secrets
from collections import OrderedDict

import structlog
from flask import Blueprint, Response, abort, request
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ivr.calendars.feed import Feed, Range, feed_of_engineer, feed_of_rota, range_at, to_ics
from ivr.house import House
from ivr.standby.houses import Houses
from ivr.store.configuration import NotConfigured, configuration_version
from ivr.store.feeds import FeedRecord, find_feed, note_contents, note_reading

logger = structlog.get_logger()

TOKEN_BYTES = 24
LONGEST_TOKEN = 100
REMEMBERED = 200
HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Disposition": 'inline; filename="on-call.ics"',
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def new_token() -> str:
    """A token that nobody guesses; only its hash is kept, so it is shown once."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def address_of(public_url: str, token: str) -> str:
    """Where a calendar reads the feed with this token."""
    return f"{public_url}/calendar/{token}.ics"


def calendar_feeds(houses: Houses) -> Blueprint:
    """The page under which all feeds stand."""
    calendars, shelf = Blueprint("calendars", __name__), Shelf()

    @calendars.get("/calendar/<token>.ics")
    def read_feed(token: str) -> Response:
        """A feed; 404 for one that is unknown or revoked, 503 (never an empty one) while the database is away."""
        try:
            return answered(houses.main, shelf, token[:LONGEST_TOKEN])
        except (SQLAlchemyError, NotConfigured):
            logger.warning("a calendar feed could not be read", exc_info=True)
            return Response("Nightline is away for a moment.", 503, {"Retry-After": "300"})

    return calendars


class Shelf:
    """The feeds that were made lately, so that reading one again costs next to nothing."""

    def __init__(self) -> None:
        """Empty."""
        self._held: OrderedDict[tuple[object, ...], Feed] = OrderedDict()

    def feed(self, house: House, connection: Connection, record: FeedRecord, range_: Range) -> Feed | None:
        """What a feed says now; None when its engineer or rota is gone."""
        key = (configuration_version(connection), record.engineer, record.rota, range_)
        found = self._held.get(key)
        if found is None:
            known = house.configuration.current(connection)
            if record.engineer is not None:
                found = feed_of_engineer(known, record.engineer, range_)
            else:
                found = feed_of_rota(known, record.rota or "", range_)
            if found is not None:
                self._held[key] = found
                while len(self._held) > REMEMBERED:
                    self._held.popitem(last=False)
        return found


def answered(house: House, shelf: Shelf, token: str) -> Response:
    """What a calendar is answered. Raises what the database raises, and 404."""
    at = house.clock()
    with house.engine.begin() as connection:
        record = find_feed(connection, token)
        feed = shelf.feed(house, connection, record, range_at(at)) if record else None
        if record is None or feed is None:
            abort(404)
        note_reading(connection, record, at)
        mark = feed.mark
        record = note_contents(connection, record, mark, at)
    changed_at = record.changed_at or at
    response = Response(content_type="text/calendar; charset=utf-8", headers=HEADERS)
    response.set_etag(f"{record.sequence}-{mark[:32]}")
    response.last_modified = changed_at
    response.make_conditional(request)
    if response.status_code == 200:
        response.set_data(to_ics(feed, record.sequence, changed_at))
    return response
