"""A stand-in for Zendesk's Ticketing API, with its pages of both kinds, that refuses what Zendesk refuses."""

import base64
from typing import Any

from tests.integrations.services import Asked, Given
from tests.integrations.vendors import Vendor

FIELDS = {"subject", "comment", "external_id", "priority", "status", "tags", "group_id", "type", "custom_fields"}
VALUES = {"priority": {"urgent", "high", "normal", "low"}, "status": {"new", "open", "pending", "hold", "solved"}}


class ZendeskService(Vendor):
    """Zendesk's Ticketing API."""

    authorization = "Basic " + base64.b64encode(b"agent@example.com/token:t0ken").decode()
    routes = (
        ("GET", r"/api/v2/tickets", "listed"),
        ("POST", r"/api/v2/tickets", "create"),
        ("PUT", r"/api/v2/tickets/(\d+)", "change"),
        ("GET", r"/api/v2/tickets/(\d+)/comments", "comments_of"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.tickets: dict[int, dict[str, Any]] = {}
        self.comments: dict[int, list[dict[str, Any]]] = {}
        self.keys: dict[str, tuple[int, bytes]] = {}

    def listed(self, asked: Asked) -> Given:
        found = [one for one in self.tickets.values() if one["external_id"] == asked.query["external_id"]]
        page = int(asked.query.get("page", 1))
        query = f"external_id={asked.query['external_id']}&page={page + 1}"
        following = f"{self.url}/api/v2/tickets?{query}" if len(found) > page * 2 else None
        return Given(200, {"tickets": found[(page - 1) * 2 : page * 2], "next_page": following, "count": len(found)})

    def create(self, asked: Asked) -> Given:
        key = asked.headers.get("idempotency-key", "")
        if key in self.keys:
            id_, body = self.keys[key]
            if body != asked.body:
                return Given(400, {"error": "IdempotentRequestError", "description": "Request parameters do not match"})
            return Given(201, {"ticket": self.tickets[id_]}, {"x-idempotency-lookup": "hit"})
        if refused := self._refused(asked.json, {"subject", "comment"}):
            return refused
        ticket = self.add(asked.json["ticket"])
        self.keys[key] = (ticket["id"], asked.body)
        return Given(201, {"ticket": ticket}, {"x-idempotency-lookup": "miss"})

    def add(self, ticket: dict[str, Any]) -> dict[str, Any]:
        id_ = len(self.tickets) + 1
        kept = {name: value for name, value in ticket.items() if name != "comment"}
        self.tickets[id_] = {"id": id_, "status": "new", **kept}
        self.comments[id_] = [ticket["comment"]]
        return self.tickets[id_]

    def change(self, asked: Asked, id_: str) -> Given:
        if int(id_) not in self.tickets:
            return Given(404, {"error": "RecordNotFound", "description": "Not found"})
        if refused := self._refused(asked.json, set()):
            return refused
        body = dict(asked.json["ticket"])
        self.comments[int(id_)] += [comment] if (comment := body.pop("comment", None)) else []
        self.tickets[int(id_)] |= body
        return Given(200, {"ticket": self.tickets[int(id_)]})

    def comments_of(self, asked: Asked, id_: str) -> Given:
        start = int(asked.query.get("page[after]", 0))
        found = self.comments[int(id_)]
        more = len(found) > start + 2
        url = f"{self.url}{asked.path}?page[size]=2&page[after]={start + 2}"
        page = {
            "comments": found[start : start + 2],
            "meta": {"has_more": more},
            "links": {"next": url if more else None},
        }
        return Given(200, page)

    def _refused(self, body: dict[str, Any], required: set[str]) -> Given | None:
        if set(body) != {"ticket"}:
            return Given(400, {"error": "a ticket is required"})
        ticket = body["ticket"]
        comment = ticket.get("comment", {"body": "x"})
        wrong = set(ticket) - FIELDS or required - set(ticket) or set(comment) - {"body", "html_body", "public"}
        wrong |= {name for name, known in VALUES.items() if name in ticket and ticket[name] not in known}
        if wrong or not comment.get("body"):
            return Given(
                422, {"error": "RecordInvalid", "description": "Record validation errors", "details": str(wrong)}
            )
        return None

    def state_of(self, id_: int = 1) -> tuple[str, str]:
        return self.tickets[id_]["status"], self.tickets[id_]["priority"]

    def texts(self, id_: int = 1) -> list[str]:
        return [comment["body"] for comment in self.comments[id_] if comment["public"] is False]

    def crowd(self, count: int) -> None:
        for number in range(count):
            comment = {"body": "of somebody else", "public": False}
            self.add({"external_id": f"nightline-{10420 + number}", "subject": "x", "comment": comment})
