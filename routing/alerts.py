"""Alerts of the monitoring: which class of service one has by rule, and what becomes of it (art. 18)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase

from routing.service import ClassOfService
from routing.tickets import TicketState


class AlertClass(StrEnum):
    """What a rule makes of an alert."""

    CRITICAL = "critical"
    STANDARD = "standard"
    IGNORE = "ignore"

    @property
    def class_of_service(self) -> ClassOfService:
        """The class of its ticket. An alert that is ignored has none."""
        return ClassOfService(self.value)


@dataclass(frozen=True)
class AlertRule:
    """One rule: an alert that has all of this. What is empty fits every alert.

    `labels` are patterns by the label's name (`core-*`), `serials` beginnings of PBX serials, `countries` ISO 3166
    codes, `partners` partner numbers. `region` and `policy` are keys of the configuration; empty: as always.
    """

    key: str
    service: AlertClass
    labels: Mapping[str, str] = field(default_factory=dict)
    serials: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    region: str = ""
    policy: str = ""


@dataclass(frozen=True)
class AlertSettings:
    """How alerts are taken in.

    `default` is the class of an alert that no rule fits. Critical alerts of one group join one ticket for
    `group_minutes`; one that fires again within `flapping_minutes` after its page does not page before they are over.
    After `pages_per_hour` pages of alerts the others of that hour join the newest ticket that somebody is called
    for or works on; 0 is no limit. A program may post `posts_per_minute` times.
    """

    default: AlertClass = AlertClass.STANDARD
    group_minutes: int = 60
    flapping_minutes: int = 30
    pages_per_hour: int = 10
    posts_per_minute: int = 300


@dataclass(frozen=True)
class Alert:
    """An alert as it was posted. `starts_at` is the sender's instant (UTC), None when it told none.

    `group` is what alerts of one outage have in common, empty for one that stands alone. Country is ISO 3166.
    """

    fingerprint: str
    firing: bool
    summary: str
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    serial: str = ""
    country: str = ""
    partner: str = ""
    group: str = ""
    starts_at: datetime | None = None


@dataclass(frozen=True)
class Ruling:
    """What the rules say of an alert, and which of them; an empty `rule` is the default."""

    service: AlertClass
    rule: str = ""
    region: str = ""
    policy: str = ""


def ruling(alert: Alert, rules: Iterable[AlertRule], default: AlertClass) -> Ruling:
    """The first rule that fits decides."""
    for rule in rules:
        if fits(rule, alert):
            return Ruling(rule.service, rule.key, rule.region, rule.policy)
    return Ruling(default)


def fits(rule: AlertRule, alert: Alert) -> bool:
    """Whether an alert has everything that a rule asks for."""
    return (
        all(name in alert.labels and fnmatchcase(alert.labels[name], want) for name, want in rule.labels.items())
        and (not rule.serials or alert.serial.startswith(rule.serials))
        and (not rule.countries or alert.country in rule.countries)
        and (not rule.partners or alert.partner in rule.partners)
    )


STAYS_WITH_TICKET = timedelta(hours=12)
"""For so long an alert that fires again goes to whoever has its ticket, and nobody else is woken."""


@dataclass(frozen=True)
class Before:
    """How the last alert of this fingerprint stands: its ticket, and until when it may not page again (UTC).

    `firing`: it was not told to be over. `opened_at` is when its ticket was opened.
    """

    firing: bool
    critical: bool
    ticket: int | None
    state: TicketState | None
    opened_at: datetime
    holds_until: datetime

    def is_at_work(self, at: datetime) -> bool:
        """Whether its ticket waits for somebody, or somebody has it who can be left with it."""
        alive = self.state in {TicketState.OPEN, TicketState.PAGING, TicketState.ACKNOWLEDGED}
        return alive and (self.firing or at - self.opened_at < STAYS_WITH_TICKET)


class Deed(StrEnum):
    """What is done with an alert."""

    IGNORED = "ignored"
    KNOWN = "known"
    OPENED = "opened"
    RAISED = "raised"
    JOINED = "joined"
    HELD = "held"
    RESOLVED = "resolved"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Decision:
    """`ticket` is the one that it belongs to; None where one is opened, or where there is none."""

    deed: Deed
    ticket: int | None = None
    until: datetime | None = None


def decide(found: Ruling, alert: Alert, before: Before | None, shared: int | None, at: datetime) -> Decision:
    """What is to be done with an alert at `at` (UTC), from facts alone; posting it again gives KNOWN.

    `shared` is the ticket that it would join: of its group, or of the hour in which too many paged.
    OPENED and RAISED of a Critical alert page. HELD does so when its time is over, unless it is resolved before.
    """
    if not alert.firing:
        known = before is not None and before.firing
        return Decision(Deed.RESOLVED if known else Deed.UNKNOWN, before.ticket if before else None)
    if found.service is AlertClass.IGNORE:
        return Decision(Deed.IGNORED)
    if before is not None and (again := _again(found, before, at)) is not None:
        return again
    return Decision(Deed.OPENED) if shared is None else Decision(Deed.JOINED, shared)


def _again(found: Ruling, before: Before, at: datetime) -> Decision | None:
    """An alert that was told before; None when it is as good as new."""
    worse = found.service is AlertClass.CRITICAL and not before.critical
    if before.is_at_work(at):
        deed = Deed.RAISED if worse else Deed.KNOWN if before.firing else Deed.JOINED
        return Decision(deed, before.ticket)
    if at < before.holds_until and not worse:
        return Decision(Deed.KNOWN if before.firing else Deed.HELD, before.ticket, before.holds_until)
    return None


def holds_until(told_at: datetime, settled_at: datetime | None, minutes: int) -> datetime:
    """Until when an alert opens nothing new (UTC): counted from its ticket, and from when people were done with it."""
    return max(told_at, settled_at or told_at) + timedelta(minutes=minutes)
