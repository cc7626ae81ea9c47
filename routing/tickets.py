"""A ticket's life: which event takes it from which state to which."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from routing.screening import SPOKEN_SYMPTOM, Symptom
from routing.service import ClassOfService


class TicketState(StrEnum):
    """Where a ticket stands."""

    OPEN = "open"
    PAGING = "paging"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    CLOSED = "closed"


class TicketEvent(StrEnum):
    """What can happen to a ticket.

    DROP: whoever had a Critical ticket has it no more, and the page goes on. RELEASE: the same for a Standard one, for
    which nobody is called. CONFIRM, UPGRADE, DOWNGRADE: the engineer judged the class of service (art. 16.8); the
    state stays. A ticket that pages is taken before it is judged: until then its caller may wait for somebody.
    RECOVER: the monitoring says that the problem is over, and nobody had touched the ticket (art. 18).
    """

    PAGE = "page"
    ACKNOWLEDGE = "acknowledge"
    DROP = "drop"
    RELEASE = "release"
    CONFIRM = "confirm"
    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    RESOLVE = "resolve"
    CLOSE = "close"
    RECOVER = "recover"


LIFE: dict[tuple[TicketState, TicketEvent], TicketState] = {
    (TicketState.OPEN, TicketEvent.PAGE): TicketState.PAGING,
    (TicketState.OPEN, TicketEvent.ACKNOWLEDGE): TicketState.ACKNOWLEDGED,
    (TicketState.OPEN, TicketEvent.CONFIRM): TicketState.OPEN,
    (TicketState.OPEN, TicketEvent.UPGRADE): TicketState.OPEN,
    (TicketState.OPEN, TicketEvent.RESOLVE): TicketState.RESOLVED,
    (TicketState.OPEN, TicketEvent.CLOSE): TicketState.CLOSED,
    (TicketState.OPEN, TicketEvent.RECOVER): TicketState.CLOSED,
    (TicketState.PAGING, TicketEvent.ACKNOWLEDGE): TicketState.ACKNOWLEDGED,
    (TicketState.PAGING, TicketEvent.RECOVER): TicketState.CLOSED,
    (TicketState.ACKNOWLEDGED, TicketEvent.DROP): TicketState.PAGING,
    (TicketState.ACKNOWLEDGED, TicketEvent.RELEASE): TicketState.OPEN,
    (TicketState.ACKNOWLEDGED, TicketEvent.CONFIRM): TicketState.ACKNOWLEDGED,
    (TicketState.ACKNOWLEDGED, TicketEvent.UPGRADE): TicketState.ACKNOWLEDGED,
    (TicketState.ACKNOWLEDGED, TicketEvent.DOWNGRADE): TicketState.ACKNOWLEDGED,
    (TicketState.ACKNOWLEDGED, TicketEvent.RESOLVE): TicketState.RESOLVED,
    (TicketState.RESOLVED, TicketEvent.CONFIRM): TicketState.RESOLVED,
    (TicketState.RESOLVED, TicketEvent.UPGRADE): TicketState.RESOLVED,
    (TicketState.RESOLVED, TicketEvent.DOWNGRADE): TicketState.RESOLVED,
    (TicketState.RESOLVED, TicketEvent.CLOSE): TicketState.CLOSED,
}


def after(state: TicketState, event: TicketEvent) -> TicketState | None:
    """The state that follows, or None for a late event, which is ignored by rule."""
    return LIFE.get((state, event))


def states_before(event: TicketEvent) -> tuple[TicketState, ...]:
    """The states in which an event counts: what a conditional update asks for."""
    return tuple(state for state, happened in LIFE if happened is event)


def state_after(event: TicketEvent) -> TicketState | None:
    """The one state that an event leads to wherever it counts; None for an event after which the state stays."""
    afters = {LIFE[state, event] for state in states_before(event) if LIFE[state, event] is not state}
    return next(iter(afters), None)


@dataclass(frozen=True)
class Ticket:
    """What is known of a ticket. Instants are UTC; `caller` is as the carrier sent it.

    `response_due_at` is None for a Critical ticket opened outside support hours: it is answered by phone at
    once (art. 16.3). `responded_at` is when somebody had it first, `acknowledged_at` when whoever has it took it.
    `answers` maps the questions asked to the keys pressed; `article` decided the verdict.
    `incident` is the ticket that is paged for this one too; `told_at` is when its engineer was told of this one.
    `problem` is what the monitoring says in a few words; `policy` is rung instead of the region's, if it is not empty.
    """

    number: int
    call: str | None
    region: str
    partner: str | None
    partner_name: str
    class_of_service: ClassOfService
    symptom: Symptom
    article: str
    answers: Mapping[str, str]
    caller: str
    called: str
    pbx: str
    verified: bool
    state: TicketState
    opened_at: datetime
    response_due_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_via: str | None = None
    responded_at: datetime | None = None
    escalation: int = 0
    round: int = 1
    ring_first: str | None = None
    missed_join: bool = False
    turn: int = 0
    incident: int | None = None
    told_at: datetime | None = None
    problem: str = ""
    policy: str = ""

    @property
    def is_critical(self) -> bool:
        """Whether this ticket pages."""
        return self.class_of_service is ClassOfService.CRITICAL

    @property
    def is_monitoring(self) -> bool:
        """Whether the monitoring opened it: nobody waits on the line (art. 18)."""
        return self.symptom is Symptom.MONITORING

    @property
    def what(self) -> str:
        """What is wrong, in words."""
        return self.problem or SPOKEN_SYMPTOM[self.symptom]

    @property
    def who(self) -> str:
        """Whose ticket it is, in words; the number of a caller whom nobody recognised, as the carrier sent it."""
        return self.partner_name or (f"PBX {self.pbx}" if self.is_monitoring and self.pbx else self.caller)
