"""The durable workflows: a loop around `look`, which survives any process that runs it."""

from collections.abc import Callable
from typing import Any

from dbos import DBOS, StepOptions
from dbos import error as dbos_error

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
        case "retry":
            DBOS.recv(BELL, timeout_seconds=move["seconds"])
            ring(moves, move["attempt"])
        case "fail":
            DBOS.run_step(DATABASE, moves.fail, move["attempt"], "the carrier's API does not answer")
        case "give_up":
            DBOS.run_step(DATABASE, moves.give_up, move["attempt"])
        case "cancel":
            quietly(moves.cancel, move["attempt"])
        case "send":
            quietly(moves.send, move["leg"], move["place"])
        case "wait":
            DBOS.recv(BELL, timeout_seconds=move["seconds"])


def ring(moves: Moves, attempt: str) -> None:
    """Place a call. A number that is refused leads to the next; an API that is down is noted on the attempt."""
    try:
        DBOS.run_step(CARRIER, moves.place, attempt)
    except PhoneFailed as refusal:
        DBOS.run_step(DATABASE, moves.fail, attempt, str(refusal)[:200])
    except dbos_error.DBOSMaxStepRetriesExceeded:
        DBOS.logger.warning("the carrier's API does not answer")


def quietly(move: Callable[..., Any], *args: Any) -> None:
    """A step whose failure changes nothing: the caller's next hold request does the same."""
    try:
        DBOS.run_step(CARRIER, move, *args)
    except Exception:
        DBOS.logger.warning("a leg could not be sent on", exc_info=True)
