"""Zammad's REST API (docs.zammad.org): tickets with articles, found again by our reference in the title."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.integrations.desks.base import MOST_PAGES, Api, News, Theirs, priority_of

PER_PAGE = 50
LONGEST_TITLE = 250
"""Zammad cuts what is longer without a word, and our reference would be gone with it."""

PRIORITIES = {True: "3 high", False: "2 normal"}
STATES = {"open": "open", "paging": "open", "acknowledged": "open", "resolved": "closed", "closed": "closed"}
"""Zammad's own names for priorities and states, as it is installed with."""


@dataclass(frozen=True)
class Zammad:
    """One Zammad. `customer` is an e-mail address; a customer who is not there yet is made."""

    api: Api
    group: str
    customer: str
    priorities: Mapping[bool, str] = field(default_factory=lambda: PRIORITIES)
    states: Mapping[str, str] = field(default_factory=lambda: STATES)
    fields: Mapping[str, Any] = field(default_factory=dict)

    def find(self, reference: str) -> Theirs | None:
        """Zammad has no field for others' ids: the reference stands in the title, and is compared as a whole."""
        for page in range(1, MOST_PAGES + 1):
            query = {"query": reference, "expand": "true", "page": page, "per_page": PER_PAGE}
            found = self.api.get("/api/v1/tickets/search", **query)
            tickets = found if isinstance(found, list) else list(found.get("assets", {}).get("Ticket", {}).values())
            mine = [ticket for ticket in tickets if f"[{reference}]" in ticket["title"]]
            if mine:
                return self._theirs(min(mine, key=lambda ticket: int(ticket["id"])))
            if len(tickets) < PER_PAGE:
                break
        return None

    def create(self, news: News) -> Theirs:
        """A ticket with its first article."""
        body = {
            **self.fields,
            "title": self._title(news),
            "group": self.group,
            "customer_id": f"guess:{self.customer}",
            **priority_of(self.priorities, news),
            "tags": news.reference,
            "article": self._article(news.subject, news.description),
        }
        return self._theirs(self.api.send("POST", "/api/v1/tickets", body))

    def tell(self, theirs: Theirs, news: News, tried_before: bool) -> None:
        """One update with an article."""
        body: dict[str, Any] = {}
        if news.changes_state:
            body["state"] = self.states[news.state]
        if news.changes_class:
            body |= priority_of(self.priorities, news)
        if not (tried_before and self._has(theirs, news.mark)):
            body["article"] = self._article(news.subject, news.note)
        if body:
            self.api.send("PUT", f"/api/v1/tickets/{theirs.id}", body)

    def _title(self, news: News) -> str:
        reference = f" [{news.reference}]"
        return news.subject[: LONGEST_TITLE - len(reference)] + reference

    def _has(self, theirs: Theirs, mark: str) -> bool:
        articles = self.api.get(f"/api/v1/ticket_articles/by_ticket/{theirs.id}")
        return any(mark in str(article.get("body", "")) for article in articles)

    def _article(self, subject: str, text: str) -> dict[str, Any]:
        return {"subject": subject, "body": text, "content_type": "text/plain", "type": "note", "internal": True}

    def _theirs(self, ticket: Mapping[str, Any]) -> Theirs:
        id_, number = str(ticket["id"]), str(ticket.get("number") or ticket["id"])
        return Theirs(id_, number, f"{self.api.base.rstrip('/')}/#ticket/zoom/{id_}")
