"""What an escalation looks at before each move: one reading of the database and of the clock."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection
from structlog.contextvars import bind_contextvars

from ivr.house import House
from ivr.store import attempts, calls, tickets
from ivr.store.attempts import AttemptRecord
from ivr.store.calls import CallRecord
from routing.configuration import Configuration
from routing.escalation import (
    Attempt,
    Candidate,
    Line,
    Policy,
    last_resort,
    managers_line,
    put_first,
)
from routing.tickets import Ticket


@dataclass(frozen=True)
class Facts:
    """A ticket with all that its escalation knows at `at` (UTC). Colleagues who are asked to join are only busy.

    `busy` are those who may be rung for it and are on another call of ours.
    """

    ticket: Ticket
    configuration: Configuration
    attempts: tuple[AttemptRecord, ...]
    call: CallRecord | None
    busy: frozenset[str]
    at: datetime

    @property
    def policy(self) -> Policy:
        """The escalation policy of the ticket, or of its region."""
        return self.configuration.policy_of(self.ticket.region, self.ticket.policy)

    @property
    def caller_id(self) -> str:
        """The number that the engineers see: the one that the partner dialled, when it is ours."""
        region = self.configuration.regions.get(self.ticket.region, self.configuration.default_region)
        return region.number

    @cached_property
    def levels(self) -> tuple[Line, ...]:
        """The policy's levels resolved to people, now."""
        return self.configuration.people_at(self.policy, self.at, self.ticket.turn)

    @cached_property
    def fallback(self) -> tuple[Line, ...]:
        """The levels of the policy that is rung when nobody of this ticket's own can be, now."""
        return self.configuration.people_at(self.configuration.fallback_policy, self.at)

    @cached_property
    def managers(self) -> Line:
        """The managers, who are rung last."""
        return managers_line(self.configuration.engineers.values())

    @property
    def may_be_rung(self) -> frozenset[str]:
        """Everybody who may be rung for this ticket in any round, by key."""
        lines = (*self.levels, *self.fallback, self.managers)
        first = {self.ticket.ring_first} if self.ticket.ring_first else set()
        return frozenset(first | {one.person for line in lines for one in line.candidates})

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Whom to ring in this round, managers and a dropped engineer included."""
        lines = last_resort(self.levels, self.fallback, self.managers, self.ticket.round, self.policy, self.busy)
        first = self.candidate(self.ticket.ring_first) if self.ticket.ring_first else None
        return put_first(lines, first) if first else lines

    @property
    def caller_is_gone(self) -> bool:
        """Whether there is no caller's leg any more."""
        return self.call is None or self.call.ended_at is not None

    def candidate(self, person: str) -> Candidate | None:
        """A person who can be rung, by key or duty phone; None without a phone."""
        phones = self.configuration.phones_of(person)
        return Candidate(person, self.configuration.name_of(person), phones, "took the ticket") if phones else None

    def living(self) -> tuple[AttemptRecord, ...]:
        """The attempts whose leg has not ended."""
        return tuple(attempt for attempt in self.attempts if attempt.ended_at is None)


def read_facts(house: House, connection: Connection, number: int) -> Facts | None:
    """Everything about a ticket's escalation, which nobody changes until the transaction ends; None without ticket."""
    ticket = tickets.hold_ticket(connection, number)
    if ticket is None:
        return None
    bind_contextvars(ticket=number, call=ticket.call)
    facts = Facts(
        ticket=ticket,
        configuration=house.configuration.current(connection),
        attempts=tuple(tried for tried in attempts.attempts_of(connection, number) if tried.helps is None),
        call=calls.find_call(connection, ticket.call) if ticket.call else None,
        busy=frozenset(),
        at=house.clock(),
    )
    return replace(facts, busy=attempts.busy_people(connection, number, facts.may_be_rung))


def at_pace(records: Iterable[AttemptRecord], at: datetime, pace: float) -> tuple[Attempt, ...]:
    """Attempts as `routing` sees them; in a rehearsal their past seems longer ago by the pace."""

    def ago(instant: datetime | None) -> datetime | None:
        return at - (at - instant) * pace if instant is not None else None

    plain = (record.plain() for record in records)
    if pace == 1:
        return tuple(plain)
    return tuple(
        replace(
            attempt,
            placed_at=ago(attempt.placed_at),
            ringing_at=ago(attempt.ringing_at),
            answered_at=ago(attempt.answered_at),
            listens_until=ago(attempt.listens_until),
        )
        for attempt in plain
    )
