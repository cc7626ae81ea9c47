"""Reports: each over a period and a region, with charts, tables and the same as CSV."""

from datetime import date, timedelta

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from ivr.console import charts
from ivr.console.frame import page
from ivr.console.lists import asked
from ivr.console.roles import Role
from ivr.console.shown import duration, render
from ivr.console.visit import Visit
from ivr.reports.all_reports import REPORTS, Report
from ivr.reports.csvfile import to_csv
from ivr.reports.scope import Scope, scope_of
from ivr.reports.table import Column, Table, Unit, Value


@page("/reports", Role.VIEWER, menu="Reports")
def reports(visit: Visit) -> ResponseReturnValue:
    """The first of them."""
    return report(visit, next(iter(REPORTS)))


@page("/reports/<name>", Role.VIEWER)
def report(visit: Visit, name: str) -> ResponseReturnValue:
    """One report over what was asked for."""
    found, scope = report_named(name), scope_asked(visit)
    tables = found.tables(scope)
    return render(
        "report.html",
        report=found,
        reports=REPORTS.values(),
        scope=scope,
        parts=[(table, charts.chart_of(table, shown)) for table in tables],
        shown=shown,
        kept=kept(scope),
        regions=visit.configuration.regions,
    )


@page("/reports/<name>/<key>.csv", Role.VIEWER)
def report_csv(visit: Visit, name: str, key: str) -> ResponseReturnValue:
    """One table of a report as a file."""
    found, scope = report_named(name), scope_asked(visit)
    tables = found.tables(scope)
    table = next((one for one in tables if one.key == key), None)
    if table is None:
        abort(404, "There is no such table.")
    return csv_response(table, f"{name}-{key}-{scope.first_on}-{scope.last_on}.csv")


def csv_response(table: Table, file: str) -> Response:
    """A table as a file to be saved."""
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response(to_csv(table), content_type="text/csv; charset=utf-8", headers=headers)


def report_named(name: str) -> Report:
    """The report of a name."""
    if name not in REPORTS:
        abort(404, "There is no such report.")
    return REPORTS[name]


def scope_asked(visit: Visit) -> Scope:
    """The period and region of the form."""
    period = (day_asked("from"), day_asked("until"))
    return scope_of(visit.connection, visit.configuration, visit.at, visit.zone, period, asked("region"))


def day_asked(name: str) -> date | None:
    """A date of the form; None where it is none."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def kept(scope: Scope) -> dict[str, str]:
    """What the addresses of the other reports and of the files carry on."""
    return {
        "from": str(scope.first_on),
        "until": str(scope.last_on),
        **({"region": scope.region} if scope.region else {}),
    }


def shown(column: Column, value: Value) -> str:
    """A value as people read it."""
    if value is None:
        return "–"
    match column.unit:
        case Unit.HOUR:
            return f"{value:02}:00"
        case Unit.PERCENT:
            return f"{value} %"
        case Unit.SECONDS:
            return seconds(float(str(value)))
        case Unit.MONTH if isinstance(value, date):
            return f"{value:%B %Y}"
        case Unit.DAY if isinstance(value, date):
            return f"{value:%a %d %b %Y}"
        case Unit.MONEY:
            return f"{value:,.2f}" if float(str(value)) >= 10 else f"{value:.4f}"
        case Unit.COUNT:
            return f"{value:,}"
    return str(value)


def seconds(value: float) -> str:
    """A time that passed; short ones to a tenth of a second."""
    return duration(timedelta(seconds=value)) if value >= 60 or value == 0 else f"{value:g} s"
