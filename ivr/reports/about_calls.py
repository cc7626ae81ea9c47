"""Reports about calls: by region, hour and outcome; and how many were kept away from the engineer, and why."""

from collections import Counter

from ivr.reports.scope import Scope
from ivr.reports.table import Column, Table, Unit, counts, rows, share, text
from ivr.reports.words import why
from ivr.store.report_calls import calls_by_all, calls_by_hour, calls_by_outcome, calls_by_region

HOUR = Column("hour", "Hour", Unit.HOUR)
REGION, OUTCOME = text("region", "Region"), text("outcome", "Outcome")
REACHED = counts("Calls", "Paged")


def calls(scope: Scope) -> list[Table]:
    """How many calls there were: by region, by hour of the day, by outcome, and by all three."""
    of = scope.range
    by_region = [(scope.region_name(key), count, paged) for key, count, paged in calls_by_region(scope.connection, of)]
    each_hour = {hour: (count, paged) for hour, count, paged in calls_by_hour(scope.connection, of)}
    by_hour = [(hour, *each_hour.get(hour, (0, 0))) for hour in range(24)]
    outcomes: Counter[str] = Counter()
    for outcome, _, count, _ in calls_by_outcome(scope.connection, of):
        outcomes[outcome] += count
    every = [
        (scope.region_name(key), hour, outcome, count, paged)
        for key, hour, outcome, count, paged in calls_by_all(scope.connection, of)
    ]
    drawn = ("calls", "paged")
    return [
        Table("regions", "By region", (REGION, *REACHED), rows(by_region), drawn),
        Table(
            "hours",
            "By hour of the day",
            (HOUR, *REACHED),
            rows(by_hour),
            ("calls", "paged"),
            upright=True,
            is_long=True,
        ),
        Table("outcomes", "By outcome", (OUTCOME, *counts("Calls")), rows(outcomes.most_common()), ("calls",)),
        Table("all", "By region, hour and outcome", (REGION, HOUR, OUTCOME, *REACHED), rows(every), is_long=True),
    ]


def kept_away(scope: Scope) -> list[Table]:
    """Of all calls, those for which an engineer was called, and why not for the others."""
    reasons: Counter[str] = Counter()
    hours: Counter[tuple[bool, bool]] = Counter()
    for outcome, is_open, count, paged in calls_by_outcome(scope.connection, scope.range):
        hours[is_open, True] += paged
        hours[is_open, False] += count - paged
        if count > paged:
            reasons[why(outcome)] += count - paged
    away = reasons.total()
    when = [
        ("after hours", hours[False, True], hours[False, False]),
        ("in support hours", hours[True, True], hours[True, False]),
    ]
    summary = [(label, mine + other, mine, other, share(other, mine + other)) for label, mine, other in when]
    because = [(reason, count, share(count, away)) for reason, count in reasons.most_common()]
    part = Column("share", "Share", Unit.PERCENT)
    return [
        Table(
            "summary",
            "Paged, and kept away from the engineer",
            (text("when", "When"), *counts("Calls", "Paged", "Kept away"), part),
            rows(summary),
            ("paged", "kept_away"),
        ),
        Table("reasons", "Why", (text("reason", "Reason"), *counts("Calls"), part), rows(because), ("calls",)),
    ]
