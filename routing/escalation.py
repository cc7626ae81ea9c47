"""Whom to ring next: the escalation policy, who is on call, and what has been tried."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from routing.people import Engineer, name_of
from schedules.rota import Rota, who_is_on_call

CARRIER_RING_EXTRA = timedelta(seconds=5)
"""A carrier may let a phone ring this much longer than it was asked to."""

ANSWERED_LIMIT = timedelta(seconds=60)
"""How long somebody who answered may listen before the next person is rung; each key gives it anew."""

LISTENING_LIMIT = timedelta(minutes=5)
"""How long somebody may listen with all keys and messages: whoever only plays with the keys keeps nobody waiting."""

QUEUE_LIMIT = timedelta(seconds=60)
"""How long a call may stay queued at the carrier before the next person is rung."""


class TargetKind(StrEnum):
    """What a level can name."""

    ROTA = "rota"
    ENGINEER = "engineer"
    PHONE = "phone"


@dataclass(frozen=True)
class Target:
    """A rota's on-call engineers, a named engineer, or a duty phone (`key` is then E.164)."""

    kind: TargetKind
    key: str


class Order(StrEnum):
    """Who of a level is rung first: always the same, or another person with each ticket."""

    ROTA = "rota"
    ROUND_ROBIN = "round_robin"


@dataclass(frozen=True)
class Level:
    """One level: who is rung, for how many seconds each, whether all at once, and who first."""

    targets: tuple[Target, ...]
    ring_seconds: int = 20
    together: bool = False
    order: Order = Order.ROTA


@dataclass(frozen=True)
class Policy:
    """Ordered levels. After `repeat` rounds managers are rung too, and rounds go on `pause_seconds` apart."""

    key: str
    name: str
    levels: tuple[Level, ...]
    repeat: int = 2
    pause_seconds: int = 60

    @property
    def takes_turns(self) -> bool:
        """Whether it matters which turn a ticket has: some level is rung round robin."""
        return any(level.order is Order.ROUND_ROBIN for level in self.levels)

    @property
    def rotas(self) -> frozenset[str]:
        """The rotas that it rings, by key."""
        targets = (target for level in self.levels for target in level.targets)
        return frozenset(target.key for target in targets if target.kind is TargetKind.ROTA)


@dataclass(frozen=True)
class Candidate:
    """Somebody to ring, and why. `person` is an engineer's key, or the number of a duty phone."""

    person: str
    name: str
    phones: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class Line:
    """A level whose targets have been resolved to people at one instant."""

    candidates: tuple[Candidate, ...]
    ring_seconds: int
    together: bool = False


class Outcome(StrEnum):
    """How an attempt ended."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    NOT_ACCEPTED = "not_accepted"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True)
class Attempt:
    """One ringing of one phone. Instants are UTC, None until they come; `outcome` is None while it lives."""

    id: str
    round: int
    person: str
    phone: str
    ring_seconds: int = 20
    tried_at: datetime | None = None
    placed_at: datetime | None = None
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    listens_until: datetime | None = None
    outcome: Outcome | None = None

    @property
    def never_rang(self) -> bool:
        """Whether it was called off before the carrier was asked: that is no try."""
        return self.outcome is Outcome.CANCELED and self.tried_at is None and self.placed_at is None


@dataclass(frozen=True)
class Ring:
    """Ring this phone of this candidate now."""

    candidate: Candidate
    phone: str
    ring_seconds: int


@dataclass(frozen=True)
class Place:
    """An attempt was decided but never reached the carrier: place it now."""

    attempt: Attempt


@dataclass(frozen=True)
class Wait:
    """A phone is ringing: nothing to do before `until`."""

    until: datetime


@dataclass(frozen=True)
class GiveUp:
    """This attempt has had its time: end its leg."""

    attempt: Attempt


@dataclass(frozen=True)
class RoundOver:
    """Nobody is left to ring in this round. `all_busy`: there were people, all on other calls."""

    all_busy: bool


Move = Ring | Place | Wait | GiveUp | RoundOver


def people_at(
    policy: Policy, rotas: Mapping[str, Rota], engineers: Mapping[str, Engineer], at: datetime, turn: int = 0
) -> tuple[Line, ...]:
    """Resolve a policy's levels to people at one instant (UTC). A level with nobody is an empty line.

    A level that is rung round robin begins with its person number `turn`, counted from 0 and around.
    """

    def people(level: Level) -> tuple[Candidate, ...]:
        found = _once(one for target in level.targets for one in _candidates(target, rotas, engineers, at))
        first = turn % len(found) if found and level.order is Order.ROUND_ROBIN else 0
        return found[first:] + found[:first]

    return tuple(Line(people(level), level.ring_seconds, level.together) for level in policy.levels)


def managers_line(engineers: Iterable[Engineer], ring_seconds: int = 20) -> Line:
    """The level of last resort: every active manager, in the order of the configuration."""
    managers = (one for one in engineers if one.manager and one.active and one.phones)
    return Line(tuple(Candidate(one.key, one.name, one.phones, "manager") for one in managers), ring_seconds)


def last_resort(
    lines: tuple[Line, ...],
    fallback: tuple[Line, ...],
    managers: Line,
    round_: int,
    policy: Policy,
    busy: frozenset[str],
) -> tuple[Line, ...]:
    """Add the fallback policy's people when nobody else can be rung, and the managers then and after the repeats."""
    nobody = not any(person.person not in busy for line in lines for person in line.candidates)
    if nobody:
        return (*lines, *fallback, managers)
    return (*lines, managers) if round_ > policy.repeat else lines


def put_first(lines: tuple[Line, ...], candidate: Candidate) -> tuple[Line, ...]:
    """Ring this person before everybody else: whoever had the caller on the line when it dropped."""
    ring_seconds = lines[0].ring_seconds if lines else 20
    rest = (
        replace(line, candidates=tuple(other for other in line.candidates if other.person != candidate.person))
        for line in lines
    )
    return (Line((candidate,), ring_seconds), *rest)


def next_move(
    lines: tuple[Line, ...], attempts: tuple[Attempt, ...], round_: int, busy: frozenset[str], at: datetime
) -> Move:
    """Decide the next move of an escalation, from facts alone; asking twice gives the same answer.

    All phones of a person come before the next person, no number is rung twice in a round, a person who
    declined is left alone until the next one, and people in `busy` (on another call of ours) are passed
    over. `attempts` are all of this ticket's; `round_` counts from 1; `at` is UTC.
    """
    living = tuple(attempt for attempt in attempts if attempt.outcome is None)
    for attempt in living:
        if attempt.placed_at is None:
            return Place(attempt)
        if deadline(attempt) <= at:
            return GiveUp(attempt)
    tried = tuple(attempt for attempt in attempts if attempt.round == round_ and not attempt.never_rang)
    ring = next(_rings(lines, tried, living, busy), None)
    if ring is not None:
        return ring
    if living:
        return Wait(min(deadline(attempt) for attempt in living))
    people = [person.person for line in lines for person in line.candidates]
    return RoundOver(all_busy=bool(people) and all(person in busy for person in people))


def deadline(attempt: Attempt) -> datetime:
    """When a placed attempt has had its time: counted from its ringing, since a call may be queued first."""
    assert attempt.placed_at is not None
    if attempt.answered_at is not None:
        return max(attempt.answered_at + ANSWERED_LIMIT, attempt.listens_until or attempt.answered_at)
    ring = timedelta(seconds=attempt.ring_seconds) + CARRIER_RING_EXTRA
    if attempt.ringing_at is not None:
        return attempt.ringing_at + ring
    return attempt.placed_at + ring + QUEUE_LIMIT


def _rings(
    lines: tuple[Line, ...], tried: tuple[Attempt, ...], living: tuple[Attempt, ...], busy: frozenset[str]
) -> Iterator[Ring]:
    """What may be rung now, in order. A line that rings one after the other waits for its living attempt."""
    numbers = {attempt.phone for attempt in tried}
    declined = {attempt.person for attempt in tried if attempt.outcome is Outcome.DECLINED}
    ringing = {attempt.person for attempt in living}
    for line in lines:
        on_this_line = any(person.person in ringing for person in line.candidates)
        if ringing and not (line.together and on_this_line):
            if on_this_line:
                return
            continue
        for candidate in line.candidates:
            if candidate.person in declined | busy | ringing:
                continue
            for phone in candidate.phones:
                if phone not in numbers:
                    yield Ring(candidate, phone, line.ring_seconds)
                    break


def _candidates(
    target: Target, rotas: Mapping[str, Rota], engineers: Mapping[str, Engineer], at: datetime
) -> Iterator[Candidate]:
    if target.kind is TargetKind.PHONE:
        yield Candidate(target.key, "the duty phone", (target.key,), "duty phone")
        return
    if target.kind is TargetKind.ROTA:
        on_call = who_is_on_call(rotas[target.key], at)
        named = [(shift.engineer, shift.reason.told(lambda key: name_of(engineers, key))) for shift in on_call]
    else:
        named = [(target.key, "named in the policy")]
    for key, because in named:
        engineer = engineers.get(key)
        if engineer is not None and engineer.active and engineer.phones:
            yield Candidate(engineer.key, engineer.name, engineer.phones, because)


def _once(people: Iterable[Candidate]) -> tuple[Candidate, ...]:
    first: dict[str, Candidate] = {}
    for person in people:
        first.setdefault(person.person, person)
    return tuple(first.values())
