"""The loop of an escalation: look at the facts, make the move they ask for, until nothing is left to do."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError
from structlog.contextvars import bound_contextvars

from ivr.paging.moves import Do, Moves
from ivr.paging.phone import PhoneFailed
from ivr.store.attempts import ticket_of

logger = structlog.get_logger()

RETRY_SECONDS = 0.5


@dataclass(frozen=True)
class Tries:
    """How often a step is tried: half a second after the first failure, then `slower` times later each time."""

    times: int
    slower: float = 1.5


DATABASE, CARRIER, TEXTS = Tries(1000, slower=1), Tries(4), Tries(8)
"""The database comes back, and then at once; a phone that cannot be rung is left for the next one."""


class GaveUp(Exception):
    """A step failed as often as it was tried."""


class Steps(Protocol):
    """What carries an escalation through its steps: the durable engine, or a thread of the standby."""

    def run(self, tries: Tries, step: Callable[..., Any], *args: Any) -> Any:
        """Do a step, and again when it fails in a way that may pass.

        Raises GaveUp after the last try, and PhoneFailed at once for a permanent refusal.
        """

    def wait(self, seconds: float) -> None:
        """Wait so many seconds, or less when something happened to the ticket."""


def may_pass(error: BaseException) -> bool:
    """Whether a failure may pass: anything but the carrier's own refusal."""
    return not (isinstance(error, PhoneFailed) and error.permanent)


def told(step: Callable[..., Any]) -> Callable[..., Any]:
    """The step, with a line in the log when it was done or failed. The durable engine knows it by the same name."""

    @wraps(step)
    def telling(*args: Any) -> Any:
        with bound_contextvars(step=step.__name__, **about(step.__name__, args)):
            try:
                done = step(*args)
            except Exception as error:
                foreseen = isinstance(error, (PhoneFailed, SQLAlchemyError))
                logger.warning("paging step failed", why=str(error)[:300], exc_info=not foreseen)
                raise
            logger.log(logging.DEBUG if step.__name__ == "look" else logging.INFO, "paging step")
            return done

    return telling


def about(step: str, args: tuple[Any, ...]) -> dict[str, Any]:
    """What a step is about, for the log."""
    match step:
        case "look":
            return {"ticket": args[0], "escalation": args[1]}
        case "send":
            return {"leg": args[0]}
        case "send_text":
            return {"text": args[0]}
        case "send_check" | "give_up_check":
            return {"check": args[0]}
        case _:
            return {"attempt": args[0], "ticket": ticket_of(args[0])}


def escalate(moves: Moves, steps: Steps, ticket: int, escalation: int) -> None:
    """Page for a ticket until somebody has it and speaks with its caller."""
    with bound_contextvars(ticket=ticket, escalation=escalation, call=None):  # the first look tells the call
        while (move := steps.run(DATABASE, moves.look, ticket, escalation))["do"] != "end":
            perform(moves, steps, move)


def perform(moves: Moves, steps: Steps, move: Do) -> None:
    """Carry out one move."""
    match move["do"]:
        case "place":
            ring(moves, steps, move["attempt"])
        case "retry":
            steps.wait(move["seconds"])
            ring(moves, steps, move["attempt"])
        case "fail":
            steps.run(DATABASE, moves.fail, move["attempt"], "the carrier's API does not answer")
        case "give_up":
            steps.run(DATABASE, moves.give_up, move["attempt"])
        case "free":
            steps.run(DATABASE, moves.free, move["attempt"])
        case "cancel":
            quietly(steps, moves.cancel, move["attempt"])
        case "send":
            quietly(steps, moves.send, move["leg"], move["place"])
        case "wait":
            steps.wait(move["seconds"])


def ring(moves: Moves, steps: Steps, attempt: str) -> None:
    """Place a call. A number that is refused leads to the next; an API that is down is noted on the attempt."""
    try:
        steps.run(CARRIER, moves.place, attempt)
    except PhoneFailed as refusal:
        steps.run(DATABASE, moves.fail, attempt, str(refusal)[:200])
    except GaveUp:
        logger.warning("the carrier's API does not answer", attempt=attempt)


def ring_colleague(moves: Moves, steps: Steps, attempt: str) -> None:
    """Ring somebody whom an engineer wants beside them; nobody else is rung should that fail."""
    try:
        steps.run(CARRIER, moves.place, attempt)
    except (PhoneFailed, GaveUp) as failure:
        steps.run(DATABASE, moves.fail, attempt, str(failure)[:200])


def check_phone(moves: Moves, steps: Steps, check: int) -> None:
    """Send the code or the test of a check; whoever asked sees it when that fails."""
    try:
        steps.run(CARRIER, moves.send_check, check)
    except (PhoneFailed, GaveUp) as failure:
        steps.run(DATABASE, moves.give_up_check, check, str(failure)[:200])


def quietly(steps: Steps, move: Callable[..., Any], *args: Any) -> None:
    """A step whose failure changes nothing: the caller's next hold request does the same."""
    try:
        steps.run(CARRIER, move, *args)
    except (PhoneFailed, GaveUp):
        logger.warning("a leg could not be sent on", exc_info=True)
