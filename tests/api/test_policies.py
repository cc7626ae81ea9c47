"""Escalation policies by API: put and deleted as they were read, in the words of `nightline apply`."""

from typing import Any

import pytest

from ivr.store.audit import list_changes
from tests.api.conftest import Program
from tests.console.desk import Desk

DUTY = "+442079460777"
POLICY: dict[str, Any] = {
    "name": "Quiet",
    "repeat": 3,
    "pause_seconds": 90,
    "levels": [{"targets": ["rota:noc", f"phone:{DUTY}"], "ring_seconds": 25, "together": True, "order": "rota"}],
}


@pytest.fixture
def writer(desk: Desk) -> Program:
    return Program(desk, "policies", "policies-write", "phones")


def test_a_policy_is_added_read_changed_and_deleted_as_it_was_read(desk: Desk, writer: Program) -> None:
    made = writer.ask("PUT", "/policies/quiet", json=POLICY)
    assert (made.status_code, made.headers["Location"]) == (201, "/api/v1/policies/quiet")
    read = writer.get("/policies/quiet")
    assert (read.get_json(), read.headers["ETag"]) == ({"key": "quiet", **POLICY}, made.headers["ETag"])
    assert "quiet" in [one["key"] for one in writer.get("/policies").get_json()["policies"]]
    mine = {"If-Match": read.headers["ETag"]}
    assert writer.ask("PUT", "/policies/quiet", json=POLICY).status_code == 428
    changed = writer.ask("PUT", "/policies/quiet", mine, json={**POLICY, "repeat": 1})
    assert (changed.status_code, changed.get_json()["repeat"]) == (200, 1)
    for method in ("PUT", "DELETE"):
        assert writer.ask(method, "/policies/quiet", mine, json=POLICY).status_code == 412
    assert writer.ask("DELETE", "/policies/quiet", {"If-Match": changed.headers["ETag"]}).status_code == 204
    assert writer.get("/policies/quiet").status_code == 404
    found = [(one.by, one.source, one.action) for one in desk.do(list_changes)]
    assert found == [("a program", "api", action) for action in ("remove", "change", "add")]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"repeat": 0}, "repeat"),
        ({"levels": []}, "levels"),
        ({"levels": [{"targets": ["rota:none"]}]}, "levels[1].targets[1]"),
        ({"levels": [{"targets": ["noc"]}]}, "levels[1].targets[1]"),
        ({"levels": [{"targets": ["rota:noc"], "ring_seconds": 500}]}, "levels[1].ring_seconds"),
        ({"levels": [{"targets": ["rota:noc"], "order": "any"}]}, "levels.0.order"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(writer: Program, wrong: dict[str, Any], field: str) -> None:
    before = writer.get("/policies/noc").headers["ETag"]
    answer = writer.ask("PUT", "/policies/noc", {"If-Match": "*"}, json={**POLICY, **wrong})
    assert (answer.status_code, [fault["field"] for fault in answer.get_json()["errors"]]) == (422, [field])
    assert writer.get("/policies/noc").headers["ETag"] == before


def test_a_policy_that_something_goes_by_is_not_deleted(writer: Program) -> None:
    writer.ask("PUT", "/policies/quiet", json=POLICY)
    answer = writer.ask("DELETE", "/policies/noc", {"If-Match": "*"})
    assert answer.status_code == 422
    assert any(fault["text"].startswith("region us, policy") for fault in answer.get_json()["errors"])


def test_a_masked_phone_is_not_put_back_by_mistake_and_reading_is_not_writing(desk: Desk, writer: Program) -> None:
    writer.ask("PUT", "/policies/quiet", json=POLICY)
    masked = Program(desk, "policies", "policies-write")
    body = masked.get("/policies/quiet").get_json()
    assert DUTY not in str(body)
    body.pop("key")
    assert masked.ask("PUT", "/policies/quiet", {"If-Match": "*"}, json=body).status_code == 422
    reader = Program(desk, "policies")
    for method in ("PUT", "DELETE"):
        assert reader.ask(method, "/policies/quiet", {"If-Match": "*"}, json=POLICY).status_code == 403
