"""Reports about tickets: waits after the verdict, response goals, judgements of the screening, pages by engineer."""

from collections import Counter

from ivr.reports.scope import Scope
from ivr.reports.table import Column, Table, Unit, Value, counts, rows, share, text
from ivr.store.report_tickets import MEASURES, by_phone, goals, judgements, paged_tickets, pages, waits
from routing.ranks import MEDIAN, NINETIETH, WORST, rank
from routing.screening import SPOKEN_SYMPTOM, Symptom
from routing.service import ClassOfService

SHARE = Column("share", "Share", Unit.PERCENT)
RANKED = (
    Column("median", "Median", Unit.SECONDS),
    Column("ninetieth", "90 of 100", Unit.SECONDS),
    Column("worst", "Worst", Unit.SECONDS),
)
EVERYWHERE = "All regions"


def response(scope: Scope) -> list[Table]:
    """From the verdict to the first ring, to the acknowledgement, to the conversation."""
    paged = paged_tickets(scope.connection, scope.range)
    total = sum(paged.values())
    every = [(f"to the {measure}", *ranked(scope, measure, False).get("", NO_WAIT), total) for measure in MEASURES]
    columns = (text("wait", "From the verdict"), *RANKED, *counts("Reached", "Paged"))
    tables = [Table("waits", "Waits of Critical tickets", columns, rows(every), ("median", "ninetieth", "worst"))]
    if not scope.region:
        each = [
            (scope.region_name(key), measure, *by_region.get(key, NO_WAIT), paged[key])
            for measure in MEASURES
            for by_region in [ranked(scope, measure, True)]
            for key in sorted(paged)
        ]
        more = (text("region", "Region"), text("wait", "From the verdict to"), *RANKED, *counts("Reached", "Paged"))
        tables.append(Table("regions", "By region", more, rows(each)))
    return tables


NO_WAIT: tuple[Value, ...] = (None, None, None, 0)


def ranked(scope: Scope, measure: str, by_region: bool) -> dict[str, tuple[Value, ...]]:
    """Of each region the median, the 90th of a hundred and the worst wait in seconds, and how many there were."""
    places: dict[str, dict[int, float]] = {}
    count: dict[str, int] = {}
    for region, place, among, wait in waits(scope.connection, scope.range, measure, by_region):
        places.setdefault(region, {})[place] = max(round(float(wait), 1), 0.0)
        count[region] = among
    return {
        region: (*(found[rank(percent, count[region])] for percent in (MEDIAN, NINETIETH, WORST)), count[region])
        for region, found in places.items()
    }


def response_goals(scope: Scope) -> list[Table]:
    """Which response goals were kept (art. 16.3)."""
    found: Counter[tuple[str, str]] = Counter()
    for class_, became, count in goals(scope.connection, scope.range):
        found[class_, became] += count
    lines: list[tuple[Value, ...]] = []
    for class_, goal in (
        (ClassOfService.CRITICAL, "Critical in support hours: within 30 minutes"),
        (ClassOfService.STANDARD, "Standard: by the end of the support day"),
    ):
        kept, missed, open_ = (found[class_, became] for became in ("kept", "missed", "open"))
        lines.append((goal, kept, missed, open_, share(kept, kept + missed)))
    without, spoke, open_ = by_phone(scope.connection, scope.range)
    missed = without - spoke - open_
    lines.append(("Critical after hours: by phone, at once", spoke, missed, open_, share(spoke, spoke + missed)))
    columns = (text("goal", "Goal"), *counts("Kept", "Missed", "Open"), Column("share", "Kept", Unit.PERCENT))
    note = (
        "A goal is kept when the ticket is taken, resolved or closed by its due time; one that was put back is "
        "unanswered again. After hours a Critical ticket has no due time: kept means that an engineer spoke on the "
        "line."
    )
    return [Table("goals", "Response goals", columns, rows(lines), ("kept", "missed"), note=note)]


def screening(scope: Scope) -> list[Table]:
    """Whether the screening was right: what engineers confirmed, downgraded and upgraded."""
    lines = []
    for symptom, tickets, confirmed, down, up in judgements(scope.connection, scope.range):
        label = SPOKEN_SYMPTOM[Symptom(symptom)]
        lines.append((label, tickets, confirmed, down, up, share(confirmed, confirmed + down + up)))
    columns = (
        text("symptom", "Symptom"),
        *counts("Tickets", "Confirmed", "Downgraded", "Upgraded"),
        Column("right", "Screening right", Unit.PERCENT),
    )
    note = "Of the tickets that an engineer judged (art. 16.8). A ticket that was judged twice counts for each."
    drawn = ("confirmed", "downgraded", "upgraded")
    return [Table("judgements", "Was the screening right?", columns, rows(lines), drawn, note=note)]


def pages_by_engineer(scope: Scope) -> list[Table]:
    """Whom the line woke: tickets paged for, at night and on weekends."""
    lines = sorted(pages(scope.connection, scope.range), key=lambda row: (-row[1], row[0]))
    named: list[tuple[Value, ...]] = [(name_of(scope, row[0]), *row[1:]) for row in lines]
    columns = (text("engineer", "Engineer"), *counts("Tickets", "At night", "On weekends", "Phones rung", "Taken"))
    note = "Nights are 22:00 to 06:00, weekends Saturday and Sunday. A ticket counts once for each who was rung."
    drawn = ("tickets", "at_night", "on_weekends")
    return [Table("engineers", "Pages of each engineer", columns, rows(named), drawn, note=note)]


def name_of(scope: Scope, person: str) -> str:
    """An engineer's name; a duty phone as such; the key of somebody who is gone."""
    known = scope.configuration.engineers.get(person)
    return known.name if known else "a duty phone" if person.startswith("+") else person
