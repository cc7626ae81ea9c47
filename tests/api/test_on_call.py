"""Who is on call, by API: the one resolver's answer, cheap to poll, with phones for those who may see them."""

from datetime import timedelta

from tests.api.conftest import Program
from tests.console.desk import Desk
from tests.line import JON, NIGHT


def test_it_tells_each_level_with_the_reason_and_until_when(program: Program) -> None:
    (region,) = program.get("/on-call?region=it").get_json()["regions"]
    first, second, third = region["levels"]
    (jon,) = first["people"]
    assert (jon["name"], jon["because"], jon["phones"][0]) == ("Jon Bell", "weekly, week 48", JON)
    assert jon["until"] == "2026-11-30T08:00:00Z"
    assert [one["people"][0]["name"] for one in (second, third)] == ["Ada Rossi", "Leo Marin"]
    assert third["people"][0]["until"] is None


def test_another_instant_may_be_asked_for_with_its_offset_only(program: Program) -> None:
    answer = program.get("/on-call?region=it&at=2026-12-25T03:00:00%2B01:00").get_json()
    assert answer["regions"][0]["levels"][0]["people"][0]["name"] == "Leo Marin"
    refused = program.get("/on-call?at=2026-12-25T03:00:00")
    assert refused.status_code == 422
    assert refused.content_type == "application/problem+json"
    assert refused.get_json()["errors"][0]["field"] == "at"


def test_without_the_scope_there_are_no_telephone_numbers(desk: Desk) -> None:
    answer = Program(desk, "on-call").get("/on-call").get_json()
    people = [one for region in answer["regions"] for level in region["levels"] for one in level["people"]]
    assert people
    assert all(one["phones"] == [] for one in people)


def test_whoever_has_the_answer_already_gets_none_until_it_changes(desk: Desk, program: Program) -> None:
    first = program.get("/on-call")
    again = program.get("/on-call", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    desk.at = NIGHT + timedelta(days=3)
    assert program.get("/on-call", **{"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_prometheus_reads_who_is_on_call(program: Program) -> None:
    answer = program.get("/on-call/metrics")
    assert answer.content_type.startswith("text/plain")
    assert 'nightline_on_call{region="it",level="1",engineer="jon"} 1' in answer.get_data(as_text=True)
    assert program.get("/on-call/metrics", **{"If-None-Match": answer.headers["ETag"]}).status_code == 304
