"""Feedback of partners: asked for once a ticket, given once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from ivr.store.desk_tables import feedback
from ivr.store.once import insert_once


@dataclass(frozen=True)
class Feedback:
    """What was asked of whom (E.164), and said: `stars` from 1 to 5, None until then. Instants are UTC."""

    ticket: int
    to: str
    asked_at: datetime
    stars: int | None = None
    comment: str = ""
    given_at: datetime | None = None


def ask_once(connection: Connection, ticket: int, to: str, at: datetime) -> bool:
    """Note that a caller is asked; True when that is new."""
    return insert_once(connection, feedback, ticket=ticket, to=to, asked_at=at)


def find_feedback(connection: Connection, ticket: int) -> Feedback | None:
    """What was asked and said of a ticket."""
    row = connection.execute(select(feedback).where(feedback.c.ticket == ticket)).mappings().first()
    return Feedback(**row) if row else None


def give_once(connection: Connection, ticket: int, stars: int, comment: str, at: datetime) -> bool:
    """Keep what a partner says; False when they said it before."""
    fresh = (feedback.c.ticket == ticket, feedback.c.given_at.is_(None))
    values = {"stars": stars, "comment": comment, "given_at": at}
    return connection.execute(update(feedback).where(*fresh).values(**values)).rowcount == 1


def was_asked(connection: Connection, phone: str) -> bool:
    """Whether anything was ever asked of the owner of a phone (E.164)."""
    return connection.execute(select(feedback.c.ticket).where(feedback.c.to == phone).limit(1)).first() is not None


def asked_since(connection: Connection, phone: str, since: datetime) -> int:
    """How often the owner of a phone (E.164) was asked since then."""
    mine = (feedback.c.to == phone, feedback.c.asked_at >= since)
    return int(connection.execute(select(func.count()).select_from(feedback).where(*mine)).scalar_one())
