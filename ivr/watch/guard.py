"""The guard: raises an alarm when a Critical ticket has neither an acknowledgement nor a live escalation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import Connection

from ivr.house import House
from ivr.paging.facts import Facts, read_facts
from ivr.paging.messages import region_name, summary
from ivr.paging.outbox import deliver
from ivr.paging.phone import Phone, PhoneFailed
from ivr.settings import Settings
from ivr.store.configuration import partner_by_number
from ivr.store.figures import ALARM, alarms_of, last_sign_of, open_critical
from ivr.store.messages import TextRecord
from ivr.store.tickets import find_tickets, log
from ivr.store.workers import DEAD_AFTER, living_workers
from routing.configuration import Configuration
from routing.escalation import ANSWERED_LIMIT, CARRIER_RING_EXTRA, QUEUE_LIMIT, Policy, managers_line
from routing.tickets import Ticket, TicketState

logger = structlog.get_logger()

LOOK_SECONDS = 5.0

NEVER_PAGED_SINCE = timedelta(days=1)
"""How far back tickets are looked at for which nobody ever began to page."""

MARGIN = timedelta(seconds=15)
"""A slow machine may take so long beyond the longest ring before the guard calls it quiet."""

AGAIN_AFTER = timedelta(minutes=15)
"""While a ticket stays unattended, its alarm is repeated this far apart, and never nearer."""


class Trouble(StrEnum):
    """Why nobody is being called for a Critical ticket, as managers read it."""

    NEVER_PAGED = "nobody began to call an engineer"
    NO_ESCALATION = "the calling of engineers broke off"
    NO_WORKER = "no paging worker is running"
    QUIET = "nothing happens any more, though an engineer should be ringing"


PATIENCE = {Trouble.NO_WORKER: timedelta(seconds=15), Trouble.QUIET: timedelta(seconds=3)}
"""How long a trouble must last before it is an alarm: a worker may be restarted. The others are alarms at once."""


@dataclass(frozen=True)
class Unattended:
    """A Critical ticket that nobody has and for which nobody is being called."""

    ticket: Ticket
    trouble: Trouble


def unattended(house: House, connection: Connection, at: datetime) -> Sequence[Unattended]:
    """The Critical tickets that have neither an acknowledgement nor a live escalation at `at`."""
    numbers = open_critical(connection, at - NEVER_PAGED_SINCE)
    if not numbers:
        return ()
    found = find_tickets(connection, numbers)
    configuration = house.configuration.current(connection)
    living = house.pager.living(ticket for ticket in found if ticket.state is TicketState.PAGING)
    has_worker = house.is_standby or bool(living_workers(connection, at - DEAD_AFTER))
    look = Look(house.settings, configuration, connection, at, has_worker, living)
    troubled = [Unattended(ticket, trouble) for ticket in found if (trouble := look.trouble(ticket)) is not None]
    # An escalation ends in a moment when its ticket is taken: whoever moved on since it was read is well.
    now = {ticket.number: ticket for ticket in find_tickets(connection, [one.ticket.number for one in troubled])}
    return [one for one in troubled if is_same(one.ticket, now.get(one.ticket.number))]


@dataclass(frozen=True)
class Look:
    """One look at all of them, at `at` (UTC). `living` are the tickets whose escalation lives, by number."""

    settings: Settings
    configuration: Configuration
    connection: Connection
    at: datetime
    has_worker: bool
    living: frozenset[int]

    def trouble(self, ticket: Ticket) -> Trouble | None:
        """Why nobody is being called for a Critical ticket that nobody has; None if somebody is."""
        if ticket.state is TicketState.OPEN:
            return Trouble.NEVER_PAGED if may_page(self.configuration, self.connection, ticket) else None
        if not self.has_worker:
            return Trouble.NO_WORKER
        if ticket.number not in self.living:
            return Trouble.NO_ESCALATION
        return Trouble.QUIET if self._is_quiet(ticket) else None

    def _is_quiet(self, ticket: Ticket) -> bool:
        policy = self.configuration.policy_of(ticket.region, ticket.policy)
        longest = self.settings.shortened(longest_quiet(policy)) + MARGIN
        if self.at - ticket.opened_at <= longest:
            return False  # it cannot be: opening it was a sign
        sign = last_sign_of(self.connection, ticket.number) or ticket.opened_at
        return self.at - sign > longest


def longest_quiet(policy: Policy) -> timedelta:
    """For how long an escalation may have nothing to tell: the longest ring, a pause, somebody who listens."""
    ring = max((level.ring_seconds for level in policy.levels), default=0)
    ringing = timedelta(seconds=ring) + CARRIER_RING_EXTRA + QUEUE_LIMIT
    return max(ringing, timedelta(seconds=policy.pause_seconds), ANSWERED_LIMIT)


def may_page(configuration: Configuration, connection: Connection, ticket: Ticket) -> bool:
    """Whether somebody is to be woken for this Critical ticket: not for a caller who is referred."""
    found = partner_by_number(connection, ticket.partner) if ticket.partner else None
    if found is None:
        return configuration.rules.page_unverified
    return found.partner.tier in configuration.rules.direct_tiers


def is_same(before: Ticket, now: Ticket | None) -> bool:
    """Whether a ticket is where it was: not taken, and in the same escalation."""
    return now is not None and (now.state, now.escalation) == (before.state, before.escalation)


class Guard:
    """Looks every few seconds, in every worker and every web process; of two that see one trouble, one tells."""

    def __init__(self, house: House) -> None:
        """Nothing was seen yet."""
        self._house, self._phone = house, Phone(house.settings)
        self._seen: dict[tuple[int, int, Trouble], datetime] = {}
        self._texts: list[str] = []

    def look(self) -> None:
        """Raise an alarm for whatever trouble lasted too long. Raises what the database raises."""
        self._send_what_waits()
        at = self._house.clock()
        try:
            with self._house.engine.connect() as connection:
                found = unattended(self._house, connection, at)
        except Exception:
            self._seen.clear()  # what was not seen all the time did not last
            raise
        for one in self._lasting(found, at):
            self._raise_alarm(one, at)

    def _lasting(self, found: Iterable[Unattended], at: datetime) -> Sequence[Unattended]:
        keyed = {(one.ticket.number, one.ticket.escalation, one.trouble): one for one in found}
        self._seen = {key: self._seen.get(key, at) for key in keyed}
        return [one for key, one in keyed.items() if at - self._seen[key] >= PATIENCE.get(one.trouble, timedelta())]

    def _raise_alarm(self, one: Unattended, at: datetime) -> None:
        number = one.ticket.number
        with self._house.engine.begin() as connection:
            facts = read_facts(self._house, connection, number)
            raised = alarms_of(connection, number)
            if facts is None or not is_same(one.ticket, facts.ticket) or (raised and at - raised[-1] < AGAIN_AFTER):
                return
            alarm = f"{ALARM}{len(raised) + 1}"
            log(connection, number, alarm, at, "alarm", one.trouble)
            texts = [*texts_for(facts, one.trouble, alarm)]
            for text in texts:
                self._house.pager.text(connection, text)
        self._texts += [text.key for text in texts]
        logger.critical(
            "nobody is being called for a Critical ticket",
            alarm=one.trouble.name.lower(),
            ticket=number,
            call=facts.ticket.call,
            escalation=facts.ticket.escalation,
        )

    def _send_what_waits(self) -> None:
        """Alarms that no worker sent since the last look are handed to the carrier from here."""
        for key in list(self._texts):
            try:
                deliver(self._house, self._phone, key)
                self._texts.remove(key)
            except PhoneFailed as failure:
                logger.warning("an alarm could not be sent yet", text=key, why=str(failure))


def texts_for(facts: Facts, trouble: Trouble, alarm: str) -> Iterable[TextRecord]:
    """What every manager with a phone is told."""
    ticket = facts.ticket
    caller = "" if ticket.is_monitoring else f"; the caller is {ticket.caller}"
    on_call = ", ".join(dict.fromkeys(person.name for line in facts.levels[:1] for person in line.candidates))
    body = (
        f"Nightline ALARM, CRITICAL {summary(ticket, region_name(facts))}: {trouble}. "
        f"Please call the engineer on call yourself ({on_call or 'nobody'}){caller}."
    )
    for manager in managers_line(facts.configuration.engineers.values()).candidates:
        key = f"{ticket.number}-{alarm}-{manager.person}"
        yield TextRecord(key, ticket.number, manager.phones[0], body, facts.at)
