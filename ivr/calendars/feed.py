"""Calendar feeds: the shifts of one engineer, or the final schedule of one rota, as calendars read them."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event

from ivr.calendars.shifts import shifts_of
from routing.configuration import Configuration
from schedules.rota import Rota, Stretch, final_schedule

BACK, AHEAD = timedelta(weeks=4), timedelta(weeks=26)
WHOLE_WITHIN = timedelta(weeks=10)
"""Shifts at the ends of the range are shown whole, unless they are longer than this."""

READ_AGAIN_AFTER = timedelta(hours=1)
ALARMS = (timedelta(days=1), timedelta(hours=1))
"""So long before a shift a calendar that shows alarms does."""

GAP = "GAP"
Range = tuple[datetime, datetime]


@dataclass(frozen=True)
class Entry:
    """One event of a feed (UTC, half-open). `uid` stays the same however often and whenever the feed is read."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    has_alarms: bool = False


@dataclass(frozen=True)
class Feed:
    """What a feed says. `mark` is equal exactly for equal contents."""

    name: str
    entries: tuple[Entry, ...]

    @property
    def mark(self) -> str:
        """A digest of the contents."""
        return hashlib.sha256(repr((self.name, self.entries)).encode()).hexdigest()


def range_at(at: datetime) -> Range:
    """What a feed that is read at `at` covers: at least four weeks back and 26 ahead, in whole weeks (UTC).

    Whole weeks, so that a feed changes when its shifts do and not each time that it is read.
    """
    monday = datetime.combine(at.astimezone(UTC).date() - timedelta(days=at.astimezone(UTC).weekday()), time(0), UTC)
    return monday - BACK, monday + AHEAD + timedelta(weeks=1)


def feed_of_engineer(known: Configuration, engineer: str, range_: Range) -> Feed | None:
    """All shifts of an engineer over all rotas, with alarms; None for somebody who is not in the configuration.

    Nobody rings an engineer who is not active: their feed is empty.
    """
    person = known.engineers.get(engineer)
    if person is None:
        return None
    rotas = known.rotas.values() if person.active else ()
    wide = _widened(range_)
    entries = _within(range_, (entry for rota in rotas for entry in _shift_entries(known, rota, engineer, wide)))
    return Feed(f"On call: {person.name}", tuple(sorted(entries, key=lambda entry: (entry.starts_at, entry.uid))))


def feed_of_rota(known: Configuration, rota: str, range_: Range) -> Feed | None:
    """The final schedule of a rota, its gaps too; None when there is no such rota."""
    found = known.rotas.get(rota)
    if found is None:
        return None
    wide = _widened(range_)
    entries = (_stretch_entry(known, found, part, wide) for part in final_schedule(found, *wide))
    return Feed(found.name, tuple(_within(range_, entries)))


def to_ics(feed: Feed, sequence: int, changed_at: datetime) -> bytes:
    """The feed as RFC 5545 writes it. `changed_at` is when it last became what it is, for the `sequence`th time."""
    calendar = Calendar()
    calendar.add("prodid", "-//Nightline//On call//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", feed.name)
    calendar.add("x-wr-calname", feed.name)
    calendar.add("refresh-interval", READ_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in feed.entries:
        calendar.add_component(_event(entry, sequence, changed_at))
    return bytes(calendar.to_ical())


def _widened(range_: Range) -> Range:
    """A range so much wider that shifts which lie across its ends are whole."""
    return range_[0] - WHOLE_WITHIN, range_[1] + WHOLE_WITHIN


def _within(range_: Range, entries: Iterable[Entry]) -> Iterator[Entry]:
    return (entry for entry in entries if entry.ends_at > range_[0] and entry.starts_at < range_[1])


def _event(entry: Entry, sequence: int, changed_at: datetime) -> Event:
    """Times are in UTC, which every calendar shows on its own reader's clock."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", sequence)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("transp", "TRANSPARENT")  # whoever is on call is not busy
    for before in ALARMS if entry.has_alarms else ():
        event.add_component(_alarm(entry, before))
    return event


def _alarm(entry: Entry, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.summary)
    alarm.add("trigger", -before)
    return alarm


def _shift_entries(known: Configuration, rota: Rota, engineer: str, range_: Range) -> Iterator[Entry]:
    for shift in shifts_of(rota, engineer, *range_):
        yield Entry(
            _uid((rota.key, engineer), shift.starts_at, shift.ends_at, range_),
            shift.starts_at,
            shift.ends_at,
            f"On call: {rota.name}",
            shift.reason.told(known.name_of),
            has_alarms=shift.starts_at > range_[0],
        )


def _stretch_entry(known: Configuration, rota: Rota, part: Stretch, range_: Range) -> Entry:
    people = [known.engineers.get(key) for key in part.on_call]
    names = [person.name for person in people if person is not None and person.active]
    gone = sorted({*part.on_call} - {person.key for person in people if person is not None and person.active})
    said = [part.told(known.name_of), *(f"{key} is not active and is not rung" for key in gone)]
    uid = _uid((rota.key,), part.starts_at, part.ends_at, range_)
    return Entry(uid, part.starts_at, part.ends_at, ", ".join(names) or GAP, "; ".join(said))


def _uid(of: Iterable[str], starts_at: datetime, ends_at: datetime, range_: Range) -> str:
    """By whose and when it begins; one that the range cuts, by when it ends."""
    first, last = range_
    when = f"from {starts_at:%Y%m%dT%H%M%S}"
    if starts_at <= first:
        when = f"until {ends_at:%Y%m%dT%H%M%S}" if ends_at < last else "always"
    return hashlib.sha256("\n".join([*of, when]).encode()).hexdigest()[:32] + "@nightline"
