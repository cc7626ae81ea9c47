"""The durable workflows: a loop around `look`, which survives any process that runs it."""

from typing import Any

from dbos import DBOS

from ivr.paging.moves import Moves
from ivr.paging.pager import BELL
from ivr.paging.phone import PhoneFailed

RETRY = {"retries_allowed": True, "interval_seconds": 0.5, "backoff_rate": 2.0}
CALLER_GRACE_SECONDS = 4


def passes(error: BaseException) -> bool:
    """Whether a failure may pass: anything but the carrier's own refusal."""
    return not (isinstance(error, PhoneFailed) and error.permanent)


def register(moves: Moves) -> None:
    """Register the workflows with DBOS, around these moves. Before every launch."""
    look = DBOS.step(name="look", max_attempts=100, **RETRY)(moves.look)
    place = DBOS.step(name="place", max_attempts=4, should_retry=passes, **RETRY)(moves.place)
    fail = DBOS.step(name="fail", max_attempts=100, **RETRY)(moves.fail)
    give_up = DBOS.step(name="give_up", max_attempts=100, **RETRY)(moves.give_up)
    cancel = DBOS.step(name="cancel", max_attempts=4, should_retry=passes, **RETRY)(moves.cancel)
    send = DBOS.step(name="send", max_attempts=3, should_retry=passes, **RETRY)(moves.send)
    send_text = DBOS.step(name="send_text", max_attempts=8, **RETRY)(moves.send_text)
    left_alone = DBOS.step(name="left_alone", max_attempts=20, **RETRY)(moves.caller_left_alone)

    def ring(attempt: str) -> None:
        try:
            place(attempt)
        except Exception as error:
            # Whatever the carrier or the network said, the next phone is rung.
            fail(attempt, str(error)[:200])

    def perform(move: dict[str, Any]) -> None:
        match move["do"]:
            case "place":
                ring(move["attempt"])
            case "give_up":
                give_up(move["attempt"])
            case "cancel":
                cancel(move["attempt"])
            case "send":
                quietly(send, move["leg"], move["place"])
            case "wait":
                DBOS.recv(BELL, timeout_seconds=move["seconds"])

    @DBOS.workflow(name="escalate")
    def escalate(ticket: int, escalation: int) -> None:
        while (move := look(ticket, escalation))["do"] != "end":
            perform(move)

    @DBOS.workflow(name="send_text")
    def text(key: str) -> None:
        send_text(key)

    @DBOS.workflow(name="look_after_caller")
    def look_after_caller(attempt: str) -> None:
        DBOS.sleep(CALLER_GRACE_SECONDS / moves.house.settings.pace)
        move = left_alone(attempt)
        if move["do"] == "send":
            quietly(send, move["leg"], move["place"])


def quietly(step: Any, *args: Any) -> None:
    """Run a step whose failure changes nothing: the caller's next hold request does the same."""
    try:
        step(*args)
    except Exception:
        DBOS.logger.warning("a leg could not be sent on", exc_info=True)
