"""The shape of a configuration file: what each key may hold, in a manager's words."""

from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    model_validator,
)

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
    at_least_a_week,
)
from ivr.configuration.report_fields import Amount, Announceable, Currency
from ivr.configuration.rota_fields import Counts, Every, SpecialOpening, Windows, holidays
from routing.alerts import AlertClass
from routing.escalation import Order
from routing.partners import Tier
from schedules.holidays import HolidayCalendar, calendar_fault
from schedules.overrides import OverrideKind


class Strict(BaseModel):
    """A table that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class AlertsTable(Strict):
    """`[service.alerts]`: how alerts of the monitoring are taken in."""

    default: AlertClass = AlertClass.STANDARD
    group_minutes: StrictInt = Field(60, ge=0, le=1440)
    flapping_minutes: StrictInt = Field(30, ge=0, le=1440)
    pages_per_hour: StrictInt = Field(10, ge=0, le=1000)
    posts_per_minute: StrictInt = Field(300, ge=1, le=10_000)


Days = Annotated[StrictInt, Field(ge=0, le=36_500)]
AtLeastAWeek = Annotated[Days, AfterValidator(at_least_a_week)]


class RetentionTable(Strict):
    """`[service.retention]`: how many days each kind of data is kept; 0 is for ever."""

    recordings: Days = 90
    answers: AtLeastAWeek = 365
    calls: AtLeastAWeek = 730
    texts: AtLeastAWeek = 180
    tickets: AtLeastAWeek = 1825
    audit: AtLeastAWeek = 1095
    overrides: AtLeastAWeek = 1095
    reminders: AtLeastAWeek = 90
    sign_in: AtLeastAWeek = 30
    engine: AtLeastAWeek = 30


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
    critical_warning_minutes: StrictInt = Field(10, ge=0, le=25)
    standard_warning_minutes: StrictInt = Field(60, ge=0, le=480)
    feedback_texts: StrictBool = False
    alerts: AlertsTable = AlertsTable()
    retention: RetentionTable = RetentionTable()


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


class ComponentTable(Strict):
    """`[[components]]`: a component of the status page."""

    key: Key
    name: Name
    regions: tuple[str, ...] = ()
    symptom: Announceable | None = None


class PriceTable(Strict):
    """`[[prices]]`: what minutes and texts cost from a date on."""

    key: Key
    from_: Date = Field(alias="from")
    region: str = ""
    currency: Currency
    inbound_minute: Amount
    outbound_minute: Amount
    sms: Amount


class AlertRuleTable(Strict):
    """`[[alert_rules]]`: the class of service of alerts; the first one that fits decides."""

    key: Key
    service: AlertClass
    labels: dict[str, str] = {}
    serials: tuple[Name, ...] = ()
    countries: tuple[Country, ...] = ()
    partners: tuple[PartnerNumber, ...] = ()
    region: str = ""
    policy: str = ""


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
    components: tuple[ComponentTable, ...] = ()
    prices: tuple[PriceTable, ...] = ()
    partners: tuple[PartnerTable, ...] = ()
    alert_rules: tuple[AlertRuleTable, ...] = ()
