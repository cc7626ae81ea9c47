"""Reports about the service: availability with the payable share, and what calls cost."""

from collections import defaultdict
from decimal import Decimal

from ivr.reports.scope import Scope
from ivr.reports.table import Column, Table, Unit, Value, counts, rows, text
from ivr.store.announcements import announcements_between
from ivr.store.report_costs import usage
from ivr.store.report_tickets import confirmed_outages
from routing.announcements import Announcement, Kind
from routing.availability import Measured, Stretch, by_month, measured, payable, percent
from routing.prices import Usage, cost_of, price_at
from routing.screening import Symptom

DAY = Column("day", "Day", Unit.DAY)
DOWN = (Column("availability", "Availability", Unit.PERCENT), Column("down", "Down", Unit.SECONDS))


def availability(scope: Scope) -> list[Table]:
    """By month with the payable share, and by day."""
    whole = by_month(measure(scope.whole_months()))
    months = [(month.on, *figures(month), payable(month.share)) for month in whole if month.promised]
    each = [(day.on, *figures(day)) for day in measure(scope) if day.promised]
    note = (
        "Down: Critical tickets about the platform that an engineer confirmed, and announced incidents with that "
        "symptom; announced planned maintenance is taken out (art. 20.2). Months are whole, also where the "
        "period begins or ends within one; a month that is not over counts so far."
    )
    month = (Column("month", "Month", Unit.MONTH), *DOWN, Column("payable", "Payable share", Unit.PERCENT))
    return [
        Table("months", "By month", month, rows(months), note=note),
        Table("days", "By day", (DAY, *DOWN), rows(each), ("down",), upright=True, is_long=True),
    ]


def measure(scope: Scope) -> list[Measured]:
    """Each local day of the scope as far as it is over."""
    of = scope.range
    known = announcements_between(scope.connection, of.since, of.until)
    here = [one for one in known if not scope.region or one.concerns(scope.region)]
    announced = [one for one in here if one.kind is Kind.INCIDENT and one.symptom is Symptom.PLATFORM]
    incidents = [*confirmed_outages(scope.connection, of), *(stretch(scope, one) for one in announced)]
    planned = [stretch(scope, one) for one in here if one.kind is Kind.MAINTENANCE]
    return measured(scope.days(), incidents, planned, scope.at)


def stretch(scope: Scope, announcement: Announcement) -> Stretch:
    """When an announcement held; where nobody ended it until now, or until its status page was last believed."""
    until = min(scope.at, announcement.good_until or scope.at)
    return announcement.starts_at, announcement.ends_at or max(until, announcement.starts_at)


def figures(of: Measured) -> tuple[Value, ...]:
    """Availability, rounded down so that a goal is never shown as kept when it was missed; seconds down."""
    share = of.share
    return (Decimal(percent(share)) if share is not None else None), int(of.down.total_seconds())


def costs(scope: Scope) -> list[Table]:
    """By region: minutes, texts, and what they cost by the prices of the day."""
    used: dict[str, Usage] = defaultdict(Usage)
    spent: dict[str, Decimal] = defaultdict(Decimal)
    unpriced: set[str] = set()
    for (region, on), part in usage(scope.connection, scope.range).items():
        used[region] += part
        price = price_at(scope.configuration.prices.values(), region, on)
        if price is None:
            unpriced.add(region)
        else:
            spent[region] += cost_of(part, price)
    lines = [line(scope.region_name(key), used[key], spent[key], key not in unpriced) for key in sorted(used)]
    if len(lines) > 1:
        every = sum(used.values(), Usage())
        lines.append(line("All regions", every, sum(spent.values(), Decimal()), not unpriced))
    currency = next((price.currency for price in scope.configuration.prices.values()), "no prices")
    columns = (
        text("region", "Region"),
        *counts("Calls", "Minutes in", "Minutes out", "Texts"),
        Column("cost", f"Cost ({currency})", Unit.MONEY),
        Column("each", f"Cost per call ({currency})", Unit.MONEY),
    )
    note = (
        "Prices are those of [[prices]] in the configuration; begun minutes count whole. The desk's minutes are those "
        "of the whole call, and each text counts once, however long."
    )
    if unpriced:
        note += " Without a cost are regions that used something on a day before the first price."
    return [Table("costs", "Cost of calls", columns, rows(lines), ("cost",), note=note)]


def line(name: str, used: Usage, cost: Decimal, is_priced: bool) -> tuple[Value, ...]:
    """One region; no cost where a price is missing."""
    each = round(cost / used.calls, 4) if is_priced and used.calls else None
    return name, *used.values, (round(cost, 4) if is_priced else None), each
