"""How the rest of the service reaches the paging worker: always inside its own transaction."""

from collections.abc import Iterable
from datetime import datetime

from dbos import DBOSClient
from sqlalchemy import Connection

from ivr.store.messages import TextRecord, write_text
from routing.tickets import Ticket

QUEUE = "pages"
QUEUE_POLLING_SECONDS = 0.05
"""What an engineer is rung later at most; an idle worker takes some 4 % of a core for it (docs/performance.md)."""

OUT_QUEUE = "out"
"""Where news for others waits: a queue of its own, so that no page waits for anybody else's service."""

APPLICATION = "nightline"
APPLICATION_VERSION = "1"
"""Raised by hand when a workflow changes so that those in flight could not be replayed by the new code."""

BELL = "bell"

ALIVE = ["PENDING", "ENQUEUED", "DELAYED"]
"""What the durable engine calls a workflow that has not ended."""

CANCELLED = "CANCELLED"
BROKEN = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", CANCELLED]
"""What it calls one that did not end in good order."""


def escalation_id(ticket: int, escalation: int) -> str:
    """The workflow that pages for a ticket; a dropped line starts the next one."""
    return f"escalation-{ticket}-{escalation}"


def sending(key: str) -> str:
    """The workflow that sends the text of this key."""
    return f"text-{key}"


class Pager:
    """Enqueues and rings escalations; what is asked for exists exactly when the transaction commits."""

    def __init__(self, client: DBOSClient, version: str = APPLICATION_VERSION) -> None:
        """`client` shares the database with the transactions that are handed in."""
        self._client, self._version = client, version

    def escalate(self, connection: Connection, ticket: int, escalation: int) -> None:
        """Start to page for a ticket. Doing it twice is doing it once."""
        self._enqueue(connection, "escalate", escalation_id(ticket, escalation), ticket, escalation)

    def ring_bell(self, connection: Connection, ticket: Ticket) -> None:
        """Tell a ticket's escalation that something changed: it looks at the facts at once."""
        if ticket.escalation:
            workflow = escalation_id(ticket.number, ticket.escalation)
            self._client.send_in_transaction(connection, workflow, "look", BELL)

    def living(self, paging: Iterable[Ticket]) -> frozenset[int]:
        """Those of these tickets whose escalation has not ended, by number."""
        workflows = {escalation_id(ticket.number, ticket.escalation): ticket.number for ticket in paging}
        if not workflows:
            return frozenset()  # the durable engine takes no ids for all ids
        found = self._client.list_workflows(
            workflow_ids=list(workflows), status=ALIVE, load_input=False, load_output=False
        )
        return frozenset(workflows[workflow.workflow_id] for workflow in found)

    def text(self, connection: Connection, text: TextRecord) -> None:
        """Send a text, once for each key."""
        if write_text(connection, text):
            self._enqueue(connection, "send_text", sending(text.key), text.key)

    def watch_the_line(self, connection: Connection, attempt: str) -> None:
        """Look after the caller whose engineer's leg ended."""
        self._enqueue(connection, "look_after_caller", f"line-{attempt}", attempt)

    def call_colleague(self, connection: Connection, attempt: str) -> None:
        """Ring the colleague of an attempt."""
        self._enqueue(connection, "call_colleague", f"colleague-{attempt}", attempt)

    def check_phone(self, connection: Connection, check: int) -> None:
        """Send the code or the test of a check."""
        self._enqueue(connection, "check_phone", f"check-{check}", check)

    def done_before(self, before: datetime, limit: int) -> list[str]:
        """Workflows that ended, however, and were begun before an instant (UTC); so many at most."""
        found = self._client.list_workflows(
            status=["SUCCESS", *BROKEN], end_time=before.isoformat(), limit=limit, load_input=False, load_output=False
        )
        return [one.workflow_id for one in found]

    def forget(self, workflows: list[str]) -> None:
        """Delete workflows that ended, with their steps."""
        if workflows:
            self._client.delete_workflows(workflows)

    def deliver(self, connection: Connection, id_: str, delivery: int, attempt: int, to: str, seconds: float) -> None:
        """Try to deliver news in so many seconds, once for each id; one at a time to each recipient."""
        self._client.enqueue_in_transaction(
            connection,
            {
                "workflow_name": "deliver",
                "queue_name": OUT_QUEUE,
                "workflow_id": id_,
                "app_version": self._version,
                "application_name": APPLICATION,
                "queue_partition_key": to,
                "delay_seconds": seconds,
            },
            delivery,
            attempt,
        )

    def _enqueue(self, connection: Connection, workflow: str, id_: str, *args: object) -> None:
        self._client.enqueue_in_transaction(
            connection,
            {
                "workflow_name": workflow,
                "queue_name": QUEUE,
                "workflow_id": id_,
                "app_version": self._version,
                "application_name": APPLICATION,
            },
            *args,
        )
