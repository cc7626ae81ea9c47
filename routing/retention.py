"""Retention: for how long each kind of data is kept (art. 10, 11)."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

ERASED = "erased"
"""What stands where a number or a name was."""


@dataclass(frozen=True)
class Retention:
    """Days for each kind of data; 0 keeps it for ever.

    `calls` are who called when, `answers` what they pressed; `sign_in` is what is left of sessions, tokens, codes and
    tries, `engine` what the durable engine remembers of work that is done; `overrides` those that
    ended, with earlier layers, swaps and leave. Of tickets and their alerts only those that are closed or resolved go.
    """

    recordings: int = 90
    answers: int = 365
    calls: int = 730
    texts: int = 180
    tickets: int = 1825
    audit: int = 1095
    overrides: int = 1095
    reminders: int = 90
    sign_in: int = 30
    engine: int = 30

    def cutoff(self, kind: str, at: datetime) -> datetime | None:
        """What was before this instant (UTC) goes; None for a kind that is kept for ever."""
        days: int = getattr(self, kind)
        return at - timedelta(days=days) if days else None


KINDS = tuple(field.name for field in fields(Retention))

WHAT = {
    "recordings": "callers' messages, at the carrier too",
    "answers": "what callers pressed",
    "calls": "calls: who, when, from where",
    "texts": "texts and mail, out and in",
    "tickets": "closed and resolved tickets with their timelines, attempts and alerts",
    "audit": "the audit of changes",
    "overrides": "ended overrides and earlier layers, swaps and leave",
    "reminders": "reminders of shifts",
    "sign_in": "what is left of sessions, tokens, codes and tries",
    "engine": "what the durable engine remembers of work that is done",
}
