"""Swaps: one engineer asks for cover, another takes it, a manager approves, and an override results."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from schedules.overrides import Override, OverrideKind


class SwapState(StrEnum):
    """Where a swap stands."""

    ASKED = "asked"
    OFFERED = "offered"
    TAKEN = "taken"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class SwapEvent(StrEnum):
    """What happens to a swap.

    OFFER: a colleague would take the hours, perhaps in return for others. TAKE: the colleague takes them as they were
    asked, or the asker takes the offer. DECLINE: the asker refuses an offer, or a manager the swap. WITHDRAW: the asker
    needs it no more.
    """

    OFFER = "offer"
    TAKE = "take"
    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


STATES: Mapping[tuple[SwapState, SwapEvent], SwapState] = MappingProxyType(
    {
        (SwapState.ASKED, SwapEvent.OFFER): SwapState.OFFERED,
        (SwapState.ASKED, SwapEvent.TAKE): SwapState.TAKEN,
        (SwapState.ASKED, SwapEvent.DECLINE): SwapState.DECLINED,
        (SwapState.ASKED, SwapEvent.WITHDRAW): SwapState.WITHDRAWN,
        (SwapState.OFFERED, SwapEvent.TAKE): SwapState.TAKEN,
        (SwapState.OFFERED, SwapEvent.DECLINE): SwapState.ASKED,
        (SwapState.OFFERED, SwapEvent.WITHDRAW): SwapState.WITHDRAWN,
        (SwapState.TAKEN, SwapEvent.APPROVE): SwapState.APPROVED,
        (SwapState.TAKEN, SwapEvent.DECLINE): SwapState.DECLINED,
        (SwapState.TAKEN, SwapEvent.WITHDRAW): SwapState.WITHDRAWN,
    }
)
"""What follows. Every other pair is an event that comes late, and changes nothing."""

ENDED = frozenset({SwapState.APPROVED, SwapState.DECLINED, SwapState.WITHDRAWN})


@dataclass(frozen=True)
class Swap:
    """Hours of one rota that `asker` would give away, half-open, in UTC.

    `taker` is who offered or took them, empty before. `in_return` are hours of the taker's that the asker then has.
    """

    rota: str
    asker: str
    starts_at: datetime
    ends_at: datetime
    state: SwapState = SwapState.ASKED
    taker: str = ""
    in_return: tuple[datetime, datetime] | None = None
    note: str = ""


def next_state(state: SwapState, event: SwapEvent) -> SwapState:
    """What a swap becomes; the same state when the event comes late."""
    return STATES.get((state, event), state)


def moved(swap: Swap, event: SwapEvent, taker: str = "", in_return: tuple[datetime, datetime] | None = None) -> Swap:
    """The swap after an event; the very same when it comes late. `taker`: who offers or takes what was asked.

    An offer that is declined leaves no taker. Raises ValueError for an offer or a taking by nobody or by the asker.
    """
    state = next_state(swap.state, event)
    if state is swap.state:
        return swap
    if state is SwapState.ASKED:
        return replace(swap, state=state, taker="", in_return=None)
    if swap.state is not SwapState.ASKED or state not in {SwapState.OFFERED, SwapState.TAKEN}:
        return replace(swap, state=state)
    if taker in {"", swap.asker}:
        raise ValueError("a swap is offered and taken by somebody else than the asker")
    return replace(swap, state=state, taker=taker, in_return=in_return if state is SwapState.OFFERED else None)


def overrides_of(swap: Swap, by: str) -> tuple[Override, ...]:
    """The overrides of an approved swap, none of any other: each takes the other's place. `by` is who approved it."""
    if swap.state is not SwapState.APPROVED:
        return ()
    given = Override(swap.taker, swap.starts_at, swap.ends_at, by, OverrideKind.REPLACE, swap.asker)
    if swap.in_return is None:
        return (given,)
    return given, Override(swap.asker, *swap.in_return, by, OverrideKind.REPLACE, swap.taker)
