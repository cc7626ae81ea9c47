"""Alerts of the monitoring: stored once while they fire, with the ticket that they belong to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from ivr.store.alert_tables import alert_posts, alerts
from ivr.store.once import insert_once
from ivr.store.tables import counters, ticket_log, tickets
from ivr.store.tickets import ticket_from
from routing.alerts import Alert, Ruling
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState

SETTLED = ("resolved", "closed")
"""The lines of a timeline with which people were done with a ticket."""

BY_PEOPLE = (
    *("acknowledged", "note", "class confirmed", "upgraded", "downgraded"),
    *("fields", "file added", "related"),
    "called again",
)
"""The lines of a timeline that only somebody who works on a ticket writes, or its partner who called about it."""


@dataclass(frozen=True)
class AlertRecord:
    """One firing of an alert. Instants are UTC; `resolved_at` is None while it fires.

    `told_at` is when its ticket was first told of it, `held_until` when a ticket is opened for it unless it is over.
    """

    id: int
    fingerprint: str
    group: str
    class_of_service: ClassOfService
    rule: str
    summary: str
    description: str
    labels: Mapping[str, str]
    serial: str
    country: str
    partner: str
    ticket: int | None
    starts_at: datetime | None
    first_at: datetime
    told_at: datetime
    last_at: datetime
    times: int
    held_until: datetime | None
    resolved_at: datetime | None

    @property
    def firing(self) -> bool:
        """Whether it was not told to be over."""
        return self.resolved_at is None

    def plain(self) -> Alert:
        """As it was posted."""
        return Alert(
            fingerprint=self.fingerprint,
            firing=self.firing,
            summary=self.summary,
            description=self.description,
            labels=self.labels,
            serial=self.serial,
            country=self.country,
            partner=self.partner,
            group=self.group,
            starts_at=self.starts_at,
        )


def hold_alerts(connection: Connection) -> None:
    """Let nobody else take in alerts until this transaction ends: of many of one outage, one pages."""
    insert_once(connection, counters, name="alerts", value=0)
    connection.execute(update(counters).where(counters.c.name == "alerts").values(value=counters.c.value + 1))


def count_post(connection: Connection, token: int, at: datetime) -> int:
    """Count a post of a token; returns how many there were in this minute."""
    minute = int(at.timestamp()) // 60
    insert_once(connection, alert_posts, token=token, minute=minute, posts=0)
    mine = update(alert_posts).where(alert_posts.c.token == token)
    connection.execute(mine.where(alert_posts.c.minute != minute).values(minute=minute, posts=0))
    counted = connection.execute(mine.values(posts=alert_posts.c.posts + 1).returning(alert_posts.c.posts))
    return int(counted.scalar_one())


def last_alert(connection: Connection, fingerprint: str) -> AlertRecord | None:
    """The newest firing of a fingerprint."""
    query = select(alerts).where(alerts.c.fingerprint == fingerprint).order_by(alerts.c.id.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return _record(row) if row else None


def store_alert(
    connection: Connection, alert: Alert, ruling: Ruling, ticket: int | None, at: datetime, told_at: datetime
) -> int:
    """Store a firing that is new; returns its id. Whatever fired under its fingerprint before is over."""
    firing = (alerts.c.fingerprint == alert.fingerprint, alerts.c.resolved_at.is_(None))
    connection.execute(update(alerts).where(*firing).values(resolved_at=at))
    posted = {name: value for name, value in alert.__dict__.items() if name != "firing"}
    values: dict[str, Any] = {**posted, "labels": dict(alert.labels), "ticket": ticket, "rule": ruling.rule, "times": 1}
    times = {"first_at": at, "last_at": at, "told_at": told_at}
    row = {**values, **times, "class_of_service": ruling.service.class_of_service}
    return int(connection.execute(insert(alerts).values(**row).returning(alerts.c.id)).scalar_one())


def update_alert(connection: Connection, id_: int, **values: Any) -> None:
    """Set columns of a firing."""
    connection.execute(update(alerts).where(alerts.c.id == id_).values(**values))


def told_again(connection: Connection, id_: int, at: datetime) -> None:
    """A firing was posted once more."""
    connection.execute(update(alerts).where(alerts.c.id == id_).values(last_at=at, times=alerts.c.times + 1))


def alerts_of(connection: Connection, ticket: int, limit: int = 200) -> Sequence[AlertRecord]:
    """The alerts of a ticket, oldest first."""
    query = select(alerts).where(alerts.c.ticket == ticket).order_by(alerts.c.id).limit(limit)
    return [_record(row) for row in connection.execute(query).mappings()]


def count_alerts(connection: Connection, ticket: int, *, firing: bool = False) -> int:
    """How many different alerts a ticket has, or how many of them still fire."""
    query = select(func.count(func.distinct(alerts.c.fingerprint))).where(alerts.c.ticket == ticket)
    if firing:
        query = query.where(alerts.c.resolved_at.is_(None), alerts.c.held_until.is_(None))
    return int(connection.execute(query).scalar_one())


def held_alerts(connection: Connection, at: datetime, limit: int) -> Sequence[AlertRecord]:
    """The alerts that fire and were held until `at`, the oldest first, so many at most."""
    over = (alerts.c.resolved_at.is_(None), alerts.c.held_until <= at)
    query = select(alerts).where(*over).order_by(alerts.c.id).limit(limit)
    return [_record(row) for row in connection.execute(query).mappings()]


def ticket_of_group(
    connection: Connection, group: str, class_of_service: ClassOfService, since: datetime
) -> Ticket | None:
    """The oldest ticket opened since then for alerts of a group, for which somebody is called or at work."""
    mine = select(alerts.c.ticket).where(alerts.c.group == group, alerts.c.ticket.is_not(None))
    return _first(connection, tickets.c.number.in_(mine), class_of_service, since, tickets.c.number)


def newest_page(connection: Connection, since: datetime) -> Ticket | None:
    """The newest Critical ticket of the monitoring opened since then, for which somebody is called or at work."""
    mine = select(alerts.c.ticket).where(alerts.c.ticket.is_not(None), alerts.c.first_at >= since)
    return _first(connection, tickets.c.number.in_(mine), ClassOfService.CRITICAL, since, tickets.c.number.desc())


def count_pages(connection: Connection, since: datetime) -> int:
    """How many tickets of alerts were paged for that were opened since then."""
    mine = select(alerts.c.ticket).where(alerts.c.ticket.is_not(None), alerts.c.first_at >= since)
    paged = (tickets.c.number.in_(mine), tickets.c.opened_at >= since, tickets.c.escalation > 0)
    return int(connection.execute(select(func.count()).select_from(tickets).where(*paged)).scalar_one())


def settled_at(connection: Connection, ticket: int) -> datetime | None:
    """When people were done with a ticket; None when they were not."""
    mine = (ticket_log.c.ticket == ticket, ticket_log.c.event.in_(SETTLED))
    found: datetime | None = connection.execute(select(func.max(ticket_log.c.at)).where(*mine)).scalar_one()
    return found


def was_touched(connection: Connection, ticket: int) -> bool:
    """Whether people did something with a ticket: took it, noted, judged, called about it."""
    query = select(ticket_log.c.id).where(ticket_log.c.ticket == ticket, ticket_log.c.event.in_(BY_PEOPLE)).limit(1)
    return connection.execute(query).first() is not None


def _first(
    connection: Connection, mine: Any, class_of_service: ClassOfService, since: datetime, order: Any
) -> Ticket | None:
    waits = TicketState.PAGING if class_of_service is ClassOfService.CRITICAL else TicketState.OPEN
    states = tickets.c.state.in_([waits, TicketState.ACKNOWLEDGED])
    same = (tickets.c.class_of_service == class_of_service, tickets.c.opened_at >= since, states)
    row = connection.execute(select(tickets).where(mine, *same).order_by(order).limit(1)).mappings().first()
    return ticket_from(row) if row else None


def _record(row: RowMapping) -> AlertRecord:
    return AlertRecord(**{**row, "class_of_service": ClassOfService(row["class_of_service"])})
