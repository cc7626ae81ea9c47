"""Taking in alerts: ruled, deduplicated, and stored with their ticket and its page in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ivr.alerts.openings import open_ticket, raise_ticket
from ivr.alerts.recovery import note, recover, tell_of_another
from ivr.house import House
from ivr.store import alerts, tickets
from ivr.store.alerts import AlertRecord
from ivr.store.engine import let_others_write
from routing.alerts import (
    Alert,
    AlertClass,
    AlertSettings,
    Before,
    Decision,
    Deed,
    Ruling,
    decide,
    holds_until,
    ruling,
)
from routing.configuration import Configuration
from routing.service import ClassOfService

MOST = 1000
"""How many alerts of one post are taken in; the Critical ones first."""

AT_ONCE = 20
"""So many of them are taken in by one transaction: a caller's write waits for no longer than that."""

AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Taken:
    """What became of a posted alert. `class_of_service` is None for one that is ignored, or over and never known."""

    fingerprint: str
    deed: Deed
    ticket: int | None
    class_of_service: ClassOfService | None
    closed: bool = False
    held_until: datetime | None = None


def by_urgency(configuration: Configuration, posted: Iterable[Alert]) -> Sequence[Alert]:
    """The alerts of one post that are taken in, the Critical ones first."""
    rank = list(AlertClass).index
    return sorted(posted, key=lambda alert: rank(ruled(configuration, alert).service))[:MOST]


def take_in(house: House, connection: Connection, posted: Iterable[Alert], at: datetime) -> Sequence[Taken]:
    """Take in alerts in this transaction; one that was told before changes nothing. Many at once queue here."""
    configuration = house.configuration.current(connection)
    alerts.hold_alerts(connection)
    intake = Intake(house, connection, configuration.rules.alerts, at)
    return [intake.take(alert, ruled(configuration, alert)) for alert in posted]


def take_in_turns(house: House, posted: Sequence[Alert]) -> Iterator[Taken]:
    """Take in many alerts, a few in each transaction; other writers come in between.

    What was stored before a failure is known when it is told again.
    """
    for begin in range(0, len(posted), AT_ONCE):
        if begin:
            let_others_write(house.engine)
        with house.engine.begin() as connection:
            taken = take_in(house, connection, posted[begin : begin + AT_ONCE], house.clock())
        yield from taken


def ruled(configuration: Configuration, alert: Alert) -> Ruling:
    """What the configuration says of an alert."""
    return ruling(alert, configuration.alert_rules.values(), configuration.rules.alerts.default)


@dataclass(frozen=True)
class Intake:
    """One transaction, while nobody else takes in alerts; `at` is UTC."""

    house: House
    connection: Connection
    settings: AlertSettings
    at: datetime

    def take(self, alert: Alert, found: Ruling) -> Taken:
        """Decide on one alert, and carry it out."""
        last = alerts.last_alert(self.connection, alert.fingerprint)
        shared = self._shared(alert, found) if alert.firing and found.service is not AlertClass.IGNORE else None
        decision = decide(found, alert, self._before(last), shared, self.at)
        ticket, closed = self._carry_out(alert, found, decision, last)
        service = found.service.class_of_service if found.service is not AlertClass.IGNORE else None
        if decision.deed is Deed.UNKNOWN:
            service = None
        return Taken(alert.fingerprint, decision.deed, ticket, service, closed, decision.until)

    def _carry_out(
        self, alert: Alert, found: Ruling, decision: Decision, last: AlertRecord | None
    ) -> tuple[int | None, bool]:
        """The ticket that it belongs to, and whether that was closed."""
        match decision.deed:
            case Deed.IGNORED | Deed.UNKNOWN:
                return decision.ticket, False
            case Deed.RESOLVED:
                return decision.ticket, self._over(last)
            case Deed.KNOWN:
                assert last is not None
                alerts.told_again(self.connection, last.id, self.at)
                return decision.ticket, False
            case Deed.OPENED:
                number = open_ticket(self.house, self.connection, alert, found, self.at).number
            case _:
                assert decision.ticket is not None
                number = decision.ticket
        if decision.deed is Deed.RAISED:
            raise_ticket(self.house, self.connection, number, self.at)
        self._store(alert, found, decision, number, last)
        if found.service is AlertClass.CRITICAL and decision.deed in {Deed.JOINED, Deed.RAISED}:
            tell_of_another(self.house, self.connection, number, alert.summary, self.at)
        return number, False

    def _store(self, alert: Alert, found: Ruling, decision: Decision, number: int, last: AlertRecord | None) -> None:
        held = decision.deed is Deed.HELD
        told_at = last.told_at if held and last is not None else self.at
        id_ = alerts.store_alert(self.connection, alert, found, number, self.at, told_at)
        if held:
            alerts.update_alert(self.connection, id_, held_until=decision.until)
        event = {Deed.HELD: "alert fires again", Deed.JOINED: "alert joined"}.get(decision.deed, "alert")
        note(self.connection, number, f"alert-{id_}", self.at, event, alert.summary)

    def _over(self, last: AlertRecord | None) -> bool:
        """The alert is over; True when its ticket was closed for it."""
        assert last is not None
        alerts.update_alert(self.connection, last.id, resolved_at=self.at, last_at=self.at)
        if last.ticket is None or last.held_until is not None:
            return False
        return recover(self.house, self.connection, last.ticket, last.id, last.summary, self.at)

    def _before(self, last: AlertRecord | None) -> Before | None:
        if last is None or last.ticket is None:
            return None
        ticket = tickets.find_ticket(self.connection, last.ticket)
        if ticket is None:
            return None
        settled = alerts.settled_at(self.connection, ticket.number)
        return Before(
            firing=last.firing,
            critical=last.class_of_service is ClassOfService.CRITICAL,
            ticket=ticket.number,
            state=ticket.state,
            opened_at=ticket.opened_at,
            holds_until=holds_until(last.told_at, settled, self.settings.flapping_minutes),
        )

    def _shared(self, alert: Alert, found: Ruling) -> int | None:
        """The ticket that a new alert would join: that of its group, or the newest one in an hour of many pages."""
        window, service = timedelta(minutes=self.settings.group_minutes), found.service.class_of_service
        lead = None
        if alert.group and window:
            lead = alerts.ticket_of_group(self.connection, alert.group, service, self.at - window)
        most = self.settings.pages_per_hour
        if lead is None and most and service is ClassOfService.CRITICAL:
            paged = alerts.count_pages(self.connection, self.at - AN_HOUR)
            lead = alerts.newest_page(self.connection, self.at - AN_HOUR) if paged >= most else None
        return lead.number if lead else None


def page_held(house: House) -> int:
    """Open tickets for the alerts that still fire after they were held; returns how many were looked at."""
    at, looked_at = house.clock(), 0
    while some := _page_some(house, at):
        looked_at += some
        let_others_write(house.engine)
    return looked_at


def _page_some(house: House, at: datetime) -> int:
    with house.engine.connect() as connection:
        if not alerts.held_alerts(connection, at, 1):
            return 0
    with house.engine.begin() as connection:
        alerts.hold_alerts(connection)
        held = alerts.held_alerts(connection, at, AT_ONCE)
        configuration = house.configuration.current(connection)
        intake = Intake(house, connection, configuration.rules.alerts, at)
        for one in held:
            alerts.update_alert(connection, one.id, resolved_at=at)
            intake.take(one.plain(), ruled(configuration, one.plain()))
    return len(held)
