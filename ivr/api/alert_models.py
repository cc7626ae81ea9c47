"""Alerts on the wire: our own JSON, and what Prometheus' Alertmanager sends (webhook version 4)."""

import hashlib
import json
import re
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ivr.api.instants import Instant, within_reason
from routing.alerts import Alert, Deed
from routing.service import ClassOfService

SUMMARY, DESCRIPTION, LABEL, LABELS = 200, 4000, 500, 64
FINGERPRINT = 180
"""Characters; with the mark of its source it fits into 200."""
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""What no database and no voice can do anything with."""

SERIAL_LABELS, COUNTRY_LABELS, PARTNER_LABELS = ("pbx_serial", "serial", "pbx"), ("country",), ("partner",)
"""Where an Alertmanager's alert says which PBX, country and partner it is about: the first label that is there."""


def clean(text: str) -> str:
    """A text without what cannot be stored."""
    return UNSAFE.sub(" ", text).strip()


def not_empty(text: str) -> str:
    """A text of which something is left."""
    if not text:
        raise ValueError("must not be empty.")
    return text


Text = Annotated[str, AfterValidator(clean)]
Line = Annotated[str, AfterValidator(lambda text: " ".join(clean(text).split()))]
Named = Annotated[Line, AfterValidator(not_empty)]


class AlertIn(BaseModel):
    """One alert in our own JSON."""

    CLEANS_TEXT: ClassVar[bool] = True
    model_config = ConfigDict(extra="forbid")

    fingerprint: Named = Field(
        max_length=FINGERPRINT,
        description="What is the same each time that this alert is told. Each source has its own; all tokens of one "
        "name are one source.",
    )
    status: Literal["firing", "resolved"]
    summary: Named = Field(max_length=SUMMARY, description="The problem in a few words; the engineer hears them.")
    description: Text = Field("", max_length=DESCRIPTION)
    labels: dict[Annotated[str, Field(max_length=LABEL)], Annotated[str, Field(max_length=LABEL)]] = Field(
        default={}, max_length=LABELS, description="What the rules of the configuration may ask for."
    )
    pbx_serial: Line = Field("", max_length=200, description="The serial of the PBX.")
    country: str = Field("", pattern=r"^([A-Z]{2})?$", description="ISO 3166, such as IT.")
    partner: str = Field("", pattern=r"^[0-9]{0,20}$", description="The partner number, as in the configuration.")
    group: Line = Field("", max_length=300, description="What alerts of one outage have in common: one ticket for all.")
    starts_at: Instant | None = None

    def plain(self, source: str) -> Alert:
        """The plain value; fingerprints and groups are those of one source."""
        labels = {clean(name): clean(value) for name, value in self.labels.items()}
        return Alert(
            fingerprint=of_source(source, self.fingerprint),
            firing=self.status == "firing",
            summary=self.summary,
            description=self.description,
            labels=labels,
            serial=self.pbx_serial,
            country=self.country,
            partner=self.partner,
            group=of_source(source, self.group) if self.group else "",
            starts_at=self.starts_at,
        )


class ManagedAlert(BaseModel):
    """One alert of an Alertmanager. What it adds in later versions is let pass."""

    status: Literal["firing", "resolved"]
    labels: dict[str, str] = Field(default={}, max_length=500)
    annotations: dict[str, str] = Field(default={}, max_length=500)
    startsAt: str = Field("", max_length=100, description="An instant (RFC 3339).")  # noqa: N815 Alertmanager's name
    endsAt: str = Field("", max_length=100, description="Is not looked at.")  # noqa: N815
    fingerprint: str = Field("", max_length=FINGERPRINT)

    def plain(self, source: str, group: str) -> Alert:
        """The plain value: summary and description from the annotations, the rest from the labels."""
        labels = {clean(name)[:LABEL]: clean(value)[:LABEL] for name, value in [*self.labels.items()][:LABELS]}
        notes = {name: clean(text) for name, text in self.annotations.items()}
        summary = " ".join((notes.get("summary") or labels.get("alertname") or "an alert without a name").split())
        return Alert(
            fingerprint=of_source(source, clean(self.fingerprint) or fingerprint_of(labels)),
            firing=self.status == "firing",
            summary=summary[:SUMMARY],
            description=(notes.get("description") or notes.get("message") or "")[:DESCRIPTION],
            labels=labels,
            serial=first(labels, SERIAL_LABELS)[:200],
            country=known(first(labels, COUNTRY_LABELS).upper(), r"[A-Z]{2}"),
            partner=known(first(labels, PARTNER_LABELS), r"[0-9]{1,20}"),
            group=of_source(source, group) if group else "",
            starts_at=instant(self.startsAt),
        )


class Managed(BaseModel):
    """What an Alertmanager posts (webhook version 4)."""

    CLEANS_TEXT: ClassVar[bool] = True

    version: Literal["4"] = "4"
    groupKey: str = Field("", max_length=100_000)  # noqa: N815 Alertmanager's name
    status: Literal["firing", "resolved"]
    truncatedAlerts: int = Field(0, ge=0)  # noqa: N815
    alerts: list[ManagedAlert] = Field(max_length=20_000)

    def plain(self, source: str) -> list[Alert]:
        """The plain values. A group's key may be long; its hash names it as well."""
        group = hashlib.sha256(self.groupKey.encode(errors="replace")).hexdigest()[:32] if self.groupKey else ""
        return [one.plain(source, group) for one in self.alerts]


class AlertOut(BaseModel):
    """What became of an alert."""

    fingerprint: str
    outcome: Deed = Field(
        description="opened, joined (the ticket of its group), raised (Standard became Critical), held (it fires again "
        "too soon; a ticket is opened when that is over), known, resolved, unknown (over, and never told), ignored."
    )
    ticket: int | None
    class_of_service: ClassOfService | None
    closed: bool = Field(description="Whether its ticket was closed, since nobody had touched it.")
    held_until: datetime | None


class AlertsOut(BaseModel):
    """What became of the alerts of one post: of 1000 at most, the Critical ones first."""

    tickets: list[int] = Field(description="The tickets that these alerts belong to.")
    left_out: int = Field(description="How many alerts were too many to be looked at.")
    alerts: list[AlertOut]


def of_source(source: str, name: str) -> str:
    """A sender's name for an alert or a group, which no other source can have: 12 signs and a colon before it."""
    return f"{hashlib.sha256(source.encode()).hexdigest()[:12]}:{name}"


def its_own(name: str) -> str:
    """The sender's own name out of one of a source."""
    return name.partition(":")[2]


def fingerprint_of(labels: dict[str, str]) -> str:
    """What names an alert whose sender did not: its labels."""
    return hashlib.sha256(json.dumps(labels, sort_keys=True).encode()).hexdigest()[:16]


def first(labels: dict[str, str], names: tuple[str, ...]) -> str:
    """The first of some labels that is there."""
    return next((labels[name] for name in names if labels.get(name)), "")


def known(text: str, pattern: str) -> str:
    """A text that has the form it should; else nothing, and the alert goes on without it."""
    return text if re.fullmatch(pattern, text) else ""


def instant(written: str) -> datetime | None:
    """An instant (UTC) out of what was sent; None when it is none, which is no reason to refuse an alert."""
    try:
        at: Any = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", written))
        return within_reason(at) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
