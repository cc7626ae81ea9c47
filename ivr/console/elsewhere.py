"""Elsewhere: a ticket's twins in other systems, whether they are in sync, and what failed."""

from dataclasses import dataclass

from sqlalchemy import Connection

from ivr.integrations.desk import KIND
from ivr.store.deliveries import Delivery, DeliveryState, Wanted, list_deliveries
from ivr.store.desk_tickets import links_of

MOST = 200


@dataclass(frozen=True)
class Elsewhere:
    """One system: its ticket (number and page, empty when there is none yet), and the oldest news that is not there."""

    desk: str
    number: str
    url: str
    behind: Delivery | None


def elsewhere(connection: Connection, ticket: int) -> list[Elsewhere]:
    """Where else a ticket is, by the systems' names."""
    links = links_of(connection, ticket)
    news: dict[str, list[Delivery]] = {}
    for one in list_deliveries(connection, Wanted(target=KIND, ticket=ticket), limit=MOST):
        news.setdefault(one.target.removeprefix(KIND), []).append(one)
    return [_place(desk, links.get(desk), news.get(desk, [])) for desk in sorted({*links, *news})]


def _place(desk: str, link: object, news: list[Delivery]) -> Elsewhere:
    found = link if isinstance(link, dict) else {"number": "", "url": ""}
    missing = [one for one in news if one.state in {DeliveryState.WAITING, DeliveryState.FAILED}]
    oldest = missing[-1] if missing else None
    return Elsewhere(desk, found["number"], found["url"], oldest)
