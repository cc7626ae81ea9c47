"""The counts of a soak: what was promised to callers, and what the database and the carrier have of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Connection, select

from ivr.rehearsal.carrier import Carrier
from ivr.rehearsal.leg import Leg
from ivr.store.tables import attempts, messages, ticket_log, tickets
from routing.service import ClassOfService
from routing.tickets import TicketState
from tests.faults.soak_faults import Happened
from tests.faults.soak_people import Spoken

RECORDING = timedelta(seconds=2)
"""Around the instant at which a leg began: the request was under way, or not recorded yet."""

CALLING = timedelta(seconds=15)
"""From the first ring of a caller's call to its ticket, on a machine with much to do."""

AWAY = frozenset({"database stopped", "tables locked", "all killed"})
"""What sends a web machine to its standby, which knows only what that machine has seen."""

CUT_OFF = AWAY | {"worker killed", "api hangs"}
"""What comes between a request to the carrier and its record."""

REPEATS = "took the ticket"
"""Whoever took a ticket is rung again for its caller: that is no double."""

RARER = frozenset(
    {
        "joined incident",
        "left incident",
        "handed over",
        "engineer back",
        "colleague asked",
        "colleague joined",
        "line dropped",
        "paging began anew",
    }
)
"""Events of a timeline that are counted by name."""


@dataclass
class Counts:
    """What is printed in the end. Lists hold a line for each case."""

    tickets_expected: int = 0
    tickets_found: int = 0
    pages_expected: int = 0
    pages_found: int = 0
    served_by_incident: int = 0
    happened: Counter[str] = field(default_factory=Counter)
    excepted: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)


class Counting:
    """Counts once everything is quiet."""

    def __init__(self, connection: Connection, carrier: Carrier, faults: Iterable[Happened]) -> None:
        self._connection, self._carrier, self._faults = connection, carrier, list(faults)
        self._tickets = {row.number: row for row in connection.execute(select(tickets))}
        self._attempts = {row.id: row for row in connection.execute(select(attempts))}
        self.counts = Counts()

    def count(self, spoken: list[Spoken]) -> Counts:
        """Everything, in order."""
        self._count_tickets(spoken)
        self._count_pages()
        self._count_rings()
        self._count_owners(spoken)
        self._count_what_happened()
        return self.counts

    def _count_tickets(self, spoken: list[Spoken]) -> None:
        counts, told = self.counts, {said.number for said in spoken}
        counts.tickets_expected, counts.tickets_found = len(told), len(told & set(self._tickets))
        counts.losses += [f"ticket {number} was spoken and is not there" for number in told - set(self._tickets)]

    def _count_pages(self) -> None:
        rung = {self._attempts[id_].ticket for _, id_ in self._legs() if id_ in self._attempts}
        for number, ticket in self._tickets.items():
            if ticket.class_of_service != ClassOfService.CRITICAL:
                continue
            if ticket.incident is not None and ticket.state == TicketState.OPEN:
                self._count_in_incident(number, ticket.incident)
                continue
            self.counts.pages_expected += 1
            by_text = ticket.acknowledged_via == "text"  # which needs no ring: somebody who was busy is texted
            taken = ticket.state == TicketState.ACKNOWLEDGED and (by_text or number in rung)
            self.counts.pages_found += taken
            if not taken:
                self.counts.losses += [f"ticket {number} is {ticket.state}, rung: {number in rung}"]

    def _count_in_incident(self, number: int, lead: int) -> None:
        """A ticket that waits for the page of another one: that one's must have been found."""
        self.counts.served_by_incident += 1
        served = lead in self._tickets and self._tickets[lead].state == TicketState.ACKNOWLEDGED
        self.counts.losses += [] if served else [f"ticket {number} waits for incident {lead}, which nobody has"]

    def _count_what_happened(self) -> None:
        """How often the rarer things occurred, and how many texts were written."""
        lines = self._connection.execute(select(ticket_log.c.event)).scalars()
        self.counts.happened = Counter(event for event in lines if event in RARER)
        self.counts.happened["texts"] = len(self._connection.execute(select(messages.c.key)).all())
        self.counts.happened["texts that took a ticket"] = sum(
            ticket.acknowledged_via == "text" for ticket in self._tickets.values()
        )

    def _count_rings(self) -> None:
        """A number that rang twice in a round of a ticket."""
        rings: dict[tuple[int, int, str], list[tuple[Leg, str]]] = defaultdict(list)
        for leg, id_ in self._legs():
            attempt = self._attempts.get(id_)
            if attempt is not None and attempt.because != REPEATS and attempt.helps is None:
                rings[attempt.ticket, attempt.round, attempt.phone].append((leg, id_))
        for (ticket, round_, phone), legs in rings.items():
            for (before, first), (after, second) in pairwise(legs):
                what = (
                    f"{phone} rang twice in round {round_} of {ticket} ({told(before, first)}, {told(after, second)})"
                )
                if first == second:
                    begun = before.started_at, after.started_at
                    self._sort(what, CUT_OFF, *((at - RECORDING, at + RECORDING) for at in begun))
                else:
                    self._sort(what, AWAY, (before.started_at, after.started_at))

    def _count_owners(self, spoken: list[Spoken]) -> None:
        """A call with two tickets, and a ticket that two people took."""
        of_call: dict[Leg, list[int]] = defaultdict(list)
        for said in spoken:
            of_call[said.leg].append(said.number)
        for leg, numbers in of_call.items():
            if len(numbers) > 1:
                what = f"two tickets for one call: {numbers}"
                self._sort(what, AWAY, (leg.started_at, leg.started_at + CALLING))
        for row in self._connection.execute(select(ticket_log).where(ticket_log.c.event == "taken twice")):
            self.counts.excepted.append(f"ticket {row.ticket}: {row.detail}")

    def _sort(self, what: str, kinds: frozenset[str], *times: tuple[datetime, datetime]) -> None:
        """Excepted, and counted, is what such a fault came between; anything else is a double."""
        suspects = [fault for fault in self._faults if fault.kind in kinds]
        causes = {f.kind for f in suspects for since, until in times if f.began <= until and since <= f.ended}
        if causes:
            self.counts.excepted.append(f"{what}: {', '.join(sorted(causes))}")
        else:
            self.counts.doubles.append(what)

    def _legs(self) -> list[tuple[Leg, str]]:
        """Every leg to an engineer, by age, with the attempt that it was rung for."""
        found = []
        for leg in self._carrier.legs.values():
            script = self._carrier.scripts.get(leg.sid)
            url = (script.status_callback or "") if script and leg.direction != "inbound" else ""
            if "attempt=" in url:
                found.append((leg, url.split("attempt=")[1]))
        return found


def told(leg: Leg, attempt: str) -> str:
    """A ring as it is printed."""
    return f"{attempt} {leg.direction} at {leg.started_at:%H:%M:%S}"
