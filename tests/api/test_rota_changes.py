"""Rotas by API: put and deleted as they were read, with the words of `nightline apply`, and never before now."""

from datetime import timedelta
from typing import Any

import pytest

from ivr.store.audit import list_changes
from tests.api.conftest import Program
from tests.console.desk import Desk
from tests.line import NIGHT

WEEKLY = {
    "name": "Weekly",
    "every": "week",
    "handoff": "Mon 09:00",
    "zone": "Europe/Berlin",
    "starts_on": "2026-11-30",
    "participants": ["jon", ["ada", "mia"]],
}
ROTA: dict[str, Any] = {"name": "Second line", "layers": [WEEKLY]}


@pytest.fixture
def writer(desk: Desk) -> Program:
    return Program(desk, "rotas", "rotas-write", "overrides")


def on_call(writer: Program, since: str, until: str, key: str = "noc") -> list[list[str]]:
    answer = writer.get(f"/rotas/{key}/schedule?from={since}&until={until}")
    return [part["on_call"] for part in answer.get_json()["stretches"]]


def test_a_rota_is_added_and_the_audit_names_the_token(desk: Desk, writer: Program) -> None:
    made = writer.ask("PUT", "/rotas/second", json=ROTA)
    assert (made.status_code, made.headers["Location"]) == (201, "/api/v1/rotas/second")
    read = writer.get("/rotas/second")
    assert read.headers["ETag"] == made.headers["ETag"]
    assert read.get_json() == made.get_json()
    assert read.get_json()["layers"] == [{**WEEKLY, "priority": 0}]
    (change, *_) = desk.do(list_changes)
    assert (change.by, change.source, change.action, change.key) == ("a program", "api", "add", "second")


def test_what_was_read_is_put_back_and_changes_nothing(desk: Desk, writer: Program) -> None:
    for key in ("noc", "noc-backup"):
        read = writer.get(f"/rotas/{key}")
        body = {name: read.get_json()[name] for name in ("name", "layers")}
        before = desk.do(list_changes)
        put = writer.ask("PUT", f"/rotas/{key}", {"If-Match": read.headers["ETag"]}, json=body)
        assert (put.status_code, put.get_json()) == (200, read.get_json())
        assert desk.do(list_changes) == before


def test_a_rota_is_changed_as_it_was_read_and_never_over_another_change(writer: Program) -> None:
    mine = {"If-Match": writer.get("/rotas/noc").headers["ETag"]}
    assert writer.ask("PUT", "/rotas/noc", json=ROTA).status_code == 428
    override = {"engineer": "mia", "starts_at": "2026-11-29T20:00:00Z", "ends_at": "2026-11-30T06:00:00Z"}
    assert writer.ask("POST", "/rotas/noc/overrides", json=override).status_code == 201
    assert writer.ask("PUT", "/rotas/noc", mine, json=ROTA).status_code == 412
    now = {"If-Match": writer.get("/rotas/noc").headers["ETag"]}
    assert writer.ask("PUT", "/rotas/noc", now, json=ROTA).status_code == 200
    assert writer.ask("PUT", "/rotas/noc", {"If-None-Match": "*"}, json=ROTA).status_code == 412
    assert writer.ask("PUT", "/rotas/none", {"If-Match": "*"}, json=ROTA).status_code == 412


def test_other_layers_hold_from_now_on_and_the_past_and_the_overrides_stay(writer: Program) -> None:
    past = ("2026-11-20T00:00:00Z", "2026-11-28T02:00:00Z")
    was, overrides = on_call(writer, *past), writer.get("/rotas/noc").get_json()["overrides"]
    put = writer.ask("PUT", "/rotas/noc", {"If-Match": "*"}, json=ROTA).get_json()
    assert (put["name"], put["effective_from"], put["overrides"]) == ("Second line", "2026-11-28T02:00:00Z", overrides)
    assert on_call(writer, *past) == was
    assert on_call(writer, "2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z") == [["jon"]]


def test_other_layers_may_wait_for_an_instant_and_one_that_is_past_is_now(desk: Desk, writer: Program) -> None:
    tonight = ("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z")
    was = on_call(writer, *tonight)
    later = {**ROTA, "effective_from": "2026-12-07T09:00:00+01:00"}
    put = writer.ask("PUT", "/rotas/noc", {"If-Match": "*"}, json=later).get_json()
    assert put["effective_from"] == "2026-12-07T08:00:00Z"
    assert on_call(writer, *tonight) == was
    assert on_call(writer, "2026-12-08T00:00:00Z", "2026-12-09T00:00:00Z") == [["ada", "mia"]]
    desk.at = NIGHT + timedelta(hours=1)
    before = {**ROTA, "effective_from": "2026-01-01T00:00:00Z"}
    put = writer.ask("PUT", "/rotas/noc", {"If-Match": "*"}, json=before).get_json()
    assert put["effective_from"] == "2026-11-28T03:00:00Z"


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"layers": [{**WEEKLY, "participants": ["nobody"]}]}, "layers[1].participants", '"nobody"'),
        ({"layers": [{**WEEKLY, "handoff": "25:00"}]}, "layers[1].handoff", "25:00"),
        ({"layers": [{**WEEKLY, "every": "fortnight"}]}, "layers[1].every", "no length of a turn"),
        ({"layers": [{**WEEKLY, "only": ["at night"]}]}, "layers[1].only[1]", "is not understood"),
        ({"layers": [{**WEEKLY, "colour": "red"}]}, "layers.0.colour", "Extra"),
        ({"name": ""}, "name", ""),
        ({"effective_from": "2026-12-07T09:00:00"}, "effective_from", "timezone"),
        ({"effective_from": "9999-12-31T23:59:59-01:00"}, "effective_from", "no instant of our time"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_in_the_words_of_the_file(
    writer: Program, wrong: dict[str, Any], field: str, said: str
) -> None:
    before = writer.get("/rotas/noc")
    answer = writer.ask("PUT", "/rotas/noc", {"If-Match": "*"}, json={**ROTA, **wrong})
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    (fault,) = answer.get_json()["errors"]
    assert fault["field"].startswith(field)
    assert said in fault["text"]
    assert writer.get("/rotas/noc").headers["ETag"] == before.headers["ETag"]


def test_a_key_that_is_none_is_refused(writer: Program) -> None:
    answer = writer.ask("PUT", "/rotas/No%20Key", json=ROTA)
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "key")


def test_a_rota_is_deleted_as_it_was_read_unless_a_policy_rings_it(desk: Desk, writer: Program) -> None:
    etag = writer.ask("PUT", "/rotas/second", json=ROTA).headers["ETag"]
    assert writer.ask("DELETE", "/rotas/second").status_code == 428
    assert writer.ask("DELETE", "/rotas/second", {"If-Match": '"another"'}).status_code == 412
    assert writer.ask("DELETE", "/rotas/second", {"If-Match": etag}).status_code == 204
    assert writer.ask("DELETE", "/rotas/second", {"If-Match": etag}).status_code == 404
    used = writer.ask("DELETE", "/rotas/noc", {"If-Match": "*"})
    assert used.status_code == 422
    assert "policy" in used.get_json()["errors"][0]["text"]
    (change, *_) = desk.do(list_changes)
    assert (change.by, change.action, change.key) == ("a program", "remove", "second")


def test_reading_is_not_writing(desk: Desk) -> None:
    reader = Program(desk, "rotas", "overrides")
    for method in ("PUT", "DELETE"):
        assert reader.ask(method, "/rotas/noc", {"If-Match": "*"}, json=ROTA).status_code == 403
