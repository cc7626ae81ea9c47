"""The durable workflows: a loop around `look`, which survives any process that runs it."""

from collections.abc import Callable
from typing import Any

from dbos import DBOS, StepOptions

from ivr.paging.moves import Do, Moves
from ivr.paging.pager import BELL
from ivr.paging.phone import PhoneFailed

CALLER_GRACE_SECONDS = 4


def may_pass(error: BaseException) -> bool:
    """Whether a failure may pass: anything but the carrier's own refusal."""
    return not (isinstance(error, PhoneFailed) and error.permanent)


def retried(times: int, slower: float) -> StepOptions:
    """A step that is tried so often, half a second after the first failure, then `slower` times later each time."""
    return StepOptions(
        retries_allowed=True, interval_seconds=0.5, backoff_rate=slower, max_attempts=times, should_retry=may_pass
    )


DATABASE, CARRIER, TEXTS = retried(1000, slower=1), retried(4, slower=1.5), retried(8, slower=1.5)
"""The database comes back, and then at once; a phone that cannot be rung is left for the next one."""


def register(moves: Moves) -> None:
    """Register the workflows with DBOS, around these moves. Before every launch."""

    @DBOS.workflow(name="escalate", max_recovery_attempts=None)
    def escalate(ticket: int, escalation: int) -> None:
        while (move := DBOS.run_step(DATABASE, moves.look, ticket, escalation))["do"] != "end":
            perform(moves, move)

    @DBOS.workflow(name="send_text")
    def send_text(key: str) -> None:
        DBOS.run_step(TEXTS, moves.send_text, key)

    @DBOS.workflow(name="look_after_caller")
    def look_after_caller(attempt: str) -> None:
        DBOS.sleep(CALLER_GRACE_SECONDS / moves.house.settings.pace)
        move = DBOS.run_step(DATABASE, moves.caller_left_alone, attempt)
        perform(moves, move)


def perform(moves: Moves, move: Do) -> None:
    """Carry out one move, inside a workflow."""
    match move["do"]:
        case "place":
            ring(moves, move["attempt"])
        case "give_up":
            DBOS.run_step(DATABASE, moves.give_up, move["attempt"])
        case "cancel":
            quietly(moves.cancel, move["attempt"])
        case "send":
            quietly(moves.send, move["leg"], move["place"])
        case "wait":
            DBOS.recv(BELL, timeout_seconds=move["seconds"])


def ring(moves: Moves, attempt: str) -> None:
    """Place a call; whatever the carrier or the network said instead, the next phone is rung."""
    try:
        DBOS.run_step(CARRIER, moves.place, attempt)
    except Exception as error:
        # After several tries the engine's own error carries those that were raised.
        cause = (getattr(error, "errors", None) or [error])[-1]
        DBOS.run_step(DATABASE, moves.fail, attempt, str(cause)[:200])


def quietly(move: Callable[..., Any], *args: Any) -> None:
    """A step whose failure changes nothing: the caller's next hold request does the same."""
    try:
        DBOS.run_step(CARRIER, move, *args)
    except Exception:
        DBOS.logger.warning("a leg could not be sent on", exc_info=True)
