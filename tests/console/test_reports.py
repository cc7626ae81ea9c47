"""Reports: their figures out of known nights, on both databases; the page, the CSV and the API."""

import csv
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from ivr.configuration.apply import apply_file
from ivr.reports.about_service import stretch
from ivr.reports.all_reports import REPORTS
from ivr.reports.csvfile import to_csv
from ivr.reports.scope import LONGEST, Scope, scope_of
from ivr.reports.table import Column, Table, Unit
from ivr.store.configuration import load_configuration
from ivr.store.engine import connect
from routing.announcements import Announcement, Kind
from tests.console.desk import Desk
from tests.databases import Templates
from tests.line import EXAMPLE
from tests.report_scenes import HOUR, MINUTE, SATURDAY, SECOND, announce, attempt, call, line, some_nights, ticket

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
AFTER = SATURDAY + timedelta(days=20)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def nights(request: Any, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The known nights, on both databases; tests change nothing of them."""
    folder = tmp_path_factory.mktemp("nights")
    with ThreadPoolExecutor(1) as elsewhere:
        url = elsewhere.submit(templates.prepared, request.param, folder).result()
    engine = connect(url)
    with engine.begin() as connection:
        apply_file(connection, EXAMPLE)
        some_nights(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(nights: Engine) -> Iterator[Connection]:
    """A transaction that is rolled back."""
    with nights.connect() as connection:
        yield connection


def scope(connection: Connection, region: str = "it", period: Any = NOVEMBER, zone: str = "Europe/Rome") -> Scope:
    return scope_of(connection, load_configuration(connection), AFTER, zone, period, region)


def table(of: Scope, name: str, key: str) -> list[tuple[Any, ...]]:
    return next(list(one.rows) for one in REPORTS[name].tables(of) if one.key == key)


def test_calls_are_counted_by_local_hour_and_by_outcome(connection: Connection) -> None:
    hours = {hour: (count, paged) for hour, count, paged in table(scope(connection), "calls", "hours") if count}
    assert hours == {3: (5, 1), 4: (1, 1), 11: (2, 1)}
    in_india = {row[0]: row[1] for row in table(scope(connection, "", zone="Asia/Kolkata"), "calls", "hours") if row[1]}
    assert in_india == {5: 1, 7: 5, 8: 1, 15: 2}
    assert dict(table(scope(connection), "calls", "outcomes"))["hung up early"] == 1
    assert table(scope(connection, ""), "calls", "regions") == [("Italy", 8, 3), ("United States", 1, 0)]
    assert ("Italy", 3, "informed", 1, 0) in table(scope(connection, ""), "calls", "all")


def test_a_day_of_a_region_is_its_own_and_not_the_readers(connection: Connection) -> None:
    sunday = (date(2026, 11, 29), date(2026, 11, 29))
    assert table(scope(connection, "", sunday), "calls", "regions") == [("United States", 1, 0)]
    assert table(scope(connection, "us", sunday), "calls", "regions") == []
    saturday = (date(2026, 11, 28), date(2026, 11, 28))
    assert table(scope(connection, "us", saturday), "calls", "regions") == [("United States", 1, 0)]


def test_who_was_kept_away_from_the_engineer_and_why(connection: Connection) -> None:
    assert table(scope(connection), "kept-away", "summary") == [
        ("after hours", 6, 2, 4, 66.7),
        ("in support hours", 2, 1, 1, 50.0),
    ]
    reasons = {reason: count for reason, count, _ in table(scope(connection), "kept-away", "reasons")}
    assert reasons["informed by an announcement (art. 19)"] == 1
    assert reasons["not Critical: a Standard ticket (art. 16.3, 16.5)"] == 1
    assert sum(reasons.values()) == 5


def test_waits_are_the_median_the_ninetieth_and_the_worst(connection: Connection) -> None:
    assert table(scope(connection), "response", "waits") == [
        ("to the first ring", 3.0, 5.0, 5.0, 3, 3),
        ("to the acknowledgement", 90.0, 2400.0, 2400.0, 3, 3),
        ("to the conversation", 40.0, 100.0, 100.0, 2, 3),
    ]
    assert ("Italy", "conversation", 40.0, 100.0, 100.0, 2, 3) in table(scope(connection, ""), "response", "regions")
    assert table(scope(connection, "fr"), "response", "waits")[0] == ("to the first ring", None, None, None, 0, 0)


def test_the_wait_of_a_ticket_that_became_critical_later_begins_then(connection: Connection) -> None:
    for number, words in ((9001, "raised"), (9002, "upgraded")):
        ticket(connection, number, SATURDAY, region="fr")
        line(connection, number, SATURDAY + MINUTE, "acknowledged")
        line(connection, number, SATURDAY + 5 * HOUR, words)
        attempt(connection, number, 1, "jon", SATURDAY + 5 * HOUR, ringing_at=4, joined_at=30)
        line(connection, number, SATURDAY + 5 * HOUR + 20 * SECOND, "acknowledged")
    assert table(scope(connection, "fr"), "response", "waits") == [
        ("to the first ring", 4.0, 4.0, 4.0, 2, 2),
        ("to the acknowledgement", 20.0, 20.0, 20.0, 2, 2),
        ("to the conversation", 30.0, 30.0, 30.0, 2, 2),
    ]


def test_the_wait_of_a_ticket_that_was_critical_all_along_but_for_a_mistake_begins_with_the_verdict(
    connection: Connection,
) -> None:
    ticket(connection, 9001, SATURDAY, region="fr")
    attempt(connection, 9001, 1, "jon", SATURDAY, ringing_at=4)
    line(connection, 9001, SATURDAY + 2 * MINUTE, "downgraded")
    line(connection, 9001, SATURDAY + 3 * MINUTE, "upgraded")
    waited = table(scope(connection, "fr"), "response", "waits")[0]
    assert waited == ("to the first ring", 4.0, 4.0, 4.0, 1, 1)


def test_goals_kept_and_missed(connection: Connection) -> None:
    assert [row[1:] for row in table(scope(connection), "goals", "goals")] == [
        (0, 1, 0, 0.0),
        (1, 0, 0, 100.0),
        (2, 0, 0, 100.0),
    ]


def test_a_goal_is_kept_by_a_ticket_that_closed_by_itself_in_time(connection: Connection) -> None:
    ticket(connection, 9001, SATURDAY, "standard", state="closed", response_due_at=SATURDAY + HOUR)
    line(connection, 9001, SATURDAY + 20 * MINUTE, "closed by itself")
    assert table(scope(connection), "goals", "goals")[1][1:] == (2, 0, 0, 100.0)


def test_a_ticket_that_was_taken_in_time_and_put_back_is_no_goal_kept(connection: Connection) -> None:
    for number, due in enumerate((SATURDAY + HOUR, AFTER + HOUR), start=9001):
        ticket(connection, number, SATURDAY, "standard", state="open", response_due_at=due)
        line(connection, number, SATURDAY + 20 * MINUTE, "acknowledged")
        line(connection, number, SATURDAY + 30 * MINUTE, "put back")
    assert table(scope(connection), "goals", "goals")[1][1:] == (1, 1, 1, 50.0)


def test_a_ticket_of_the_monitoring_has_no_caller_to_speak_with(connection: Connection) -> None:
    before = table(scope(connection), "goals", "goals")
    ticket(connection, 9001, SATURDAY, call=None)
    assert table(scope(connection), "goals", "goals") == before


def test_a_page_in_progress_is_neither_answered_by_phone_nor_missed(connection: Connection) -> None:
    ticket(connection, 9001, SATURDAY, state="paging")
    ticket(connection, 9002, SATURDAY, state="resolved")
    assert table(scope(connection), "goals", "goals")[2][1:] == (2, 1, 1, 66.7)


def test_whether_the_screening_was_right(connection: Connection) -> None:
    found = {row[0]: row[1:] for row in table(scope(connection), "screening", "judgements")}
    assert found["cloud platform, portal or website not available"] == (3, 2, 1, 0, 66.7)
    assert found["calls dropping"] == (1, 0, 0, 0, None)


def test_pages_of_each_engineer_by_night_and_weekend(connection: Connection) -> None:
    assert table(scope(connection), "pages", "engineers") == [("Jon Bell", 3, 2, 2, 3, 0), ("Ada Rossi", 2, 2, 2, 2, 2)]


def test_availability_counts_confirmed_tickets_and_announced_incidents_once_and_no_maintenance(
    connection: Connection,
) -> None:
    months = {row[0]: row[1:] for row in table(scope(connection), "availability", "months")}
    november = 30 * 24 * 60
    exact = 100 * Decimal(november - 60) / november
    assert months[date(2026, 11, 1)] == (exact.quantize(Decimal("0.001"), "ROUND_DOWN"), 3600, 90)
    announce(connection, Kind.INCIDENT, SATURDAY, SATURDAY + 2 * HOUR)
    announce(connection, Kind.MAINTENANCE, SATURDAY + HOUR, SATURDAY + 4 * HOUR, "it")
    days = {row[0]: row[1:] for row in table(scope(connection), "availability", "days")}
    assert days[date(2026, 11, 28)] == (Decimal("95.238"), 3600)
    assert days[date(2026, 11, 27)] == (Decimal("100.000"), 0)
    elsewhere = table(scope(connection, "fr"), "availability", "months")
    assert elsewhere[0][2:] == (7200, 90)


def test_an_outage_counts_for_each_region_that_reported_it(connection: Connection) -> None:
    ticket(connection, 9001, SATURDAY + MINUTE, region="fr", incident=1042)
    ticket(connection, 9002, SATURDAY + MINUTE, region="uk")
    down = {key: table(scope(connection, key), "availability", "months")[0][2] for key in ("it", "fr", "uk")}
    assert down == {"it": 3600, "fr": 1800, "uk": 0}


def test_a_month_is_whole_where_the_period_has_only_a_part_of_it(connection: Connection) -> None:
    part = scope(connection, period=(date(2026, 11, 28), date(2026, 11, 28)))
    assert table(part, "availability", "months") == table(scope(connection), "availability", "months")
    assert [row[0] for row in table(part, "availability", "days")] == [date(2026, 11, 28)]


def test_what_a_status_page_said_counts_no_longer_than_it_was_believed(connection: Connection) -> None:
    heard = Announcement(Kind.INCIDENT, SATURDAY, None, {"en": "Down."}, good_until=SATURDAY + HOUR)
    of = replace(scope(connection), at=AFTER)
    assert stretch(of, heard) == (SATURDAY, SATURDAY + HOUR)
    assert stretch(of, replace(heard, good_until=None)) == (SATURDAY, AFTER)


def test_an_outage_that_goes_on_counts_until_now_and_the_future_is_not_promised(connection: Connection) -> None:
    today = replace(scope(connection, "fr", (AFTER.date(), AFTER.date() + timedelta(days=3))), at=AFTER)
    assert table(today, "availability", "days") == [(AFTER.date(), Decimal("100.000"), 0)]
    announce(connection, Kind.INCIDENT, AFTER - HOUR, AFTER + timedelta(days=5), "fr")
    (row,) = table(today, "availability", "days")
    assert row[2] == 3600


def test_costs_are_minutes_begun_and_texts_at_the_price_of_the_day(connection: Connection) -> None:
    (row,) = table(scope(connection), "costs", "costs")
    name, calls, inbound, outbound, texts, cost, each = row
    minutes_in = 10 + 10 + 2 + 60 + 2 + 2 + 2
    assert (name, calls, inbound, outbound, texts) == ("Italy", 8, minutes_in, 2 + 9 + 9, 2)
    assert {type(value) for value in (inbound, outbound)} == {int}  # the API would tell a decimal as text
    assert cost == minutes_in * Decimal("0.01") + 20 * Decimal("0.05") + 2 * Decimal("0.08")
    assert each == round(cost / 8, 4)
    call(connection, "older", SATURDAY - timedelta(days=400), "informed")
    long_ago = ((SATURDAY - timedelta(days=410)).date(), (SATURDAY - timedelta(days=390)).date())
    assert table(scope(connection, period=long_ago), "costs", "costs") == [("Italy", 1, 2, 0, 0, None, None)]


def test_an_hour_that_clocks_show_twice_counts_for_its_local_hour_and_day(connection: Connection) -> None:
    back = SATURDAY.replace(month=10, day=25, hour=0, minute=30)
    for number, at in enumerate((back, back + HOUR, back + 2 * HOUR)):
        call(connection, f"twice {number}", at, "informed")
    of = scope(connection, period=(date(2026, 10, 25), date(2026, 10, 25)))
    assert {row[0]: row[1] for row in table(of, "calls", "hours") if row[1]} == {2: 2, 3: 1}
    assert (of.range.until - of.range.since) == 25 * HOUR


def test_periods_that_make_no_sense_are_put_right(connection: Connection) -> None:
    usual = scope(connection, "atlantis", (None, None))
    assert (usual.region, (usual.last_on - usual.first_on).days) == ("", 29)
    turned = scope(connection, period=NOVEMBER[::-1])
    assert (turned.first_on, turned.last_on) == NOVEMBER
    endless = scope(connection, period=(date(1, 1, 1), date(9999, 12, 31)))
    assert (endless.last_on - endless.first_on).days == LONGEST - 1


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless() -> None:
    columns = (Column("a", "=A", Unit.TEXT), Column("b", "B"), Column("c", "C", Unit.PERCENT))
    rows = tuple((text, -3, None) for text in ("=1+1", "+44", "-x", "@sum", "\tx", 'a "b", c'))
    found = list(csv.reader(io.StringIO(to_csv(Table("t", "T", columns, rows)))))
    assert found[0] == ["'=A", "B", "C (%)"]
    assert [row[0] for row in found[1:]] == ["'=1+1", "'+44", "'-x", "'@sum", "'\tx", 'a "b", c']
    assert found[1][1:] == ["-3", ""]


@pytest.mark.parametrize("name", REPORTS)
def test_each_report_is_a_page_and_its_tables_are_files(desk: Desk, name: str) -> None:
    desk.do(some_nights)
    desk.at = AFTER
    period = "from=2026-11-01&until=2026-11-30"
    client = desk.client("viewer")
    shown = client.get(f"/console/reports/{name}?{period}&region=it")
    assert shown.status_code == 200
    text = shown.get_data(as_text=True)
    assert "<svg" in text or name in {"availability"}
    assert "style=" not in text
    key = desk.do(lambda connection: REPORTS[name].tables(scope(connection))[0].key)
    file = client.get(f"/console/reports/{name}/{key}.csv?{period}&region=it")
    assert (file.status_code, file.mimetype) == (200, "text/csv")
    assert f"{name}-{key}-2026-11-01-2026-11-30.csv" in file.headers["Content-Disposition"]
    assert client.get(f"/console/reports/{name}?from=x&until=&region=atlantis").status_code == 200
    assert client.get(f"/console/reports/{name}?from=2030-01-01&until=2030-01-01").status_code == 200


def test_what_is_no_report_is_not_there(desk: Desk) -> None:
    for path in ("nonsense", "calls/nonsense.csv"):
        assert desk.client("viewer").get(f"/console/reports/{path}").status_code == 404


def test_reports_ask_the_same_few_questions_however_many_rows_there_are(desk: Desk) -> None:
    def asked(connection: Connection) -> int:
        statements: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda *said: statements.append(said[2]))
        for report in REPORTS.values():
            report.tables(scope(connection))
        return len(statements)

    desk.do(some_nights)
    few = desk.do(asked)
    for number in range(2000, 2050):
        desk.do(lambda connection, n=number: ticket(connection, n, SATURDAY + n * MINUTE))  # type: ignore[misc]
    assert desk.do(asked) == few
