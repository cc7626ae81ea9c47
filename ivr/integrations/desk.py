"""Ticket sync: each ticket has one in another system, created once; what happens here is added there, in order."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from ivr.house import House
from ivr.integrations.desks.base import Desk, DeskFailed, News, Theirs
from ivr.integrations.facts import without_numbers
from ivr.integrations.targets import Answer, Verdict
from ivr.store.deliveries import Delivery
from ivr.store.desk_tickets import link, linked
from ivr.store.events import Event, EventType

KIND = "desk:"
SYNCED = {
    EventType.TICKET_OPENED,
    EventType.TICKET_ACKNOWLEDGED,
    EventType.TICKET_CHANGED,
    EventType.TICKET_RESOLVED,
    EventType.TICKET_CLOSED,
}
STATE_OF = {
    EventType.TICKET_ACKNOWLEDGED: "acknowledged",
    EventType.TICKET_RESOLVED: "resolved",
    EventType.TICKET_CLOSED: "closed",
}
SEARCH_LAGS = timedelta(seconds=30)
"""A ticket whose creation was not answered is looked for by a search that may know it only a moment later."""

CHANGE_CLASS = {"upgraded", "downgraded", "raised"}


@dataclass(frozen=True)
class DeskTarget:
    """A ticket system as a recipient. `classes`: which tickets it gets; `prefix` begins our references there."""

    name: str
    title: str
    desk: Desk
    classes: tuple[str, ...]
    prefix: str
    with_numbers: bool = False
    in_order: bool = True
    patience: timedelta = SEARCH_LAGS

    @property
    def key(self) -> str:
        """`desk:` and the name that the file gives it."""
        return f"{KIND}{self.name}"

    def wants(self, event: Event, _at: datetime) -> bool:
        """Everything about tickets; which of them is decided with their facts."""
        return event.type in SYNCED

    def body(self, event: Event, facts: Mapping[str, Any]) -> str | None:
        """The news as JSON; None for a ticket that this desk does not get."""
        told = facts if self.with_numbers else without_numbers(facts)
        if "state" not in told["ticket"] or told["ticket"]["class_of_service"] not in self.classes:
            return None
        return json.dumps(asdict(news_of(event, told, self.prefix)), ensure_ascii=False)

    def send(self, house: House, one: Delivery) -> Answer:
        """See to it that the ticket exists there, then add what changed."""
        assert one.ticket is not None
        news = News(**json.loads(one.body))
        try:
            theirs, is_new = self._ensure(house, one.ticket, news)
            if one.type != EventType.TICKET_OPENED:
                self.desk.tell(theirs, news, tried_before=one.tried_before)
        except DeskFailed as failure:
            verdict = Verdict.REFUSED if failure.permanent else Verdict.AGAIN
            return Answer(verdict, failure.status, str(failure), failure.pause)
        return Answer(Verdict.DELIVERED, said=f"{'Created' if is_new else 'Ticket'} {theirs.number}")

    def _ensure(self, house: House, ticket: int, news: News) -> tuple[Theirs, bool]:
        with house.engine.connect() as connection:
            known = linked(connection, self.name, ticket)
        if known is not None:
            return Theirs(**known), False
        found = self.desk.find(news.reference)
        theirs = found or self.desk.create(news)
        with house.engine.begin() as connection:
            link(connection, self.name, ticket, house.clock(), asdict(theirs))
        return theirs, found is None


def news_of(event: Event, facts: Mapping[str, Any], prefix: str) -> News:
    """What a ticket system is told. No telephone number is in it unless the facts have them."""
    ticket, change = facts["ticket"], facts.get("change") or {}
    reference, mark = f"{prefix}-{ticket['number']}", event.name[4:16]
    what = STATE_OF.get(EventType(event.type), change.get("event", ""))
    said = change.get("detail", "")
    note = f"{what[:1].upper()}{what[1:]}{' ' if said else ''}{said}".strip() or event.type
    return News(
        reference=reference,
        mark=mark,
        subject=_subject(ticket),
        description=f"{_description(ticket)}\n\n{reference} {mark}",
        note=f"{note}\n\n{reference} {mark}",
        critical=ticket["class_of_service"] == "critical",
        state=STATE_OF.get(EventType(event.type), ticket["state"]),
        changes_class=change.get("event") in CHANGE_CLASS,
        changes_state=event.type in STATE_OF,
    )


def _subject(ticket: Mapping[str, Any]) -> str:
    who = ticket["partner_name"] or "unverified caller"
    class_ = "Critical" if ticket["class_of_service"] == "critical" else "Standard"
    return f"{class_} ticket {ticket['number']}: {who}, {ticket['region_name']}, {ticket['symptom'].replace('_', ' ')}"


def _description(ticket: Mapping[str, Any]) -> str:
    lines = {
        "Ticket": f"{ticket['number']}, {ticket['url']}",
        "Class of service": f"{ticket['class_of_service']} (art. {ticket['article']})",
        "Partner": f"{ticket['partner_name']} ({ticket['partner']})" if ticket["partner"] else "unverified",
        "Region": ticket["region_name"],
        "Symptom": ticket["symptom"].replace("_", " "),
        "PBX": ticket["pbx"],
        "Caller": ticket["caller"],
        "Opened": ticket["opened_at"],
        "Response due": ticket["response_due_at"],
    }
    return "\n".join(f"{name}: {value}" for name, value in lines.items() if value)
