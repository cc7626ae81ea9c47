"""The shape of a configuration file: what each key may hold, in a manager's words."""

from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, model_validator

from ivr.configuration.fields import (
    AudioName,
    Blocked,
    Country,
    CountryOrNone,
    Date,
    Handoff,
    Hours,
    Key,
    Language,
    LevelTarget,
    Moment,
    Name,
    OutboundPhone,
    PartnerNumber,
    Phone,
    Pin,
    PinHash,
    Turn,
    Zone,
)
from ivr.configuration.rota_fields import Counts, Every, SpecialOpening, Windows, holidays
from routing.escalation import Order
from routing.partners import Tier
from schedules.holidays import HolidayCalendar, calendar_fault
from schedules.overrides import OverrideKind


class Strict(BaseModel):
    """A table that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Service(Strict):
    """`[service]`: settings of the line as a whole."""

    default_region: str
    direct_tiers: frozenset[Tier] = frozenset({Tier.PLATINUM, Tier.GOLD, Tier.SILVER})
    page_unverified: StrictBool = False
    call_back_countries: frozenset[Country] = frozenset()
    fallback_policy: str
    blocked_callers: frozenset[Blocked] = frozenset()
    calls_per_hour: StrictInt = Field(20, ge=0, le=10_000)
    strangers_per_minute: StrictInt = Field(30, ge=0, le=10_000)
    incident_minutes: StrictInt = Field(60, ge=0, le=1440)
    reminders: StrictBool = True
    reminder_hours: tuple[Annotated[StrictInt, Field(ge=1, le=168)], ...] = Field((24, 1), max_length=5)
    handoff_notices: StrictBool = True
    gap_notes: StrictBool = True


class HolidaysTable(Strict):
    """`holidays`: whose holidays are kept."""

    country: str
    subdivision: str = ""
    categories: tuple[str, ...] = ("public",)

    @property
    def calendar(self) -> HolidayCalendar:
        """The plain value."""
        return HolidayCalendar(self.country, self.subdivision, self.categories)

    @model_validator(mode="after")
    def _known(self) -> Self:
        if fault := calendar_fault(self.calendar):
            raise ValueError(fault)
        return self


Holidays = Annotated[HolidaysTable, BeforeValidator(holidays)]


class RegionTable(Strict):
    """`[[regions]]`: one regional number."""

    key: Key
    name: Name
    number: Phone
    zone: Zone
    hours: tuple[Hours, ...]
    closures: frozenset[Date] = frozenset()
    openings: tuple[SpecialOpening, ...] = ()
    holidays: Holidays | None = None
    language: Language
    voice: Name
    desk: tuple[OutboundPhone, ...] = Field((), max_length=10)
    policy: str
    greeting: str = ""


class EngineerTable(Strict):
    """`[[engineers]]`: somebody who can be paged."""

    key: Key
    name: Name
    phones: tuple[OutboundPhone, ...] = ()
    email: str = ""
    manager: StrictBool = False
    active: StrictBool = True
    unverified: tuple[OutboundPhone, ...] = ()


class LayerTable(Strict):
    """`[[rotas.layers]]`: a rotation."""

    name: Name
    every: Every
    handoff: Handoff
    zone: Zone
    starts_on: Date
    participants: tuple[Turn, ...]
    priority: StrictInt = 0
    counts: Counts = ()
    only: tuple[Windows, ...] = ()
    holidays: Holidays | None = None


class OverrideTable(Strict):
    """`[[rotas.overrides]]`: a temporary change."""

    engineer: str
    kind: OverrideKind = OverrideKind.REPLACE
    instead_of: str = ""
    from_: Moment = Field(alias="from")
    until: Moment
    zone: Zone | None = None
    by: str = ""


class EarlierTable(Strict):
    """`[[rotas.earlier]]`: the layers that were in force before an instant."""

    until: Moment
    layers: tuple[LayerTable, ...] = ()


class RotaTable(Strict):
    """`[[rotas]]`: layers and overrides under one name."""

    key: Key
    name: Name
    layers: tuple[LayerTable, ...] = ()
    effective_from: Moment | None = None
    overrides: tuple[OverrideTable, ...] = ()
    earlier: tuple[EarlierTable, ...] = ()


class LevelTable(Strict):
    """`[[policies.levels]]`: who is rung together or one after the other."""

    targets: tuple[LevelTarget, ...] = Field(min_length=1)
    ring_seconds: StrictInt = Field(20, ge=5, le=120)
    together: StrictBool = False
    order: Order = Order.ROTA


class PolicyTable(Strict):
    """`[[policies]]`: ordered levels."""

    key: Key
    name: Name
    repeat: StrictInt = Field(2, ge=1, le=20)
    pause_seconds: StrictInt = Field(60, ge=5, le=3600)
    levels: tuple[LevelTable, ...] = Field(min_length=1)


class PartnerTable(Strict):
    """`[[partners]]`: a company that may dial."""

    number: PartnerNumber
    name: Name
    tier: Tier
    pin: Pin | None = None
    pin_hash: PinHash = ""
    country: CountryOrNone = ""
    phones: tuple[Phone, ...] = ()
    refer_to: str | None = None
    pbx: str = Field("", max_length=200)


class PromptTable(Strict):
    """`[[prompts]]`: what is said, or played, in the place of a prompt's own words."""

    key: str
    text: str = Field("", max_length=1000)
    audio: AudioName = ""


class ConfigurationFile(Strict):
    """The whole file."""

    service: Service
    regions: tuple[RegionTable, ...] = Field(min_length=1)
    engineers: tuple[EngineerTable, ...] = ()
    rotas: tuple[RotaTable, ...] = ()
    policies: tuple[PolicyTable, ...] = Field(min_length=1)
    prompts: tuple[PromptTable, ...] = ()
    partners: tuple[PartnerTable, ...] = ()
