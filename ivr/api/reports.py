"""Reports by API: the tables of a report over a period and a region, with plain values."""

from datetime import date

from pydantic import BaseModel, Field

from ivr.api.frame import Ask, resource
from ivr.api.on_call import Strict
from ivr.api.problems import Fault, Trouble, cannot_be_used
from ivr.api.scopes import Scope
from ivr.reports.all_reports import REPORTS
from ivr.reports.scope import scope_of
from ivr.reports.table import Table, Unit
from schedules.zones import UnknownZone, zone


class PeriodQuery(Strict):
    """Which days, which region, and whose calendar."""

    from_: date | None = Field(None, alias="from", description="The first day; 29 days before the last without it.")
    until: date | None = Field(None, description="The last day, which is counted; today without it.")
    region: str | None = Field(None, description="Only this region, by its key: its own calendar counts.")
    zone: str | None = Field(None, description="Without a region: the calendar; the default region's without it.")


class ColumnOut(BaseModel):
    """A column. Percentages are 0 to 100, durations seconds, days dates, and a month is its first day."""

    key: str
    title: str
    unit: Unit


class TableOut(BaseModel):
    """A table with its rows in the order of the columns. Amounts of money are text, so that no place is lost."""

    key: str
    title: str
    note: str
    columns: list[ColumnOut]
    rows: list[list[str | int | float | None]]


class ReportOut(BaseModel):
    """A report over whole local days, both counted."""

    report: str
    first_on: date
    last_on: date
    region: str | None
    zone: str
    tables: list[TableOut]


class ReportName(BaseModel):
    """A report by name and title."""

    name: str
    title: str


class ReportList(BaseModel):
    """All reports."""

    reports: list[ReportName]


@resource("/reports", Scope.REPORTS, ReportList)
def list_reports(_ask: Ask) -> ReportList:
    """List the names of all reports."""
    return ReportList(reports=[ReportName(name=one.name, title=one.title) for one in REPORTS.values()])


@resource("/reports/<name>", Scope.REPORTS, ReportOut, query=PeriodQuery)
def read_report(ask: Ask, name: str) -> ReportOut:
    """Read one report over a period of 732 days at most and a region."""
    if name not in REPORTS:
        raise Trouble(404, "There is no such report", f"Known are: {', '.join(REPORTS)}.")
    query: PeriodQuery = ask.query
    period, region = (query.from_, query.until), query.region or ""
    if region and region not in ask.configuration.regions:
        raise Trouble(404, "There is no such region", f"Known are: {', '.join(ask.configuration.regions)}.")
    scope = scope_of(ask.connection, ask.configuration, ask.at, zone_of(ask), period, region)
    return ReportOut(
        report=name,
        first_on=scope.first_on,
        last_on=scope.last_on,
        region=region or None,
        zone=scope.zone,
        tables=[table_out(table) for table in REPORTS[name].tables(scope)],
    )


def zone_of(ask: Ask) -> str:
    """Whose calendar was asked for."""
    named = ask.query.zone
    if named is None:
        return ask.configuration.default_region.hours.zone
    try:
        zone(named)
    except UnknownZone as error:
        raise cannot_be_used(Fault(field="zone", text=str(error))) from None
    return str(named)


def table_out(table: Table) -> TableOut:
    """One table on the wire."""
    return TableOut(
        key=table.key,
        title=table.title,
        note=table.note,
        columns=[ColumnOut(key=one.key, title=one.title, unit=one.unit) for one in table.columns],
        rows=[[one if isinstance(one, str | int | float | None) else str(one) for one in row] for row in table.rows],
    )
