"""All reports by name: what the console shows, CSV files hold and the API tells."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import text

from ivr.gate import Gate
from ivr.reports.about_calls import calls, kept_away
from ivr.reports.about_service import availability, costs
from ivr.reports.about_tickets import pages_by_engineer, response, response_goals, screening
from ivr.reports.scope import Scope
from ivr.reports.table import Table

SECONDS = 30
"""How long the database may reckon a report: nobody waits on the phone for it."""


ONE_AT_A_TIME = Gate("Another report is being reckoned at this moment.")
"""Reports may take seconds: the other threads stay free for calls."""


@dataclass(frozen=True)
class Report:
    """A report by its name in addresses, with its title and what it answers."""

    name: str
    title: str
    make: Callable[[Scope], list[Table]]

    def tables(self, scope: Scope) -> list[Table]:
        """Its tables over a scope. Raises ServiceUnavailable while this process reckons another."""
        if scope.connection.dialect.name == "postgresql":
            scope.connection.execute(text(f"SET LOCAL statement_timeout = '{SECONDS}s'"))
        with ONE_AT_A_TIME:
            return self.make(scope)


REPORTS = {
    report.name: report
    for report in (
        Report("calls", "Calls", calls),
        Report("kept-away", "Kept away", kept_away),
        Report("response", "Response times", response),
        Report("goals", "Response goals", response_goals),
        Report("screening", "Screening", screening),
        Report("pages", "Pages", pages_by_engineer),
        Report("availability", "Availability", availability),
        Report("costs", "Costs", costs),
    )
}
