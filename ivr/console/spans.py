"""Spans: the week, month or thirteen weeks that a page of a rota shows, on the reader's clock."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ivr.console.readings import midnight
from schedules.wallclock import YEARS

VIEWS = {"week": "Week", "month": "Month", "quarter": "13 weeks"}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """Whole local days from `first_on` on, as one of VIEWS shows them on a zone's clock."""

    view: str
    first_on: date
    days: int
    zone: str

    @property
    def starts_at(self) -> datetime:
        """The instant (UTC) at which it begins."""
        return midnight(self.first_on, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The instant (UTC) at which it ends."""
        return midnight(self.last_on + DAY, self.zone)

    @property
    def last_on(self) -> date:
        """Its last day."""
        return self.first_on + DAY * (self.days - 1)

    @property
    def before(self) -> date:
        """A day of the span before."""
        return self.first_on - (DAY if self.view == "month" else DAY * self.days)

    @property
    def after(self) -> date:
        """The first day of the span after."""
        return self.first_on + DAY * self.days

    @property
    def title(self) -> str:
        """What it shows, in words."""
        if self.view == "month":
            return f"{self.first_on:%B %Y}"
        return f"{self.first_on:%-d %b %Y} to {self.last_on:%-d %b %Y}"


def span_of(view: str, on: date, zone: str) -> Span:
    """The span of a view that holds a local date; weeks begin on Monday. Anything that is no view is a week."""
    if view == "month":
        first = on.replace(day=1)
        return Span(view, first, ((first + DAY * 31).replace(day=1) - first).days, zone)
    monday = on - DAY * on.weekday()
    return Span("quarter", monday, 91, zone) if view == "quarter" else Span("week", monday, 7, zone)


def day_of(text: str, otherwise: date) -> date:
    """A date as an address or a form writes it, within reason; `otherwise` for anything else."""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return otherwise
    return found if found.year in YEARS else otherwise
