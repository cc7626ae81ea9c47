"""What needs a look tonight: whatever would keep a call from reaching somebody, the worst first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for

from ivr.console.roles import Role
from ivr.console.shown import minutes
from ivr.console.visit import Visit
from ivr.status_page.reading import is_stale
from ivr.store.absences import absences_from
from ivr.store.deliveries import DeliveryState, counts_of
from ivr.store.feed_state import find_feed_state
from ivr.store.figures import newest_beat
from ivr.store.happening import refused_since
from ivr.store.optouts import stopped_phones
from ivr.store.workers import DEAD_AFTER
from ivr.watch.guard import unattended
from routing.coverage import findings_of
from routing.escalation import Candidate, managers_line
from routing.outlook import Outlook
from routing.tickets import Ticket, TicketState
from schedules.coverage import Finding, FindingKind

PAGE = "console.announcements"
AHEAD, OF_LATE = timedelta(days=7), timedelta(days=1)
CARRIER_FAILS = timedelta(minutes=15)
"""A phone that the carrier refused is worth a warning for so long."""

SHOWN = frozenset(
    {
        FindingKind.GAP,
        FindingKind.NO_ONE,
        FindingKind.NO_PHONE,
        FindingKind.INACTIVE,
        FindingKind.ON_LEAVE,
        FindingKind.CALENDAR,
    }
)


@dataclass(frozen=True)
class Notice:
    """One thing that needs a look. `alarm`: a call would suffer now. `href` leads to where it is seen to.

    `starts_at` (UTC) is None for what is so already; `ends_at` is None where no end is known.
    """

    text: str
    alarm: bool = False
    href: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def notices_of(visit: Visit, outlooks: Sequence[Outlook], critical: Sequence[Ticket]) -> list[Notice]:
    """Everything, alarms first."""
    found = [
        *_nobody_has(visit, critical),
        *_workers(visit),
        *_levels(outlooks),
        *_managers(visit),
        *_carrier(visit),
        *_stopped(visit, outlooks),
        *_status_page(visit),
        *_ahead(visit),
        *_out(visit),
    ]
    return sorted(found, key=lambda notice: not notice.alarm)


def _nobody_has(visit: Visit, critical: Sequence[Ticket]) -> Iterator[Notice]:
    waiting = [ticket for ticket in critical if is_nobodys(ticket)]
    found = unattended(visit.house, visit.connection, visit.at) if waiting else ()
    troubles: dict[int, str] = {one.ticket.number: one.trouble for one in found}
    for ticket in waiting:
        calling = "engineers are being called" if ticket.state is TicketState.PAGING else "nobody is called"
        why, age = troubles.get(ticket.number, calling), minutes(visit.at - ticket.opened_at)
        href = url_for("console.ticket", number=ticket.number)
        yield Notice(f"Nobody has Critical ticket {ticket.number} ({age}): {why}.", True, href)


def is_nobodys(ticket: Ticket) -> bool:
    """Whether nobody has a Critical ticket, and no other page serves it."""
    return ticket.state is TicketState.PAGING or (ticket.state is TicketState.OPEN and ticket.incident is None)


def _workers(visit: Visit) -> Iterator[Notice]:
    beat = newest_beat(visit.connection)
    if beat is None:
        yield Notice("No paging worker is running: nobody would be called. Start one: nightline worker.", True)
    elif visit.at - beat > DEAD_AFTER:
        silent = minutes(visit.at - beat)
        yield Notice(f"The paging workers are silent ({silent}): nobody would be called.", True)


def _levels(outlooks: Sequence[Outlook]) -> Iterator[Notice]:
    for found in outlooks:
        for number, step in enumerate(found.steps, start=1):
            if not step.people:
                yield Notice(f"Nobody is on level {number} of {found.policy.name} now: it is skipped.", True)


def _managers(visit: Visit) -> Iterator[Notice]:
    if not managers_line(visit.configuration.engineers.values()).candidates:
        yield Notice("No manager has a phone: nobody is told when a page stays unanswered.", True)


def _carrier(visit: Visit) -> Iterator[Notice]:
    count, last = refused_since(visit.connection, visit.at - CARRIER_FAILS)
    if last is not None:
        phones = "a phone" if count == 1 else f"{count} phones"
        yield Notice(f"The carrier did not ring {phones} of ours, the last one {minutes(visit.at - last)} ago.", True)


def _stopped(visit: Visit, outlooks: Sequence[Outlook]) -> Iterator[Notice]:
    stopped = stopped_phones(visit.connection)
    for person in people_of(outlooks) if stopped else ():
        if stopped & set(person.phones):
            yield Notice(f"{person.name} texted STOP: rung all the same, but without texts until they text START.")


def _status_page(visit: Visit) -> Iterator[Notice]:
    state = find_feed_state(visit.connection)
    if state is not None and visit.house.settings.status_url is not None and is_stale(visit.house, state, visit.at):
        since = f"for {minutes(visit.at - state.read_at)}" if state.read_at else "yet"
        yield Notice(f"The status page was not read {since}: what it says is not announced.", href=url_for(PAGE))


def people_of(outlooks: Sequence[Outlook]) -> list[Candidate]:
    """Everybody who would be rung now, each once."""
    found = (turn.candidate for policy in outlooks for step in policy.steps for turn in step.people)
    return list({person.person: person for person in found}.values())


def _ahead(visit: Visit) -> Iterator[Notice]:
    for finding in findings_of(visit.configuration, absences_from(visit.connection, visit.at), visit.at, AHEAD):
        if finding.kind in SHOWN:
            yield _of(visit, finding)


def _out(visit: Visit) -> Iterator[Notice]:
    for target, counts in sorted(counts_of(visit.connection, visit.at - OF_LATE).items()):
        if failed := counts.get(DeliveryState.FAILED, 0):
            href = url_for("console.deliveries", target=target, state=DeliveryState.FAILED)
            what = "A delivery" if failed == 1 else f"{failed} deliveries"
            yield Notice(f"{what} to {target} failed since yesterday.", href=href if visit.may(Role.MANAGER) else "")


def _of(visit: Visit, finding: Finding) -> Notice:
    now = finding.starts_at <= visit.at
    unrung = now and finding.kind is not FindingKind.ON_LEAVE  # somebody on leave is rung all the same
    href = url_for("console.rota", key=finding.rota) if finding.rota else ""
    return Notice(finding.text, unrung, href, None if now else finding.starts_at, finding.ends_at)
