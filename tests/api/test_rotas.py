"""Rotas by API: read as they are, overridden like in the console, and never before now."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest

from ivr.store.absences import add_absence
from ivr.store.audit import list_changes
from schedules.leave import Absence
from tests.api.conftest import Program
from tests.console.desk import Desk
from tests.line import NIGHT

NEXT_NIGHT = {"engineer": "mia", "starts_at": "2026-11-29T20:00:00Z", "ends_at": "2026-11-30T06:00:00Z"}


def test_rotas_are_listed_and_read(program: Program) -> None:
    assert [one["key"] for one in program.get("/rotas").get_json()["rotas"]] == ["noc", "noc-backup"]
    rota = program.get("/rotas/noc").get_json()
    assert rota["layers"][0]["participants"] == ["mia", "jon", "ada"]
    assert rota["overrides"][0]["engineer"] == "leo"
    assert program.get("/rotas/none").status_code == 404


def test_the_final_schedule_has_neither_holes_nor_overlaps(program: Program) -> None:
    path = "/rotas/noc/schedule?from=2026-12-20T00:00:00Z&until=2026-12-30T00:00:00Z"
    parts = program.get(path).get_json()["stretches"]
    assert parts[0]["starts_at"] == "2026-12-20T00:00:00Z"
    assert parts[-1]["ends_at"] == "2026-12-30T00:00:00Z"
    assert all(one["ends_at"] == other["starts_at"] for one, other in pairwise(parts))
    assert ["leo"] in [part["on_call"] for part in parts]


def test_an_empty_or_endless_range_is_refused(program: Program) -> None:
    for until in ("2026-11-01T00:00:00Z", "2029-11-01T00:00:00Z"):
        path = f"/rotas/noc/schedule?from=2026-11-20T00:00:00Z&until={until}"
        assert program.get(path).get_json()["errors"][0]["field"] == "until"


def test_an_override_is_added_audited_and_ended(desk: Desk, program: Program) -> None:
    added = program.ask("POST", "/rotas/noc/overrides", json=NEXT_NIGHT)
    assert added.status_code == 201
    at = "/on-call?region=it&at=2026-11-29T23:00:00Z"
    assert program.get(at).get_json()["regions"][0]["levels"][0]["people"][0]["engineer"] == "mia"
    (change, *_) = desk.do(list_changes)
    assert (change.by, change.source, change.kind, change.key) == ("a program", "api", "rota", "noc")
    assert program.ask("DELETE", f"/rotas/noc/overrides/{added.get_json()['id']}").status_code == 204
    assert program.get(at).get_json()["regions"][0]["levels"][0]["people"][0]["engineer"] == "jon"
    assert program.ask("DELETE", f"/rotas/noc/overrides/{added.get_json()['id']}").status_code == 404


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_many_overrides_at_once_none_is_lost(make_desk: Callable[[str], Desk], kind: str) -> None:
    program = Program(make_desk(kind), "rotas", "overrides")

    def add(day: int) -> int:
        times = {"starts_at": f"2026-12-{day:02}T09:00:00Z", "ends_at": f"2026-12-{day:02}T17:00:00Z"}
        return program.ask("POST", "/rotas/noc/overrides", json={"engineer": "ada", **times}).status_code

    before = len(program.get("/rotas/noc").json["overrides"])
    with ThreadPoolExecutor(8) as adding:
        assert set(adding.map(add, range(1, 17))) == {201}
    assert len(program.get("/rotas/noc").json["overrides"]) == before + 16


def test_an_override_that_is_in_progress_ends_now_and_stays_true_before(desk: Desk, program: Program) -> None:
    id_ = program.ask("POST", "/rotas/noc/overrides", json=NEXT_NIGHT).get_json()["id"]
    desk.at = NIGHT + timedelta(days=1, hours=20)
    assert program.ask("DELETE", f"/rotas/noc/overrides/{id_}").status_code == 204
    (kept,) = (one for one in program.get("/rotas/noc").get_json()["overrides"] if one["id"] == id_)
    assert kept["ends_at"] == "2026-11-29T22:00:00Z"


def test_what_is_wrong_with_an_override_is_told_and_nothing_is_saved(desk: Desk, program: Program) -> None:
    wrong = (
        {**NEXT_NIGHT, "engineer": "nobody-we-know"},
        {**NEXT_NIGHT, "ends_at": "2026-11-29T19:00:00Z"},
        {**NEXT_NIGHT, "starts_at": "2026-11-20T19:00:00Z", "ends_at": "2026-11-21T19:00:00Z"},
        {**NEXT_NIGHT, "starts_at": "2026-11-29T20:00:00"},
        {**NEXT_NIGHT, "colour": "red"},
        {},
    )
    before = program.get("/rotas/noc").get_json()
    for body in wrong:
        answer = program.ask("POST", "/rotas/noc/overrides", json=body)
        assert answer.status_code == 422, body
        assert answer.get_json()["errors"][0]["text"]
    assert program.ask("POST", "/rotas/noc/overrides", data="not json").status_code == 422
    assert program.get("/rotas/noc").get_json() == before


def test_findings_name_a_gap(desk: Desk, program: Program) -> None:
    hole = {**NEXT_NIGHT, "engineer": "jon", "kind": "remove"}
    assert program.ask("POST", "/rotas/noc/overrides", json=hole).status_code == 201
    kinds = [one["kind"] for one in program.get("/findings").get_json()["findings"]]
    assert "gap" in kinds


def test_findings_name_who_is_on_call_while_on_leave(desk: Desk, program: Program) -> None:
    away = Absence("jon", desk.at, desk.at + timedelta(hours=9))
    desk.do(lambda connection: add_absence(connection, away, desk.at))
    found = [one for one in program.get("/findings").get_json()["findings"] if one["kind"] == "on_leave"]
    assert [(one["engineer"], one["rota"]) for one in found] == [("jon", "noc")]
    assert found[0]["text"] == "Jon Bell is on call in NOC on call and on leave."
