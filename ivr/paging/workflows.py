"""The durable workflows: an escalation's loop on steps that survive any process that runs them."""

from collections.abc import Callable
from typing import Any

from dbos import DBOS, StepOptions
from dbos import error as dbos_error

from ivr.paging import loop
from ivr.paging.loop import DATABASE, RETRY_SECONDS, TEXTS, GaveUp, Tries
from ivr.paging.moves import Moves
from ivr.paging.pager import BELL

CALLER_GRACE_SECONDS = 4


class Durable:
    """Steps and waits of the durable engine, inside a workflow."""

    def run(self, tries: Tries, step: Callable[..., Any], *args: Any) -> Any:
        """Do a step, recorded; a workflow that is resumed does not do it again."""
        options = StepOptions(
            retries_allowed=True,
            interval_seconds=RETRY_SECONDS,
            backoff_rate=tries.slower,
            max_attempts=tries.times,
            should_retry=loop.may_pass,
        )
        try:
            return DBOS.run_step(options, loop.told(step), *args)
        except dbos_error.DBOSMaxStepRetriesExceeded as error:
            raise GaveUp(str(error)) from error

    def wait(self, seconds: float) -> None:
        """Wait for the ticket's bell; a resumed workflow waits for the same second."""
        DBOS.recv(BELL, timeout_seconds=seconds)


def register(moves: Moves) -> None:
    """Register the workflows with DBOS, around these moves. Before every launch."""
    steps = Durable()

    @DBOS.workflow(name="escalate", max_recovery_attempts=None)
    def escalate(ticket: int, escalation: int) -> None:
        loop.escalate(moves, steps, ticket, escalation)

    @DBOS.workflow(name="send_text")
    def send_text(key: str) -> None:
        steps.run(TEXTS, moves.send_text, key)

    @DBOS.workflow(name="check_phone")
    def check_phone(check: int) -> None:
        loop.check_phone(moves, steps, check)

    @DBOS.workflow(name="call_colleague")
    def call_colleague(attempt: str) -> None:
        loop.ring_colleague(moves, steps, attempt)

    @DBOS.workflow(name="look_after_caller")
    def look_after_caller(attempt: str) -> None:
        DBOS.sleep(CALLER_GRACE_SECONDS / moves.house.settings.pace)
        loop.perform(moves, steps, steps.run(DATABASE, moves.caller_left_alone, attempt))
