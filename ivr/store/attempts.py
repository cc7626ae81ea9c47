"""Attempts: which phones were rung for a ticket, and what became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, func, or_, select, update

from ivr.store.once import insert_once
from ivr.store.tables import attempts
from routing.escalation import Attempt, Outcome, Ring

OF_TICKET = select(attempts).where(attempts.c.ticket == bindparam("of_ticket")).order_by(attempts.c.position)
"""Asked at each turn on hold, and so put together once."""


@dataclass(frozen=True)
class AttemptRecord:
    """One ringing of one phone as it is stored. `leg` is the carrier's call sid once it is known.

    `refused_at`: the carrier's API failed, and the caller's own leg may dial; `dialled_at`: it did; `unwanted_at`: its
    leg is to end, and its owner is not rung again before it has.
    """

    id: str
    ticket: int
    position: int
    round: int
    person: str
    name: str
    because: str
    phone: str
    ring_seconds: int
    decided_at: datetime
    tried_at: datetime | None = None
    refused_at: datetime | None = None
    dialled_at: datetime | None = None
    placed_at: datetime | None = None
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    listens_until: datetime | None = None
    fetched_at: datetime | None = None
    joined_at: datetime | None = None
    offered_at: datetime | None = None
    left_at: datetime | None = None
    paused_at: datetime | None = None
    helps: str | None = None
    link_used_at: datetime | None = None
    unwanted_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    leg: str | None = None

    def is_rung_by(self, leg: str, to: str) -> bool:
        """Whether a leg of the carrier rings this attempt's phone; true while its leg is not known yet."""
        return self.leg in (None, leg) or to == self.phone

    @property
    def is_unwanted(self) -> bool:
        """Whether its leg is to end; one on which somebody took the ticket is not."""
        return self.unwanted_at is not None and self.outcome is not Outcome.ACCEPTED

    @property
    def dropped_while_paused(self) -> bool:
        """Whether its person has the ticket, left the room for a moment, and never came back: their line dropped."""
        return bool(self.paused_at and self.ended_at) and self.outcome is Outcome.ACCEPTED

    def plain(self) -> Attempt:
        """The part of it that `routing.escalation` decides on."""
        return Attempt(
            id=self.id,
            round=self.round,
            person=self.person,
            phone=self.phone,
            ring_seconds=self.ring_seconds,
            tried_at=self.tried_at,
            placed_at=self.placed_at,
            ringing_at=self.ringing_at,
            answered_at=self.answered_at,
            listens_until=self.listens_until,
            outcome=self.outcome,
        )


def claim(
    connection: Connection,
    ticket: int,
    round_: int,
    ring: Ring,
    at: datetime,
    after: int = 0,
    helps: str | None = None,
) -> AttemptRecord | None:
    """Record that a phone is about to be rung, and so claim its owner. Positions come after `after`.

    `helps` is the engineer who asks this person to join, once the ticket is taken.

    None when the owner is on another call of ours, or another worker took this place in the ticket.
    """
    last = connection.execute(select(func.max(attempts.c.position)).where(attempts.c.ticket == ticket)).scalar_one()
    taken = max(last or 0, after)
    record = AttemptRecord(
        id=f"{ticket}-{taken + 1}",
        ticket=ticket,
        position=taken + 1,
        round=round_,
        person=ring.candidate.person,
        name=ring.candidate.name,
        because=ring.candidate.because,
        phone=ring.phone,
        ring_seconds=ring.ring_seconds,
        decided_at=at,
        helps=helps,
    )
    return record if insert_once(connection, attempts, **record.__dict__) else None


def ticket_of(id_: str) -> int:
    """The ticket that an attempt is for: its id begins with it. 0 for an id that is none of ours."""
    number = id_.split("-")[0]
    return int(number) if number.isdecimal() else 0


def insert_attempt(connection: Connection, attempt: AttemptRecord) -> bool:
    """Store an attempt that is known from elsewhere, once."""
    return insert_once(connection, attempts, **attempt.__dict__)


def find_attempt(connection: Connection, id_: str) -> AttemptRecord | None:
    """The attempt with this id."""
    row = connection.execute(select(attempts).where(attempts.c.id == id_)).mappings().first()
    return attempt_from(row) if row else None


def attempt_of_leg(connection: Connection, leg: str) -> AttemptRecord | None:
    """The attempt whose phone this leg of the carrier rings."""
    row = connection.execute(select(attempts).where(attempts.c.leg == leg)).mappings().first()
    return attempt_from(row) if row else None


def attempts_of(connection: Connection, ticket: int) -> Sequence[AttemptRecord]:
    """All attempts for a ticket in the order in which they were decided."""
    return [attempt_from(row) for row in connection.execute(OF_TICKET, {"of_ticket": ticket}).mappings()]


UNWANTED = attempts.c.unwanted_at.is_not(None)
"""Attempts whose leg is to end, or was once to end."""

IN_ROOM = or_(attempts.c.joined_at.is_not(None), attempts.c.helps.is_not(None))
"""Attempts of engineers who are or were in a room, and of colleagues."""


def begun_before(with_leg: datetime, without: datetime) -> ColumnElement[bool]:
    """Attempts that were tried, or else decided, before an instant: one for those with a leg, one without."""
    begun, has_leg = func.coalesce(attempts.c.tried_at, attempts.c.decided_at), attempts.c.leg.is_not(None)
    return or_(and_(has_leg, begun < with_leg), and_(~has_leg, begun < without))


def living_attempts(connection: Connection, only: ColumnElement[bool] | None = None) -> Sequence[AttemptRecord]:
    """Every attempt whose leg has not ended, for any ticket; with `only`, those of that kind."""
    query = select(attempts).where(attempts.c.ended_at.is_(None)).order_by(attempts.c.decided_at)
    query = query if only is None else query.where(only)
    return [attempt_from(row) for row in connection.execute(query).mappings()]


def busy_people(connection: Connection, ticket: int, people: Iterable[str]) -> frozenset[str]:
    """Those of these people who are on another call of ours than one that rings for this ticket."""
    elsewhere = or_(attempts.c.ticket != ticket, attempts.c.outcome.is_not(None), attempts.c.helps.is_not(None))
    lives = (attempts.c.ended_at.is_(None), attempts.c.person.in_(sorted(people)))
    return frozenset(connection.execute(select(attempts.c.person).where(*lives, elsewhere)).scalars())


def living_of(connection: Connection, ticket: int) -> Sequence[AttemptRecord]:
    """The attempts for a ticket whose leg has not ended."""
    return [attempt for attempt in attempts_of(connection, ticket) if attempt.ended_at is None]


def set_once(connection: Connection, id_: str, **values: Any) -> bool:
    """Set columns of an attempt that are still empty; state only moves forward. True when they were set."""
    empty = [attempts.c[name].is_(None) for name in values]
    changed = connection.execute(update(attempts).where(attempts.c.id == id_, *empty).values(**values))
    return changed.rowcount == 1


def claim_for_api(connection: Connection, id_: str) -> bool:
    """The worker is about to ask the API: until that fails, the caller's leg may not dial. False when it has."""
    changed = connection.execute(
        update(attempts).where(attempts.c.id == id_, attempts.c.dialled_at.is_(None)).values(refused_at=None)
    )
    return changed.rowcount == 1


def refuse(connection: Connection, id_: str, at: datetime) -> bool:
    """The API failed for a phone that may yet be rung: the caller's own leg may dial it. True unless it rings."""
    waiting = (attempts.c.dialled_at.is_(None), attempts.c.placed_at.is_(None), attempts.c.ended_at.is_(None))
    changed = connection.execute(update(attempts).where(attempts.c.id == id_, *waiting).values(refused_at=at))
    return changed.rowcount == 1


def claim_for_dial(connection: Connection, id_: str, at: datetime) -> bool:
    """The caller's own leg is about to dial this phone, which the API refused; True for whoever may."""
    waiting = (attempts.c[name].is_(None) for name in ("dialled_at", "placed_at", "unwanted_at", "ended_at", "leg"))
    changed = connection.execute(
        update(attempts)
        .where(attempts.c.id == id_, attempts.c.refused_at.is_not(None), *waiting)
        .values(dialled_at=at, placed_at=at)
    )
    return changed.rowcount == 1


def note_leg(connection: Connection, id_: str, leg: str) -> None:
    """A leg of the carrier says which attempt it rings: from now on no other attempt counts it as its own."""
    set_once(connection, id_, leg=leg)
    other = (attempts.c.leg == leg, attempts.c.id != id_, attempts.c.ended_at.is_(None))
    connection.execute(update(attempts).where(*other).values(leg=None, placed_at=None))


def legs_of_others(connection: Connection, id_: str, legs: Iterable[str]) -> frozenset[str]:
    """Those of these legs that are known to ring another attempt."""
    others = select(attempts.c.leg).where(attempts.c.leg.in_(list(legs)), attempts.c.id != id_)
    return frozenset(connection.execute(others).scalars())


def let_go(connection: Connection, id_: str, outcome: Outcome, at: datetime) -> None:
    """The leg of this attempt is to end, unless its person took the ticket meanwhile; an earlier outcome stands."""
    lives = attempts.c.ended_at.is_(None)
    taken = func.coalesce(attempts.c.outcome, "") == Outcome.ACCEPTED
    values = {
        "outcome": func.coalesce(attempts.c.outcome, outcome),
        "unwanted_at": func.coalesce(attempts.c.unwanted_at, at),
    }
    connection.execute(update(attempts).where(attempts.c.id == id_, lives, ~taken).values(**values))


def accepted(connection: Connection, id_: str) -> None:
    """The person on this leg has the ticket: it is wanted, also when it had had its time."""
    connection.execute(
        update(attempts)
        .where(attempts.c.id == id_, attempts.c.ended_at.is_(None))
        .values(outcome=Outcome.ACCEPTED, unwanted_at=None)
    )
    set_once(connection, id_, outcome=Outcome.ACCEPTED)


def listen_until(connection: Connection, id_: str, until: datetime) -> None:
    """Somebody on this leg pressed a key, and may listen at least so long."""
    later = or_(attempts.c.listens_until.is_(None), attempts.c.listens_until < until)
    connection.execute(update(attempts).where(attempts.c.id == id_, later).values(listens_until=until))


def pass_to_next(connection: Connection, id_: str, round_: int) -> None:
    """Whoever had the ticket hands it over: in this round they count as having passed."""
    connection.execute(update(attempts).where(attempts.c.id == id_).values(outcome=Outcome.DECLINED, round=round_))


def send_for(connection: Connection, id_: str, at: datetime) -> bool:
    """An engineer outside the room is sent for; True the first time. One who came in meanwhile is not."""
    outside = (attempts.c.joined_at.is_(None), attempts.c.fetched_at.is_(None))
    changed = connection.execute(update(attempts).where(attempts.c.id == id_, *outside).values(fetched_at=at))
    return changed.rowcount == 1


def enter_room(connection: Connection, id_: str, at: datetime) -> bool:
    """An engineer enters the room: whoever was sent for before, the caller is to be now. True the first time."""
    entering = {"joined_at": at, "fetched_at": None}
    outside = attempts.c.joined_at.is_(None)
    return connection.execute(update(attempts).where(attempts.c.id == id_, outside).values(**entering)).rowcount == 1


def return_to_room(connection: Connection, id_: str) -> bool:
    """An engineer who had left the room for a moment is back; True the first time."""
    paused = attempts.c.paused_at.is_not(None)
    back = {"paused_at": None, "left_at": None, "fetched_at": None}
    return connection.execute(update(attempts).where(attempts.c.id == id_, paused).values(**back)).rowcount == 1


def leave_room(connection: Connection, ticket: int, at: datetime) -> None:
    """The conversation in a ticket's room is over: whoever waited there does not any more."""
    in_room = (attempts.c.joined_at.is_not(None), attempts.c.left_at.is_(None))
    connection.execute(update(attempts).where(attempts.c.ticket == ticket, *in_room).values(left_at=at))


def end_attempt(connection: Connection, id_: str, outcome: Outcome, at: datetime) -> bool:
    """The leg is over: free its owner. An outcome that was decided before stands. True the first time."""
    set_once(connection, id_, outcome=outcome)
    return set_once(connection, id_, ended_at=at)


def attempt_from(row: RowMapping) -> AttemptRecord:
    """An attempt from a whole row of the table."""
    values = dict(row)
    values["outcome"] = Outcome(values["outcome"]) if values["outcome"] else None
    return AttemptRecord(**values)
