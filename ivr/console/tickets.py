"""Tickets: all of them, newest first, by what somebody searches and filters."""

from dataclasses import dataclass, replace
from typing import Any

from flask.typing import ResponseReturnValue

from ivr.console.frame import page
from ivr.console.lists import asked, day, going_on, newest, number_asked, older, place_asked
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.store.listing import PAGE, TicketFilter, find_noted, find_tickets, page_of, partners_like
from ivr.store.tickets import find_ticket
from ivr.store.types import number_in
from routing.numbers import e164
from routing.tickets import TicketState

DIGITS_OF_A_PHONE = 7


@dataclass(frozen=True)
class Search:
    """What a search text means. `told` says it in words; `elsewhere`: notes and PBX names may have it, too.

    `noted` is looked for in notes and PBX names.
    """

    wanted: TicketFilter
    told: str = ""
    nothing: bool = False
    elsewhere: bool = False
    exact: int | None = None
    noted: str = ""


@page("/tickets", Role.VIEWER, menu="Tickets")
def tickets(visit: Visit) -> ResponseReturnValue:
    """One page of the list."""
    search = understood(visit, asked("q"), filters(visit))
    return render(
        "tickets.html",
        **(noted(visit, search) if search.noted else listed(visit, search)),
        search=search,
        newest=newest("console.tickets"),
        asked=asked,
        states=list(TicketState),
        is_filtered=any(asked(name) for name in ("class", "state", "region", "engineer", "partner", "since", "until")),
    )


def listed(visit: Visit, search: Search) -> dict[str, Any]:
    """A page of the list, and the way to the next."""
    place = place_asked(is_number=True)
    found = [] if search.nothing else find_tickets(visit.connection, search.wanted, place, PAGE + 1)
    shown, last = page_of(found, PAGE)
    further = older("console.tickets", last.opened_at, last.number) if last else ""
    return {"rows": shown, "further": further, "is_first": place is None, "looked_through": None}


def noted(visit: Visit, search: Search) -> dict[str, Any]:
    """The same of the tickets that have some words: so many numbers are looked through, and then the ones below."""
    up_to = number_asked("from")
    found = find_noted(visit.connection, search.wanted, search.noted, up_to)
    further = "" if found.further is None else going_on("console.tickets", "from", found.further)
    return {"rows": found.tickets, "further": further, "is_first": up_to is None, "looked_through": found}


def filters(visit: Visit) -> TicketFilter:
    """The filters beside the search."""
    return TicketFilter(
        class_of_service=asked("class"),
        state=asked("state"),
        region=asked("region"),
        engineer=asked("engineer"),
        partners=(asked("partner"),) if asked("partner") else (),
        since=day(visit, "since"),
        until=day(visit, "until", days_later=1),
    )


def understood(visit: Visit, text: str, among: TicketFilter) -> Search:
    """A ticket's number, a caller's number, a partner, or a word of a note or a PBX's name."""
    if not text:
        return Search(among)
    if asked("in") == "notes":
        return Search(among, f"Notes and PBX names with “{text}”", noted=text)
    if is_phone(text):
        number = e164(text if text.startswith("+") else "+" + text.removeprefix("00"))
        told = f"Calls from {visit.phone(number)}" if number else "Write a caller's number with + and its country code"
        return Search(replace(among, caller=number or ""), told, nothing=number is None)
    number_ = number_in(text)
    exact = find_ticket(visit.connection, number_) if number_ is not None else None
    named = partners_like(visit.connection, text)
    if named:
        told = "Tickets of " + ", ".join(f"{name} ({number})" for number, name in named)
        wanted = replace(among, partners=tuple(number for number, _ in named))
        return Search(wanted, told, elsewhere=True, exact=exact.number if exact else None)
    if exact is not None:
        return Search(replace(among, numbers=(exact.number,)), f"Ticket {exact.number}", elsewhere=True)
    return Search(among, f"No partner is called so. Notes and PBX names with “{text}”", noted=text)


def is_phone(text: str) -> bool:
    """Whether a text is meant as a telephone number."""
    digits = sum(letter.isdecimal() for letter in text)
    written = all(letter.isdecimal() or letter in " +-()/." for letter in text)
    return written and (text.startswith("+") or digits >= DIGITS_OF_A_PHONE)
