"""A stand-in for Zammad 6, with its search a page at a time, that refuses what Zammad refuses."""

import re
from typing import Any

from tests.integrations.services import Asked, Given
from tests.integrations.vendors import Vendor

STATES, PRIORITIES = {"new", "open", "closed"}, {"1 low", "2 normal", "3 high"}
TICKET_FIELDS = {"title", "group", "customer_id", "customer", "priority", "state", "tags", "article", "note"}
ARTICLE_FIELDS = {"subject", "body", "content_type", "type", "internal", "sender"}


class ZammadService(Vendor):
    """Zammad 6, with its search a page at a time."""

    authorization = "Token token=t0ken"
    routes = (
        ("GET", r"/api/v1/tickets/search", "search"),
        ("POST", r"/api/v1/tickets", "create"),
        ("PUT", r"/api/v1/tickets/(\d+)", "change"),
        ("GET", r"/api/v1/ticket_articles/by_ticket/(\d+)", "articles_of"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.tickets: dict[int, dict[str, Any]] = {}
        self.articles: dict[int, list[dict[str, Any]]] = {}

    def search(self, asked: Asked) -> Given:
        query, page, size = asked.query["query"], int(asked.query["page"]), int(asked.query["per_page"])
        words = query.lower().split("-")
        found = [one for one in self.tickets.values() if all(word in one["title"].lower() for word in words)]
        return Given(200, found[(page - 1) * size : page * size])

    def create(self, asked: Asked) -> Given:
        body = asked.json
        missing = {"title", "group", "customer_id", "article"} - set(body)
        if missing or not re.fullmatch(r"guess:\S+@\S+", str(body.get("customer_id"))) or body["group"] != "Users":
            return Given(422, {"error": f"missing or wrong: {missing}"})
        return self._refused(body) or Given(201, self.add(body))

    def add(self, body: dict[str, Any]) -> dict[str, Any]:
        id_ = len(self.tickets) + 1
        kept = {name: value for name, value in body.items() if name != "article"}
        kept["title"] = kept["title"][:250]
        self.tickets[id_] = {"id": id_, "number": str(22000 + id_), "state": "new", **kept}
        self.articles[id_] = [body["article"]] if "article" in body else []
        return self.tickets[id_]

    def change(self, asked: Asked, id_: str) -> Given:
        if int(id_) not in self.tickets:
            return Given(404, {"error": "Couldn't find Ticket"})
        body = dict(asked.json)
        if refused := self._refused(body):
            return refused
        self.articles[int(id_)] += [article] if (article := body.pop("article", None)) else []
        self.tickets[int(id_)] |= body
        return Given(200, self.tickets[int(id_)])

    def articles_of(self, _asked: Asked, id_: str) -> Given:
        return Given(200, self.articles[int(id_)])

    def _refused(self, body: dict[str, Any]) -> Given | None:
        article = body.get("article", {"body": "x", "type": "note"})
        wrong = set(body) - TICKET_FIELDS or set(article) - ARTICLE_FIELDS
        if wrong or not article.get("body") or article.get("type") not in {"note", "phone", "web"}:
            return Given(422, {"error": f"unknown or wrong: {wrong}"})
        if body.get("state", "new") not in STATES or body.get("priority", "1 low") not in PRIORITIES:
            return Given(422, {"error": "No lookup value found"})
        return None

    # What tests ask of every vendor

    def state_of(self, id_: int = 1) -> tuple[str, str]:
        return self.tickets[id_]["state"], self.tickets[id_]["priority"]

    def texts(self, id_: int = 1) -> list[str]:
        return [article["body"] for article in self.articles[id_] if article["internal"]]

    def crowd(self, count: int) -> None:
        for number in range(count):
            self.add({"title": f"nightline 1042 is not [nightline-{10420 + number}]"})
