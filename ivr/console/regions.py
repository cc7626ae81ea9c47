"""Regions: their numbers, hours, desks and policies; whether each is open now, and the special days ahead."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from flask.typing import ResponseReturnValue

from ivr.configuration.export import table_of
from ivr.console import items
from ivr.console.forms import TEXTS, VALUE, Raw, Rows, Typed, listed, rows, texts, values, without_blanks
from ivr.console.frame import page
from ivr.console.items import Form, InConfiguration
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.prompts.languages import GREETING
from routing.numbers import grouped
from routing.regions import Region
from schedules.holidays import HolidayCalendar, HolidaysUnknown
from schedules.hours import SupportState, support_at
from schedules.special_days import SpecialDay, special_days
from schedules.wallclock import to_local

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ONE_LINE = ("key", "name", "number", "zone", "language", "voice", "policy", "greeting")
HOLIDAYS = ("holidays_country", "holidays_part", "holidays_kinds")
HOURS = Rows({"first": "Mon", "last": "Fri", "opens": "", "closes": ""}, ("opens", "closes"))
OPENINGS = Rows({"on": "", "opens": "", "closes": ""})
LISTS = {"hours": HOURS, "closures": TEXTS, "openings": OPENINGS, "desk": TEXTS}
PERIOD = re.compile(r"(\w*)(?:-(\w*))? ([\d:]*)-([\d:]*)")
NEXT_DAYS = 6
VOICES = {"en-US": "Polly.Joanna", "en-GB": "Polly.Amy", "it-IT": "Polly.Bianca", "de-DE": "Polly.Vicki"}
VOICES |= {"fr-FR": "Polly.Lea", "es-ES": "Polly.Lucia"}


@dataclass(frozen=True)
class Standing:
    """Where a region stands: open or not and until when; the special days ahead; what is wrong with its holidays."""

    state: SupportState | None
    zone: str
    days: Sequence[SpecialDay]
    trouble: str = ""

    def there(self, at: datetime) -> str:
        """The time of an instant on the region's own clock."""
        return f"{to_local(at, self.zone):%a %H:%M}"


@page("/regions", Role.MANAGER, menu="Regions")
def regions(visit: Visit) -> ResponseReturnValue:
    """Every region, open or closed now."""
    known = visit.configuration.regions.values()
    policies = visit.configuration.policies
    return render(
        "regions.html",
        regions=known,
        standings={region.key: standing(visit, region) for region in known},
        done=items.done(visit),
        hours=hours_text,
        names={key: policy.name for key, policy in policies.items()},
    )


def standing(visit: Visit, region_: Region) -> Standing:
    """Where a region stands now."""
    today = to_local(visit.at, region_.hours.zone).date()
    try:
        days = tuple(islice(special_days(region_.hours, today), NEXT_DAYS))
        return Standing(support_at(region_.hours, visit.at), region_.hours.zone, days)
    except HolidaysUnknown as unknown:
        return Standing(None, region_.hours.zone, (), f"{unknown}. Until that is mended the region counts as closed.")


def hours_text(region_: Region) -> list[str]:
    """The weekly hours as a file writes them."""
    return [str(text) for text in table_of("region", region_)["hours"]]


def read(typed: Typed) -> Raw:
    """The form as it was sent."""
    lists = {name: rows(typed, name, kind) for name, kind in LISTS.items()}
    return {**texts(typed, (*ONE_LINE, *HOLIDAYS)), **lists}


def raw(table: dict[str, Any]) -> Raw:
    """The form of a region."""
    calendar = table.get("holidays", "")
    if isinstance(calendar, str):
        country, _, part = calendar.partition("-")
        calendar = {"country": country, "subdivision": part, "categories": ["public"] if country else []}
    return {
        **{name: table[name] for name in ONE_LINE},
        "number": grouped(table["number"]),
        "holidays_country": calendar["country"],
        "holidays_part": calendar["subdivision"],
        "holidays_kinds": ", ".join(calendar["categories"]),
        "hours": [hours_row(text) for text in table["hours"]],
        "closures": listed(table["closures"]),
        "openings": [opening_row(text) for text in table["openings"]],
        "desk": listed(map(grouped, table["desk"])),
    }


def table(raw_: Raw, _present: Region | None) -> dict[str, Any]:
    """The region as the file writes it."""
    return {
        **{name: raw_[name] for name in ONE_LINE},
        **holidays(raw_),
        "hours": [hours_line(row) for row in raw_["hours"]],
        "closures": [a_date(text) for text in values(raw_["closures"])],
        "openings": ["{on} {opens}-{closes}".format(**row) for row in raw_["openings"]],
        "desk": values(raw_["desk"]),
    }


def hours_row(text: str) -> Raw:
    """`Mon-Fri 09:00-18:00` as a row of the form, in which midnight at the end is 00:00."""
    found = PERIOD.fullmatch(text)
    assert found is not None, text
    first, last, opens, closes = found.groups()
    return {"first": first, "last": last or first, "opens": opens, "closes": closes.replace("24:00", "00:00")}


def hours_line(row: Raw) -> str:
    """A row as the file writes it."""
    days = "-".join(dict.fromkeys((row["first"], row["last"])))
    return f"{days} {row['opens']}-{row['closes']}"


def opening_row(text: str) -> Raw:
    """`2026-12-24 09:00-13:00` as a row of the form."""
    on, _, hours = text.partition(" ")
    opens, _, closes = hours.partition("-")
    return {"on": on, "opens": opens, "closes": closes.replace("24:00", "00:00")}


def holidays(raw_: Raw) -> dict[str, Any]:
    """The key `holidays`, where a country was chosen."""
    country, part = raw_["holidays_country"], raw_["holidays_part"]
    if not country:
        return {}
    kinds = [kind.strip() for kind in raw_["holidays_kinds"].split(",") if kind.strip()]
    named = {"country": country, "subdivision": part, "categories": kinds or list(HolidayCalendar.categories)}
    return {"holidays": named}


def a_date(text: str) -> date | str:
    """A date; any other text as it is, for the checks to refuse."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def new(visit: Visit) -> Raw:
    """A new region: like the default one in what is not its own."""
    like = visit.configuration.default_region
    empty = dict.fromkeys((*ONE_LINE, *HOLIDAYS), "")
    start = {"zone": like.hours.zone, "policy": like.policy, "language": "en-GB", "voice": VOICES["en-GB"]}
    return {**empty, **start, "hours": [dict(HOURS.blank)], "closures": [], "openings": [], "desk": [{VALUE: ""}]}


def around(visit: Visit, _raw: Raw, item: Region | None) -> dict[str, Any]:
    """What the page shows beside the form, and what can be chosen in it."""
    return {
        "standing": standing(visit, item) if item is not None else None,
        "policies": visit.configuration.policies.values(),
        "weekdays": WEEKDAYS,
        "countries": holiday_countries(),
        "voices": VOICES,
        "languages": sorted({*VOICES, *GREETING}),
        "is_default": item is not None and item.key == visit.configuration.rules.default_region,
    }


@lru_cache
def holiday_countries() -> tuple[tuple[str, str], ...]:
    """Countries whose holidays are known, by name: pairs of code and name."""
    import holidays as library  # here: it takes a fifth of a second
    from babel import Locale

    names = Locale("en").territories
    codes = library.list_supported_countries(include_aliases=False)
    return tuple(sorted(((code, names.get(code, code)) for code in codes), key=lambda pair: pair[1]))


REGION = Form(
    kind="region",
    keeper=InConfiguration("region"),
    template="region.html",
    page="console.region",
    listing="console.regions",
    read=read,
    raw=raw,
    table=table,
    new=new,
    around=around,
    blanks={name: lambda kind=kind: dict(kind.blank) for name, kind in LISTS.items()},  # type: ignore[misc]
    compact=lambda raw_: without_blanks(raw_, LISTS),
)
items.add_pages(REGION)
