"""Reports by API."""

import pytest

from ivr.reports.all_reports import ONE_AT_A_TIME, REPORTS
from tests.api.conftest import Program
from tests.console.desk import Desk
from tests.report_scenes import some_nights


@pytest.fixture
def reader(desk: Desk) -> Program:
    desk.do(some_nights)
    return Program(desk, "reports")


def test_each_report_is_told_with_its_units_and_plain_values(reader: Program) -> None:
    names = [one["name"] for one in reader.get("/reports").json["reports"]]
    assert names == list(REPORTS)
    for name in names:
        answer = reader.get(f"/reports/{name}?from=2026-11-01&until=2026-11-28&region=it")
        assert answer.status_code == 200
        assert (answer.json["zone"], answer.json["region"]) == ("Europe/Rome", "it")
        for table in answer.json["tables"]:
            assert all(len(row) == len(table["columns"]) for row in table["rows"])
    costs = reader.get("/reports/costs?from=2026-11-01&until=2026-11-28&region=it").json["tables"][0]["rows"]
    assert costs[0][:2] == ["Italy", 8]
    assert costs[0][5] == "2.0400"


def test_without_a_region_the_calendar_can_be_chosen(reader: Program) -> None:
    assert reader.get("/reports/calls").json["zone"] == "America/New_York"
    assert reader.get("/reports/calls?zone=Asia/Kolkata").json["zone"] == "Asia/Kolkata"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/reports/nonsense", 404),
        ("/reports/calls?region=atlantis", 404),
        ("/reports/calls?zone=EST", 422),
        ("/reports/calls?from=yesterday", 422),
        ("/reports/calls?unknown=1", 422),
        ("/reports/calls?from=0001-01-01&until=9999-12-31", 200),
    ],
)
def test_what_cannot_be_told_is_a_problem(reader: Program, path: str, status: int) -> None:
    assert reader.get(path).status_code == status


def test_the_scope_is_needed(desk: Desk) -> None:
    assert Program(desk, "calls").get("/reports/calls").status_code == 403


def test_a_second_report_at_once_is_sent_away_and_leaves_the_threads_to_calls(reader: Program, desk: Desk) -> None:
    with ONE_AT_A_TIME:
        assert reader.get("/reports/calls").status_code == 503
        assert desk.client("viewer").get("/console/reports/calls").status_code == 503
    assert reader.get("/reports/calls").status_code == 200
