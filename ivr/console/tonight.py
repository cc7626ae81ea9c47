"""Tonight: who would be called now, at each level of each region, until when, and what needs a look."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, request
from flask.typing import ResponseReturnValue

from ivr.console.frame import page
from ivr.console.live import digest, is_seen
from ivr.console.notices import notices_of
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.console.where import ringing, where
from ivr.store.announcements import Entry, announcements_from
from ivr.store.attempts import AttemptRecord
from ivr.store.calls import CallRecord
from ivr.store.happening import answers_of_calls, critical_at_work, living_attempts_for, living_calls
from ivr.store.listing import partner_names
from ivr.store.tickets import find_tickets
from ivr.voice.caller import support_or_closed
from routing.configuration import Configuration
from routing.outlook import Outlook, outlook
from routing.regions import Region
from routing.tickets import Ticket

CALLS_SHOWN, TICKETS_SHOWN = 30, 12
CALL_MAY_LAST = timedelta(days=1)
"""A call that began longer ago is over, though nobody told us."""


@dataclass(frozen=True)
class Hours:
    """Regions that are open, or closed, until the same instant (UTC; None: for good)."""

    is_open: bool
    changes_at: datetime | None
    regions: tuple[Region, ...]


@dataclass(frozen=True)
class Card:
    """One policy with the regions whose calls it serves."""

    outlook: Outlook
    hours: tuple[Hours, ...]
    title: str


@dataclass(frozen=True)
class Caller:
    """A living call as it is shown."""

    call: CallRecord
    name: str
    where: str
    ticket: int | None


@page("/tonight", Role.VIEWER, menu="Tonight")
def tonight(visit: Visit) -> ResponseReturnValue:
    """Everything that matters at this moment, on one page."""
    body, said = live_part(visit)
    return render("tonight.html", body=body, seen=digest(body), said=said)


@page("/tonight/live", Role.VIEWER)
def tonight_live(visit: Visit) -> ResponseReturnValue:
    """The same without its frame, for the page that is open; nothing when nothing changed since it was `seen`."""
    body, said = live_part(visit)
    if is_seen(body):
        return Response(status=204)
    news = said if request.args.get("said") != said else ""
    return render("tonight_part.html", body=body, seen=digest(body), said=said, news=news)


def live_part(visit: Visit) -> tuple[str, str]:
    """The page's own content, and what is read out of it when that changes."""
    cards = cards_of(visit.configuration, visit.at)
    critical = critical_at_work(visit.connection, TICKETS_SHOWN + 1)
    outlooks = [card.outlook for card in cards]
    found = notices_of(visit, outlooks, critical)
    callers = callers_of(visit)
    alarms = sum(notice.alarm for notice in found)
    said = f"{counted(alarms, 'alarm')}, {counted(len(callers), 'call')}, {counted(len(critical), 'Critical ticket')}."
    body = render(
        "tonight_body.html",
        cards=cards,
        notices=found,
        callers=callers,
        announced=[entry for entry in announcements_from(visit.connection, visit.at) if is_heard(visit, entry)],
        critical=critical[:TICKETS_SHOWN],
        more=len(critical) > TICKETS_SHOWN,
        doing=doing(visit, critical),
    )
    return body, said


def is_heard(visit: Visit, entry: Entry) -> bool:
    """Whether callers of some region hear it now."""
    return entry.announcement.is_in_force(visit.at)


def counted(count: int, noun: str) -> str:
    """A number with its noun: `1 call`, `2 calls`, `no calls`."""
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def cards_of(known: Configuration, at: datetime) -> list[Card]:
    """One card a policy that regions use at an instant (UTC), in the order of the regions."""
    by_policy: dict[str, list[Region]] = {}
    for region in known.regions.values():
        by_policy.setdefault(known.policy_of(region.key).key, []).append(region)
    one = len(by_policy) == 1 and len(known.regions) > 1
    return [
        Card(
            outlook(known, known.policies[key], at),
            tuple(hours_of(regions, at)),
            f"All {len(regions)} regions" if one else ", ".join(region.name for region in regions),
        )
        for key, regions in by_policy.items()
    ]


def hours_of(regions: Sequence[Region], at: datetime) -> list[Hours]:
    """The regions, those together that change together; the open ones first."""
    found: dict[tuple[bool, datetime | None], list[Region]] = {}
    for region in regions:
        state = support_or_closed(region, at)
        found.setdefault((state.is_open, state.closes_at if state.is_open else state.opens_at), []).append(region)
    hours = [Hours(is_open, changes_at, tuple(alike)) for (is_open, changes_at), alike in found.items()]
    return sorted(hours, key=lambda one: not one.is_open)


def callers_of(visit: Visit) -> list[Caller]:
    """The calls that are not over."""
    living = living_calls(visit.connection, visit.at - CALL_MAY_LAST, CALLS_SHOWN)
    steps = answers_of_calls(visit.connection, (call.sid for call in living))
    names = partner_names(visit.connection, (call.partner for call in living))
    numbers = sorted({call.ticket for call in living if call.ticket is not None})
    tickets = {ticket.number: ticket for ticket in find_tickets(visit.connection, numbers)}
    rung, known = living_attempts_for(visit.connection, numbers), visit.configuration

    def where_is(call: CallRecord) -> str:
        return where(known, call, steps[call.sid], tickets.get(call.ticket or 0), of_ticket(rung, call.ticket))

    return [Caller(call, names.get(call.partner or "", ""), where_is(call), call.ticket) for call in living]


def of_ticket(attempts: Iterable[AttemptRecord], number: int | None) -> list[AttemptRecord]:
    """Those of these attempts that are for one ticket."""
    return [tried for tried in attempts if tried.ticket == number]


def doing(visit: Visit, critical: Sequence[Ticket]) -> dict[int, str]:
    """Who is being rung for each of some tickets, in words."""
    living = living_attempts_for(visit.connection, (ticket.number for ticket in critical))
    return {t.number: ringing(of_ticket(living, t.number)) for t in critical}
