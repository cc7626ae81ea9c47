"""A few nights whose figures are known, for tests of the reports."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from ivr.store.announcements import add_announcement
from ivr.store.audit import Author
from ivr.store.tables import attempts, calls, messages, ticket_log, tickets
from routing.announcements import Announcement, Kind
from routing.screening import Symptom

SATURDAY = datetime(2026, 11, 28, 2, tzinfo=UTC)
"""Three in the morning in Rome: a night and a weekend there."""

WEDNESDAY = datetime(2026, 11, 25, 10, tzinfo=UTC)
"""Eleven in the morning in Rome."""

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def call(connection: Connection, sid: str, at: datetime, outcome: str | None, **more: Any) -> None:
    """A call to Italy that lasted ninety seconds, unless somebody says otherwise."""
    row = {"sid": sid, "region": "it", "called": "+39", "caller": "+44", "started_at": at, "in_support_hours": False}
    connection.execute(insert(calls).values(**{**row, "ended_at": at + 90 * SECOND, "outcome": outcome, **more}))


def ticket(connection: Connection, number: int, at: datetime, class_: str = "critical", **more: Any) -> None:
    """A ticket of Italy about the platform, unless somebody says otherwise."""
    row = {
        "number": number,
        "call": f"CA{number}",
        "region": "it",
        "class_of_service": class_,
        "symptom": "platform_unavailable" if class_ == "critical" else "calls_dropping",
        "article": "16.4",
        "answers": {},
        "caller": "+44",
        "called": "+39",
        "verified": True,
        "state": "resolved",
        "opened_at": at,
        "escalation": 1 if class_ == "critical" else 0,
    }
    connection.execute(insert(tickets).values(**{**row, **more}))


def line(connection: Connection, number: int, at: datetime, event: str) -> None:
    """A line of a ticket's timeline."""
    connection.execute(insert(ticket_log).values(ticket=number, key=f"{event}-{at}", at=at, event=event, detail=""))


def attempt(connection: Connection, number: int, position: int, person: str, at: datetime, **after: int) -> None:
    """A phone that was rung; `after` says how many seconds later what happened."""
    row = {
        "id": f"{number}-{position}",
        "ticket": number,
        "position": position,
        "round": 1,
        "person": person,
        "name": person,
        "phone": "+44",
        "ring_seconds": 20,
        "decided_at": at,
        "outcome": "accepted" if "joined_at" in after else "no-answer",
    }
    happened = {name: at + seconds * SECOND for name, seconds in {"ended_at": 20, **after}.items()}
    connection.execute(insert(attempts).values(**row, **happened))


def some_nights(connection: Connection) -> None:
    """Two Critical tickets of a Saturday, one of a Wednesday's desk, a Standard one, and callers who were kept away."""
    for number, (wait, taken, spoke) in enumerate([(1, 30, 40), (3, 90, 100)], start=1042):
        at = SATURDAY + (number - 1042) * HOUR
        call(connection, f"CA{number}", at, "connected", ticket=number, ended_at=at + 10 * MINUTE)
        ticket(connection, number, at, state="resolved")
        attempt(connection, number, 1, "jon", at, placed_at=wait, ringing_at=wait, ended_at=wait + 20)
        more = {"ringing_at": taken - 10, "answered_at": taken, "joined_at": spoke, "ended_at": taken + 540}
        attempt(connection, number, 2, "ada", at, **more)
        line(connection, number, at + taken * SECOND, "acknowledged")
        line(connection, number, at + 20 * MINUTE, "class confirmed")
        line(connection, number, at + 30 * MINUTE, "resolved")
        connection.execute(
            insert(messages).values(key=f"m{number}", ticket=number, to="+44", body="x", at=at, status="sent")
        )
    call(connection, "CA1044", SATURDAY, "standard ticket", ticket=1044)
    ticket(connection, 1044, SATURDAY, "standard", response_due_at=SATURDAY + 60 * HOUR)
    line(connection, 1044, SATURDAY + 59 * HOUR, "resolved")
    call(connection, "CA1045", WEDNESDAY, "connected", ticket=1045, in_support_hours=True, ended_at=WEDNESDAY + HOUR)
    times = {"response_due_at": WEDNESDAY + HOUR / 2, "acknowledged_at": WEDNESDAY + 40 * MINUTE}  # without the first
    ticket(connection, 1045, WEDNESDAY, **times)
    attempt(connection, 1045, 1, "jon", WEDNESDAY, placed_at=5, ringing_at=5)
    line(connection, 1045, WEDNESDAY + 40 * MINUTE, "acknowledged")
    line(connection, 1045, WEDNESDAY + 41 * MINUTE, "downgraded")
    call(connection, "desk", WEDNESDAY, "desk", in_support_hours=True)
    call(connection, "informed", SATURDAY, "informed")
    call(connection, "informed too", SATURDAY + 22 * HOUR, "informed", region="us")
    call(connection, "early", SATURDAY, None)
    call(connection, "blocked", SATURDAY, "blocked")


def announce(connection: Connection, kind: Kind, since: datetime, until: datetime, *regions: str) -> None:
    """An announcement about the platform."""
    symptom = Symptom.PLATFORM if kind is Kind.INCIDENT else None
    wanted = Announcement(kind, since, until, {"en": "Words."}, frozenset(regions), symptom)
    add_announcement(connection, Author("tests", since), wanted)
