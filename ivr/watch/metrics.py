"""The figures for Prometheus: read from the database at each scrape, so that every process answers alike."""

import hmac
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import structlog
from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from sqlalchemy import Connection

from ivr.sign_in_settings import LOOPBACK
from ivr.standby.houses import Houses
from ivr.store import figures, tally
from ivr.store.deliveries import counts_of
from ivr.store.workers import DEAD_AFTER, living_workers
from ivr.watch.guard import unattended

logger = structlog.get_logger()

DAY, MONTH = timedelta(days=1), timedelta(days=30)
QUANTILES = (0.5, 0.9, 1.0)
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")
SET_A_TOKEN = (
    "The figures are for this machine only. To read them from elsewhere, set NIGHTLINE_METRICS_TOKEN "  # noqa: S105 - a text
    "and send it as: Authorization: Bearer TOKEN\n"
)


def metrics_page(houses: Houses) -> Blueprint:
    """The page `/metrics` on these houses."""
    page = Blueprint("metrics", __name__)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures(houses))
    token = houses.main.settings.metrics_token

    @page.get("/metrics")
    def metrics() -> Response:
        """The figures, for this machine and for whoever has the token."""
        if not (comes_from_here() or (token is not None and carries(token.get_secret_value()))):
            return Response(SET_A_TOKEN, 403, content_type="text/plain; charset=utf-8")
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return page


def comes_from_here() -> bool:
    """Whether a request began on this machine: what a proxy passes on did not."""
    forwarded = any(name in request.headers for name in FORWARDED)
    return request.remote_addr in LOOPBACK and not forwarded


def carries(token: str) -> bool:
    """Whether a request carries this bearer token."""
    return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())


class Figures(Collector):
    """All figures, as of now. While the database is away, those of this machine's journal alone."""

    def __init__(self, houses: Houses) -> None:
        """Nothing is read yet."""
        self._houses = houses
        self._calls, self._attempts = tally.calls_by_outcome(), tally.attempts_by_outcome()
        self._opened = tally.tickets_by_class()

    def collect(self) -> Iterable[Metric]:
        """One scrape."""
        found = self._of_database()
        up = gauge("database_up", "Whether the database answered this scrape.", int(found is not None))
        return [up, *(found or ()), *self._of_journal()]

    def _of_database(self) -> list[Metric] | None:
        if self._houses.is_away:
            return None
        try:
            with self._houses.main.engine.connect() as connection:
                at = self._houses.main.clock()
                return [*self._totals(connection, at), *self._state(connection, at), *waits(connection, at)]
        except Exception:
            logger.warning("the figures could not be read", exc_info=True)
            return None

    def _totals(self, connection: Connection, at: datetime) -> Iterator[Metric]:
        yield counter("calls", "Calls by how they ended.", ["outcome"], self._calls.read(connection, at))
        yield counter("attempts", "Phones rung, by outcome.", ["outcome"], self._attempts.read(connection, at))
        yield counter("tickets_opened", "Tickets opened.", ["class_of_service"], self._opened.read(connection, at))

    def _state(self, connection: Connection, at: datetime) -> Iterator[Metric]:
        house, month = self._houses.main, at - MONTH
        states = figures.tickets_by_state(connection, month)
        texts = figures.texts_by_status(connection, month)
        yield labelled("tickets", "Tickets of the last 30 days, by state.", ["class_of_service", "state"], states)
        yield labelled("texts", "Texts about tickets of the last 30 days, by status.", ["status"], texts)
        sent: Counter[tuple[str, ...]] = Counter(
            {(to, state): n for to, counts in counts_of(connection, at - DAY).items() for state, n in counts.items()}
        )
        yield labelled("deliveries", "What others were told in the last day.", ["recipient", "state"], sent)
        yield gauge(
            "calls_under_way", "Calls of the last day not over yet.", figures.calls_under_way(connection, at - DAY)
        )
        yield gauge(
            "open_critical_tickets",
            "Critical tickets that nobody acknowledged: all that page, and others of the last 30 days.",
            len(figures.open_critical(connection, month)),
        )
        yield gauge(
            "unattended_critical_tickets",
            "Critical tickets with neither an acknowledgement nor a live escalation.",
            len(unattended(house, connection, at)),
        )
        yield gauge(
            "alarms", "Alarms of the guard about tickets of the last day.", figures.count_alarms(connection, at - DAY)
        )
        alive = living_workers(connection, at - DEAD_AFTER)
        yield gauge("workers_alive", "Paging workers that beat.", len(alive))
        if (beat := figures.newest_beat(connection)) is not None:
            age = (at - beat).total_seconds()
            yield gauge("worker_beat_age_seconds", "Since the newest beat of any paging worker.", age)

    def _of_journal(self) -> Iterator[Metric]:
        try:
            with self._houses.standby.engine.connect() as connection:
                calls = figures.count_calls(connection)
                critical = len(figures.open_critical(connection, self._houses.main.clock() - MONTH))
        except Exception:
            logger.warning("the journal's figures could not be read", exc_info=True)
            return
        yield gauge("journal_calls", "Calls in this machine's journal that the database does not have yet.", calls)
        yield gauge(
            "journal_open_critical_tickets", "Critical tickets in the journal that nobody acknowledged.", critical
        )


def waits(connection: Connection, at: datetime) -> Iterator[Metric]:
    """How long Critical tickets of the last day took: quantiles, because an average hides the one that waited."""
    found = figures.waits_since(connection, at - DAY)
    of_day = "of Critical tickets opened within the last day; quantile 1 is the longest."
    for name, help_, values in (
        ("first_ring", "From the verdict to the first ring", [wait.first_ring for wait in found]),
        ("human", "From the verdict to the first acknowledgement or engineer on the line", [w.human for w in found]),
    ):
        metric = GaugeMetricFamily(f"nightline_verdict_to_{name}_seconds", f"{help_}, {of_day}", labels=["quantile"])
        seconds = sorted(value.total_seconds() for value in values if value is not None)
        for quantile in QUANTILES if seconds else ():
            metric.add_metric([f"{quantile:g}"], seconds[round(quantile * (len(seconds) - 1))])
        yield metric
        yield gauge(
            f"verdict_to_{name}_tickets", f"How many tickets nightline_verdict_to_{name}_seconds is of.", len(seconds)
        )


def gauge(name: str, help_: str, value: float) -> Metric:
    """One value that goes up and down."""
    return GaugeMetricFamily(f"nightline_{name}", help_, value=value)


def labelled(name: str, help_: str, labels: list[str], counts: Counter[tuple[str, ...]]) -> Metric:
    """Values that go up and down, by labels."""
    metric = GaugeMetricFamily(f"nightline_{name}", help_, labels=labels)
    for values, count in sorted(counts.items()):
        metric.add_metric(values, count)
    return metric


def counter(name: str, help_: str, labels: list[str], counts: Counter[tuple[str, ...]]) -> Metric:
    """Values that only go up, by labels; their name ends in `_total`."""
    metric = CounterMetricFamily(f"nightline_{name}", help_, labels=labels)
    for values, count in sorted(counts.items()):
        metric.add_metric(values, count)
    return metric
