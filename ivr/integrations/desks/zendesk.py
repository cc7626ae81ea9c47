"""Zendesk's Ticketing API: tickets found again by `external_id`, created with an idempotency key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.integrations.desks.base import Api, News, Theirs, pages, priority_of

PRIORITIES = {True: "urgent", False: "normal"}
STATES = {"open": "open", "paging": "open", "acknowledged": "open", "resolved": "solved", "closed": "solved"}
"""Closed tickets cannot be changed any more, and Zendesk closes solved ones by itself."""

TICKETS = "/api/v2/tickets"


@dataclass(frozen=True)
class Zendesk:
    """One Zendesk account. Comments are private: partners do not see them."""

    api: Api
    priorities: Mapping[bool, str] = field(default_factory=lambda: PRIORITIES)
    states: Mapping[str, str] = field(default_factory=lambda: STATES)
    fields: Mapping[str, Any] = field(default_factory=dict)

    def find(self, reference: str) -> Theirs | None:
        """The first ticket with our reference as its external id; Zendesk does not keep them unique."""
        for page in pages(self.api.get(TICKETS, external_id=reference), self._next):
            mine = [ticket for ticket in page["tickets"] if ticket.get("external_id") == reference]
            if mine:
                return self._theirs(min(mine, key=lambda ticket: int(ticket["id"])))
        return None

    def create(self, news: News) -> Theirs:
        """A ticket with its first comment. By the key Zendesk answers a repeated request with the same ticket."""
        ticket = {
            **self.fields,
            "subject": news.subject,
            "comment": {"body": news.description, "public": False},
            "external_id": news.reference,
            **priority_of(self.priorities, news),
        }
        found = self.api.send("POST", TICKETS, {"ticket": ticket}, {"Idempotency-Key": f"{news.reference}-{news.mark}"})
        return self._theirs(found["ticket"])

    def tell(self, theirs: Theirs, news: News, tried_before: bool) -> None:
        """One update with a comment."""
        ticket: dict[str, Any] = {}
        if news.changes_state:
            ticket["status"] = self.states[news.state]
        if news.changes_class:
            ticket |= priority_of(self.priorities, news)
        if not (tried_before and self._has(theirs, news.mark)):
            ticket["comment"] = {"body": news.note, "public": False}
        if ticket:
            self.api.send("PUT", f"{TICKETS}/{theirs.id}", {"ticket": ticket})

    def _has(self, theirs: Theirs, mark: str) -> bool:
        first = self.api.get(f"{TICKETS}/{theirs.id}/comments", **{"page[size]": 100})
        comments = (comment for page in pages(first, self._next) for comment in page["comments"])
        return any(mark in str(comment.get("body", "")) for comment in comments)

    def _next(self, page: Mapping[str, Any]) -> Any:
        more = (page.get("meta") or {}).get("has_more")
        url = (page.get("links") or {}).get("next") if more else page.get("next_page")
        path = self.api.own(url) if url else None
        return self.api.get(path) if path else None

    def _theirs(self, ticket: Mapping[str, Any]) -> Theirs:
        id_ = str(ticket["id"])
        return Theirs(id_, id_, f"{self.api.base.rstrip('/')}/agent/tickets/{id_}")
