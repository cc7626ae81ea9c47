"""Approving a swap: what it changes of the rota, and the override that results."""

from dataclasses import dataclass, replace

from flask import abort
from flask.typing import ResponseReturnValue

from ivr.configuration.edit import EditRefused, Fault
from ivr.console.frame import page
from ivr.console.roles import Role
from ivr.console.rota_edits import draft_of, save, to_rota
from ivr.console.rota_people import people_of
from ivr.console.shown import render
from ivr.console.swaps import told
from ivr.console.visit import Visit
from ivr.store.swaps import SwapEntry, find_swap, move_swap
from schedules.edits import edit_overrides
from schedules.rota import Rota
from schedules.swaps import Swap, SwapEvent, SwapState, moved, overrides_of


@dataclass(frozen=True)
class Approval:
    """A swap that waits for its manager, as a wish."""

    swap: Swap

    def applied(self, rota: Rota, visit: Visit) -> Rota:
        """The rota with the swap's overrides. Raises EditRefused for a swap that nobody took."""
        if self.swap.state is not SwapState.TAKEN:
            raise EditRefused([Fault("", "this swap does not wait for approval (any more).")])
        made = overrides_of(moved(self.swap, SwapEvent.APPROVE), visit.account.name)
        begun = (replace(one, starts_at=max(one.starts_at, visit.at)) for one in made if one.ends_at > visit.at)
        return edit_overrides(rota, (*rota.overrides, *begun), visit.at)

    def told(self, rota: Rota, visit: Visit) -> str:
        """Such as: Swap: Leo Marin takes hours of Jon Bell."""
        del rota
        taker, asker = (visit.configuration.name_of(key) for key in (self.swap.taker, self.swap.asker))
        return f"Swap: {taker} takes hours of {asker}" + (", and gives some in return" if self.swap.in_return else "")


@page("/swaps/<int:id_>/approve", Role.MANAGER)
def look_at_swap(visit: Visit, id_: int) -> ResponseReturnValue:
    """What approving a swap changes, before it is done."""
    return shown(visit, entry_of(visit, id_))


@page("/swaps/<int:id_>/approve", Role.MANAGER, methods=("POST",))
def approve_swap(visit: Visit, id_: int) -> ResponseReturnValue:
    """Save its overrides, and end the swap; both or neither."""
    entry = entry_of(visit, id_)
    change = save(visit, entry.swap.rota, Approval(entry.swap))
    if change is None:
        return shown(visit, entry)
    wanted = moved(entry.swap, SwapEvent.APPROVE)
    if not move_swap(visit.connection, entry, wanted, visit.at):
        abort(409, "Somebody else moved this swap at the same moment. Nothing was saved.")
    told(visit, id_, entry.swap, wanted, SwapEvent.APPROVE)
    return to_rota(entry.swap.rota, change)


def entry_of(visit: Visit, id_: int) -> SwapEntry:
    """The swap, or 404."""
    return find_swap(visit.connection, id_) or abort(404, "There is no such swap.")


def shown(visit: Visit, entry: SwapEntry) -> ResponseReturnValue:
    """The page."""
    draft = draft_of(visit, entry.swap.rota, Approval(entry.swap))
    values = {"entry": entry, "draft": draft, "rota": draft.rota, **people_of(visit.configuration)}
    return render("swap_approve.html", **values), draft.status
