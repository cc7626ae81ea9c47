"""Swaps and leave as pages show them: whose turn it is to say something, and which shifts somebody could give away."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ivr.console.roles import Role
from ivr.console.visit import Visit
from ivr.store.swaps import SwapEntry
from schedules.coverage import AHEAD
from schedules.rota import final_schedule
from schedules.swaps import SwapEvent, SwapState, next_state

BEYOND = timedelta(weeks=8)
"""So far after the weeks ahead a shift is followed to its end; one that goes on has none."""


@dataclass(frozen=True)
class Shift:
    """Hours of somebody in a rota, half-open, in UTC. One without end `goes_on`: cut where the weeks ahead end."""

    rota: str
    engineer: str
    starts_at: datetime
    ends_at: datetime
    goes_on: bool = False

    @property
    def id(self) -> str:
        """As a form names it: by what does not move while time passes."""
        return f"{self.rota}|{self.engineer}|{'' if self.goes_on else self.ends_at.isoformat()}"


def shifts_ahead(visit: Visit, engineer: str = "") -> Iterator[Shift]:
    """The shifts that begin in the next thirteen weeks, of one engineer or of all, rota by rota."""
    until = visit.at + AHEAD
    for key, rota in visit.configuration.rotas.items():
        held: dict[str, Shift] = {}
        for part in final_schedule(rota, visit.at, until + BEYOND):
            for who in [*held]:
                if who not in part.on_call:
                    yield held.pop(who)
            for who in part.on_call:
                if engineer in {"", who} and (who in held or part.starts_at < until):
                    since = held[who].starts_at if who in held else part.starts_at
                    held[who] = Shift(key, who, since, part.ends_at)
        yield from (replace(shift, ends_at=until, goes_on=True) for shift in held.values())


def shift_named(visit: Visit, id_: str) -> Shift | None:
    """The shift that a form names, if it still is one."""
    return next((shift for shift in shifts_ahead(visit) if shift.id == id_), None)


def may(visit: Visit, entry: SwapEntry, event: SwapEvent) -> bool:
    """Whether this person may do this to a swap now: askers withdraw and answer offers, colleagues offer and take."""
    swap, me = entry.swap, visit.account.engineer or ""
    if next_state(swap.state, event) is swap.state or not visit.may(Role.ENGINEER) or swap.ends_at <= visit.at:
        return False
    is_asker, is_manager = me == swap.asker, visit.may(Role.MANAGER)
    if event is SwapEvent.APPROVE:
        return is_manager
    if event is SwapEvent.WITHDRAW:
        return is_asker or is_manager
    if event is SwapEvent.DECLINE:
        return is_manager or (is_asker and swap.state is SwapState.OFFERED)
    if swap.state is SwapState.ASKED:
        return bool(me) and not is_asker
    return is_asker


def events_of(visit: Visit, entry: SwapEntry) -> list[SwapEvent]:
    """What this person may do to a swap now."""
    return [event for event in SwapEvent if may(visit, entry, event)]
