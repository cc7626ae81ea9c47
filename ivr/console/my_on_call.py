"""My on-call: whether I am on call now, my shifts ahead, my phones, and the tickets that wait for me."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.configuration.edit import EditConflict, EditRefused, change_item, fingerprint
from ivr.configuration.export import table_of
from ivr.console.frame import page
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.paging.handover import ringing
from ivr.store.happening import critical_at_work, standard_waiting, tickets_taken_by
from routing.outlook import outlook
from routing.people import Engineer
from routing.tickets import Ticket, TicketState
from schedules.rota import final_schedule

AHEAD = timedelta(weeks=13)
NIGHT = timedelta(days=3)
"""A Standard ticket is from the night, or from a long weekend, for so long."""

SHOWN = 30


@dataclass(frozen=True)
class Shift:
    """A stretch (UTC, half-open) in which somebody is on call in a rota; `others` are on call beside them."""

    rota: str
    name: str
    starts_at: datetime
    ends_at: datetime
    because: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seat:
    """A level at which somebody would be rung now; `until` (UTC) is None for one whom the policy names."""

    level: int
    policy: str
    because: str
    until: datetime | None


@page("/my-on-call", Role.ENGINEER, menu="My on-call")
def my_on_call(visit: Visit) -> ResponseReturnValue:
    """Everything that concerns the engineer who is signed in."""
    return shown(visit)


@page("/my-on-call/phones", Role.ENGINEER, methods=("POST",))
def my_phones(visit: Visit) -> ResponseReturnValue:
    """Let one of my phones ring earlier."""
    me = myself(visit)
    if me is None:
        abort(403, "Your account is no engineer's.")
    phones, sooner = list(me.phones), request.form.get("phone", "")
    place = phones.index(sooner) if sooner in phones else 0
    told = told_of(visit, phones, place)
    if place:
        phones[place - 1], phones[place] = phones[place], phones[place - 1]
    table = table_of("engineer", replace(me, phones=tuple(phones)))
    try:
        change_item(visit.connection, visit.author, "engineer", me.key, table, seen=request.form.get("seen"))
    except EditConflict:
        return shown(visit, refused="Somebody changed your phones meanwhile. This is how they are now."), 409
    except EditRefused as refusal:
        return shown(visit, refused=str(refusal)), 422
    flash(told)
    return redirect(url_for("console.my_on_call") + "#phones", 303)


def told_of(visit: Visit, phones: list[str], place: int) -> str:
    """What it means that the phone in this place, from 0 on, now rings before the one ahead of it."""
    if place == 0:
        return "It rings first already."
    sooner, later = visit.phone(phones[place]), visit.phone(phones[place - 1])
    return f"{sooner} rings first." if place == 1 else f"{sooner} rings before {later}."


def myself(visit: Visit) -> Engineer | None:
    """The engineer whom the account is linked to."""
    return visit.configuration.engineers.get(visit.account.engineer or "")


def shown(visit: Visit, refused: str = "") -> str:
    """The page."""
    me = myself(visit)
    if me is None:
        return render("my_on_call.html", me=None)
    return render(
        "my_on_call.html",
        me=me,
        seen=fingerprint("engineer", me),
        refused=refused,
        seats=list(seats_of(visit, me.key)),
        shifts=shifts_of(visit, me.key),
        rings=[one for one in critical_at_work(visit.connection, SHOWN) if rings(visit, one, me.key)],
        mine=tickets_taken_by(visit.connection, me.key, SHOWN),
        standard=standard_waiting(visit.connection, visit.at - NIGHT, SHOWN),
    )


def rings(visit: Visit, ticket: Ticket, person: str) -> bool:
    """Whether a ticket rings somebody now."""
    return ticket.state is TicketState.PAGING and ringing(visit.connection, ticket.number, person) is not None


def seats_of(visit: Visit, person: str) -> Iterator[Seat]:
    """Where somebody would be rung now, by every policy that a region uses."""
    known = visit.configuration
    used = {known.policy_of(region).key: known.policy_of(region) for region in known.regions}
    for policy in used.values():
        for level, step in enumerate(outlook(known, policy, visit.at).steps, start=1):
            for turn in step.people:
                if turn.candidate.person == person:
                    yield Seat(level, policy.name, turn.candidate.because, turn.until)


def shifts_of(visit: Visit, person: str) -> list[Shift]:
    """The shifts of the next 13 weeks over all rotas, the next first."""
    found: list[Shift] = []
    for rota in visit.configuration.rotas.values():
        for part in final_schedule(rota, visit.at, visit.at + AHEAD):
            if person not in part.on_call:
                continue
            because = part.reasons[part.on_call.index(person)].told(visit.configuration.name_of)
            others = tuple(key for key in part.on_call if key != person)
            one = Shift(rota.key, rota.name, part.starts_at, part.ends_at, because, others)
            found.append(one)
    return sorted(found, key=lambda shift: (shift.starts_at, shift.name))
