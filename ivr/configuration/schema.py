"""The shape of a configuration file: what each key may hold, in a manager's words."""

import re
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from routing.escalation import Target, TargetKind
from routing.numbers import e164
from routing.partners import Tier
from schedules.hours import Period
from schedules.wallclock import UnknownZone, zone

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = re.compile(r"^(\w{3})(?:-(\w{3}))? (\d\d:\d\d)-(\d\d:\d\d)$")
HANDOFF = re.compile(r"^(?:(\w{3}) )?(\d\d:\d\d)$")


def phone(written: str) -> str:
    """A number in E.164."""
    number = e164(written)
    if number is None:
        raise ValueError(f'"{written}" is not an international number. Write it like "+39 0461 171 5112".')
    return number


def named_zone(name: str) -> str:
    """A named time zone."""
    try:
        zone(name)
    except UnknownZone as error:
        raise ValueError(str(error)) from None
    return name


def hhmm(text: str) -> time:
    """A time of day; 24:00 is the end of the day, as 00:00."""
    try:
        return time(0) if text == "24:00" else time.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is no time of day. Write it like "09:00".') from None


def weekday(text: str) -> int:
    """0 for Monday."""
    if text.lower() not in WEEKDAYS:
        raise ValueError(f'"{text}" is no weekday. Write Mon, Tue, Wed, Thu, Fri, Sat or Sun.')
    return WEEKDAYS.index(text.lower())


def periods(text: str) -> tuple[Period, ...]:
    """The periods behind `Mon-Fri 09:00-18:00`, one for each weekday."""
    match = HOURS.match(text)
    if match is None:
        raise ValueError(f'"{text}" is not understood. Write it like "Mon-Fri 09:00-18:00".')
    first = weekday(match[1])
    last = weekday(match[2]) if match[2] else first
    opens, closes = hhmm(match[3]), hhmm(match[4])
    if last < first:
        raise ValueError(f'"{text}" ends before it begins. Write two lines, such as "Sat 09:00-12:00".')
    if closes != time(0) and closes <= opens:
        raise ValueError(f'"{text}" closes before it opens. Split it at midnight.')
    return tuple(Period(day, opens, closes) for day in range(first, last + 1))


def handoff(text: str) -> tuple[int | None, time]:
    """The weekday, where there is one, and the time of a handoff."""
    match = HANDOFF.match(text)
    if match is None:
        raise ValueError(f'"{text}" is not understood. Write it like "Mon 09:00", or "09:00" for daily turns.')
    return (weekday(match[1]) if match[1] else None, hhmm(match[2]))


def target(text: str) -> Target:
    """A target of a level."""
    kind, _, key = text.partition(":")
    if kind not in set(TargetKind) or not key:
        raise ValueError(f'"{text}" is no target. Write "rota:KEY", "engineer:KEY" or "phone:+...".')
    return Target(TargetKind(kind), phone(key) if kind == TargetKind.PHONE else key)


def turn(value: Any) -> tuple[str, ...]:
    """One participant, or several who share a turn."""
    return (value,) if isinstance(value, str) else tuple(value)


def days(value: Any) -> int:
    """The length of a turn in days."""
    named = {"day": 1, "week": 7}
    if isinstance(value, int) and value >= 1:
        return value
    if value in named:
        return named[value]
    raise ValueError(f'"{value}" is no length of a turn. Write "day", "week" or a number of days.')


def pin_digits(text: str) -> str:
    """A PIN that a caller can key in."""
    if not re.fullmatch(r"\d{4,8}", text):
        raise ValueError("a PIN has 4 to 8 digits, in quotes.")
    return text


Phone = Annotated[str, AfterValidator(phone)]
Zone = Annotated[str, AfterValidator(named_zone)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")]


class Strict(BaseModel):
    """A table that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Service(Strict):
    """`[service]`: settings of the line as a whole."""

    default_region: str
    direct_tiers: frozenset[Tier] = frozenset({Tier.PLATINUM, Tier.GOLD, Tier.SILVER})
    page_unverified: bool = False
    call_back_countries: frozenset[Annotated[str, Field(pattern="^[A-Z]{2}$")]] = frozenset()


class RegionTable(Strict):
    """`[[regions]]`: one regional number."""

    key: Key
    name: str
    number: Phone
    zone: Zone
    hours: tuple[Annotated[tuple[Period, ...], BeforeValidator(periods)], ...]
    closures: frozenset[date] = frozenset()
    language: str
    voice: str
    desk: tuple[Phone, ...] = Field((), max_length=10)
    policy: str
    greeting: str = ""


class EngineerTable(Strict):
    """`[[engineers]]`: somebody who can be paged."""

    key: Key
    name: str
    phones: tuple[Phone, ...] = ()
    email: str = ""
    manager: bool = False
    active: bool = True


class LayerTable(Strict):
    """`[[rotas.layers]]`: a rotation."""

    name: str
    every: Annotated[int, BeforeValidator(days)]
    handoff: Annotated[tuple[int | None, time], BeforeValidator(handoff)]
    zone: Zone
    starts_on: date
    participants: tuple[Annotated[tuple[str, ...], BeforeValidator(turn)], ...]
    priority: int = 0


class OverrideTable(Strict):
    """`[[rotas.overrides]]`: a temporary replacement."""

    engineer: str
    from_: datetime = Field(alias="from")
    until: datetime
    zone: Zone = "UTC"
    by: str = ""


class RotaTable(Strict):
    """`[[rotas]]`: layers and overrides under one name."""

    key: Key
    name: str
    layers: tuple[LayerTable, ...] = ()
    overrides: tuple[OverrideTable, ...] = ()


class LevelTable(Strict):
    """`[[policies.levels]]`: who is rung together or one after the other."""

    targets: tuple[Annotated[Target, BeforeValidator(target)], ...] = Field(min_length=1)
    ring_seconds: int = Field(20, ge=5, le=120)
    together: bool = False


class PolicyTable(Strict):
    """`[[policies]]`: ordered levels."""

    key: Key
    name: str
    repeat: int = Field(2, ge=1, le=20)
    pause_seconds: int = Field(60, ge=5, le=3600)
    levels: tuple[LevelTable, ...] = Field(min_length=1)


class PartnerTable(Strict):
    """`[[partners]]`: a company that may dial."""

    number: str = Field(pattern=r"^\d{1,20}$")
    name: str
    tier: Tier
    pin: Annotated[str, AfterValidator(pin_digits)] | None = None
    pin_hash: str = ""
    country: str = Field("", pattern="^([A-Z]{2})?$")
    phones: tuple[Phone, ...] = ()
    refer_to: str | None = None
    pbx: str = ""


class ConfigurationFile(Strict):
    """The whole file."""

    service: Service
    regions: tuple[RegionTable, ...] = Field(min_length=1)
    engineers: tuple[EngineerTable, ...] = ()
    rotas: tuple[RotaTable, ...] = ()
    policies: tuple[PolicyTable, ...] = Field(min_length=1)
    partners: tuple[PartnerTable, ...] = ()
