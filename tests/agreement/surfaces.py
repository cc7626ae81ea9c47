"""Who is on call, as each place that tells it works it out once the configuration is loaded.

To hold another one to the same answer, write a function here and list it in SURFACES.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from ivr.api.on_call import on_call_of
from ivr.api.rotas import schedule_of
from ivr.calendars.feed import GAP, Feed, feed_of_engineer, feed_of_rota
from ivr.console.asked import Asked
from ivr.console.rota import now_and_next
from ivr.console.tonight import cards_of
from ivr.console.what_if import rung
from ivr.paging.facts import Facts
from routing.coverage import findings_of
from routing.escalation import Attempt, Candidate, Outcome, Ring, next_move
from routing.fallback import rings_at
from schedules.coverage import FindingKind
from schedules.fairness import loads
from tests.agreement.cases import MANAGER, Case
from tests.scenes import paging_ticket

People = tuple[str, ...]
DAY = timedelta(days=1)


def facts_of(case: Case) -> Facts:
    """What a page looks at for a ticket that was just opened."""
    return Facts(paging_ticket(opened_at=case.at), case.known, (), None, frozenset(), case.at)


def call(case: Case) -> People:
    """Whom the page of a call rings one after the other, when nobody answers."""
    facts, lines = facts_of(case), facts_of(case).lines
    found: list[str] = []
    attempts: tuple[Attempt, ...] = ()
    while isinstance(move := next_move(lines, attempts, 1, facts.busy, case.at), Ring):
        found.append(move.candidate.person)
        tried = Attempt(str(len(found)), 1, move.candidate.person, move.phone, placed_at=case.at)
        attempts = (*attempts, replace(tried, outcome=Outcome.NO_ANSWER))
    return without_manager(found)


def page(case: Case) -> People:
    """The people of the policy's level, as an escalation resolves it."""
    return keys_of(facts_of(case).levels[0].candidates)


def tonight(case: Case) -> People:
    (card,) = cards_of(case.known, case.at)
    return keys_of(turn.candidate for turn in card.outlook.steps[0].people)


def what_if(case: Case) -> People:
    _, levels, _ = rung(case.known, Asked(case.known.regions["it"], case.at, ""))
    return keys_of(levels[0].candidates)


def rota_editor(case: Case) -> People:
    return tuple(shift.engineer for shift in now_and_next(case.rota, case.at)["now"])


def calendar_of_rota(case: Case) -> People:
    feed = feed_of_rota(case.known, "noc", (case.at, case.at + DAY))
    (summary,) = summaries_at(feed, case.at)
    return () if summary == GAP else tuple(name.lower() for name in summary.split(", "))


def api_on_call(case: Case) -> People:
    return tuple(one.engineer for one in on_call_of(case.known, case.known.regions["it"], case.at).levels[0].people)


def api_schedule(case: Case) -> People:
    return tuple(schedule_of(case.known, case.rota, case.at, case.at + DAY).stretches[0].on_call)


def fallback_documents(case: Case) -> People:
    owners = {phone: key for key, person in case.known.engineers.items() for phone in person.phones}
    return without_manager(owners[ring.phone] for ring in rings_at(case.known, case.known.regions["it"], case.at))


SURFACES: dict[str, Callable[[Case], People]] = {
    "call": call,
    "page": page,
    "Tonight": tonight,
    "What if": what_if,
    "rota editor": rota_editor,
    "calendar of the rota": calendar_of_rota,
    "API: on call": api_on_call,
    "API: schedule": api_schedule,
    "fallback documents": fallback_documents,
}
"""The keys of those on call, first to be rung first; nobody in a gap."""


def calendar_has(case: Case, engineer: str) -> bool:
    """Whether an engineer's own calendar has a shift at the instant."""
    return bool(summaries_at(feed_of_engineer(case.known, engineer, (case.at, case.at + DAY)), case.at))


def report_of_hours(case: Case) -> set[str]:
    """Who has time in the report of hours on call, over the second that begins at the instant."""
    return {load.engineer for load in loads(case.rota, case.at, case.at + timedelta(seconds=1))}


def coverage_has_gap(case: Case) -> bool:
    """Whether coverage finds that nobody is on call from the instant on."""
    found = findings_of(case.known, (), case.at, timedelta(minutes=1))
    return any(one.kind is FindingKind.GAP and one.starts_at == case.at for one in found)


def summaries_at(feed: Feed | None, at: datetime) -> list[str]:
    """What a feed's events at an instant are called."""
    assert feed is not None
    return [entry.summary for entry in feed.entries if entry.starts_at <= at < entry.ends_at]


def keys_of(people: Iterable[Candidate]) -> People:
    return tuple(one.person for one in people)


def without_manager(keys: Iterable[str]) -> People:
    """Those of the rota: whoever is the last resort is on none."""
    return tuple(key for key in keys if key != MANAGER)
