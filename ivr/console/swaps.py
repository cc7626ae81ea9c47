"""Swaps: an engineer asks for cover, a colleague offers or takes the hours, a manager approves."""

from datetime import datetime

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.console.cover import people_free
from ivr.console.frame import page
from ivr.console.readings import NotATime, instant
from ivr.console.roles import Role
from ivr.console.rota_people import people_of
from ivr.console.shown import render
from ivr.console.swap_words import Shift, events_of, may, shift_named, shifts_ahead
from ivr.console.visit import Visit
from ivr.store.audit import record
from ivr.store.swaps import SwapEntry, add_swap, ended_swaps, find_swap, move_swap, open_swaps
from schedules.swaps import Swap, SwapEvent, SwapState, moved
from schedules.wallclock import Repeated


@page("/swaps", Role.VIEWER)
def swaps(visit: Visit) -> ResponseReturnValue:
    """Who asks for cover, and what became of it."""
    return shown(visit)


@page("/swaps", Role.ENGINEER, methods=("POST",))
def ask_for_cover(visit: Visit) -> ResponseReturnValue:
    """Ask for somebody who takes a shift, or a part of it."""
    shift = shift_named(visit, request.form.get("shift", ""))
    if shift is None:
        return shown(visit, "Choose one of the shifts: the schedule may have changed since you opened the page.")
    if shift.engineer != visit.account.engineer and not visit.may(Role.MANAGER):
        return shown(visit, "Ask for cover of your own shifts.")
    part = part_of(visit, shift)
    if isinstance(part, str):
        return shown(visit, part)
    swap = Swap(shift.rota, shift.engineer, *part, note=request.form.get("note", "").strip()[:500])
    told(visit, add_swap(visit.connection, swap, visit.at), None, swap, "ask")
    return redirect(url_for("console.swaps"), 303)


@page("/swaps/<int:id_>", Role.ENGINEER, methods=("POST",))
def move_on(visit: Visit, id_: int) -> ResponseReturnValue:
    """Offer, take, decline or withdraw. Approving has a page of its own, with its preview."""
    entry = find_swap(visit.connection, id_) or abort(404, "There is no such swap.")
    event = request.form.get("event", "")
    if event not in set(SwapEvent) or event == SwapEvent.APPROVE:
        abort(400, "Choose what to do with the swap.")
    if not may(visit, entry, SwapEvent(event)):
        return shown(visit, "This swap has moved on since you opened the page, or it is not yours to move.")
    return moved_on(visit, entry, SwapEvent(event))


def moved_on(visit: Visit, entry: SwapEntry, event: SwapEvent) -> ResponseReturnValue:
    """Store what somebody did, if nobody else did something first."""
    me, back = visit.account.engineer or "", None
    if event is SwapEvent.OFFER:
        shift = shift_named(visit, request.form.get("in_return", ""))
        if shift is None or (shift.engineer, shift.rota) != (me, entry.swap.rota):
            return shown(
                visit, "Choose which of your shifts in this rota is taken in return, or take the hours as they are."
            )
        back = (shift.starts_at, shift.ends_at)
    wanted = moved(entry.swap, event, me, back)
    if not move_swap(visit.connection, entry, wanted, visit.at):
        return shown(visit, "Somebody else was faster: look at the swap again.")
    told(visit, entry.id, entry.swap, wanted, event)
    return redirect(url_for("console.swaps"), 303)


def part_of(visit: Visit, shift: Shift) -> tuple[datetime, datetime] | str:
    """The hours that are asked for: the shift, or the part of it that the form names; else what is wrong."""
    starts_at, ends_at = shift.starts_at, shift.ends_at
    try:
        if text := request.form.get("from", ""):
            starts_at = instant(text, visit.zone, Repeated.FIRST, shift.starts_at)
        if text := request.form.get("until", ""):
            ends_at = instant(text, visit.zone, Repeated.LAST, shift.ends_at)
    except NotATime:
        return "Write both times of the part as dates with a time, or leave them empty."
    if not shift.starts_at <= starts_at < ends_at <= shift.ends_at:
        return "The part must lie within the shift, and end after it begins."
    return max(starts_at, visit.at), ends_at


def told(visit: Visit, id_: int, before: Swap | None, after: Swap, action: str) -> None:
    """A line in the audit."""
    documents = (None if swap is None else document(swap) for swap in (before, after))
    record(visit.connection, visit.author, "swap", str(id_), *documents, action=action)


def document(swap: Swap) -> dict[str, object]:
    """A swap as the audit keeps it."""
    times = {"starts_at": swap.starts_at.isoformat(), "ends_at": swap.ends_at.isoformat()}
    back = [at.isoformat() for at in swap.in_return] if swap.in_return else None
    return {**swap.__dict__, **times, "state": str(swap.state), "in_return": back}


def shown(visit: Visit, error: str = "") -> ResponseReturnValue:
    """The page."""
    me = visit.account.engineer or ""
    mine = shifts_to_give(visit)
    open_ = [
        {
            "entry": entry,
            "events": events_of(visit, entry),
            "free": free(visit, entry),
            "back": in_return(visit, entry, me),
        }
        for entry in open_swaps(visit.connection, visit.at)
    ]
    values = {"mine": sorted(mine, key=lambda shift: shift.starts_at), "open": open_, "error": error, "me": me}
    values |= {"ended": ended_swaps(visit.connection, visit.at), "rotas": visit.configuration.rotas}
    values |= {"chosen": chosen_in(visit, mine), "written": request.form, **people_of(visit.configuration)}
    return render("swaps.html", **values), 422 if error else 200


def shifts_to_give(visit: Visit) -> list[Shift]:
    """The shifts that this person may ask cover for: engineers their own, managers anybody's."""
    me, is_manager = visit.account.engineer or "", visit.may(Role.MANAGER)
    if not is_manager and not (me and visit.may(Role.ENGINEER)):
        return []
    return [*shifts_ahead(visit, "" if is_manager else me)]


def chosen_in(visit: Visit, mine: list[Shift]) -> str:
    """The shift that a form or an address names: by its id, or by its rota and an instant within it."""
    rota, text = request.args.get("rota", ""), request.args.get("from", "")
    try:
        at = max(datetime.fromisoformat(text), visit.at) if text else visit.at
    except (ValueError, TypeError):
        at = visit.at
    own = (shift for shift in mine if (shift.rota, shift.engineer) == (rota, visit.account.engineer))
    named = next((shift.id for shift in own if shift.starts_at <= at < shift.ends_at), "")
    return request.form.get("shift") or named


def free(visit: Visit, entry: SwapEntry) -> list[str]:
    """Who could take the hours, while nobody does."""
    if entry.swap.state is not SwapState.ASKED:
        return []
    return [one.engineer for one in people_free(visit, entry.swap.starts_at, entry.swap.ends_at)][:3]


def in_return(visit: Visit, entry: SwapEntry, me: str) -> list[Shift]:
    """The shifts of mine that the asker could take in return."""
    if not me or entry.swap.state is not SwapState.ASKED or me == entry.swap.asker:
        return []
    return [shift for shift in shifts_ahead(visit, me) if shift.rota == entry.swap.rota]
