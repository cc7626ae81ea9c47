"""Announcements by API."""

from typing import Any

import pytest

from tests.api.conftest import Program
from tests.console.desk import Desk

SENT = {
    "kind": "incident",
    "text": "The portal is not available.",
    "translations": {"it": "Il portale non è disponibile."},
    "ends_at": "2026-11-28T06:00:00+01:00",
    "regions": ["it"],
    "symptom": "platform_unavailable",
}


@pytest.fixture
def announcer(desk: Desk) -> Program:
    return Program(desk, "announcements")


def add(announcer: Program, **changed: Any) -> Any:
    return announcer.ask("POST", "/announcements", json={**SENT, **changed})


def test_it_is_added_read_changed_and_ended(announcer: Program) -> None:
    made = add(announcer)
    assert made.status_code == 201
    assert (made.json["starts_at"], made.json["is_spoken"]) == ("2026-11-28T03:00:00+01:00", True)
    assert announcer.get("/announcements").json["announcements"][0]["by"] == "a program"
    changed = announcer.ask("PUT", "/announcements/1", json={**SENT, "regions": []})
    assert (changed.status_code, changed.json["regions"]) == (200, [])
    assert announcer.ask("DELETE", "/announcements/1").status_code == 204
    assert announcer.get("/announcements").json == {"announcements": []}
    assert announcer.get("/announcements/1").json["is_spoken"] is False
    assert announcer.ask("PUT", "/announcements/1", json=SENT).status_code == 409


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": ""}, "text"),
        ({"translations": {"it": "x" * 301}}, "translations.it"),
        ({"translations": {"tlh": "nuqneH"}}, "translations.tlh"),
        ({"regions": ["atlantis"]}, "regions"),
        ({"ends_at": "2026-11-28T01:00:00Z"}, "ends_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"),
        ({"starts_at": "2026-11-28T01:00:00"}, "starts_at"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_what_cannot_be_used_is_a_problem_with_its_field(
    announcer: Program, changed: dict[str, Any], field: str
) -> None:
    answer = add(announcer, **changed)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == field


def test_without_the_scope_nothing_is_told_or_done_and_what_is_not_there_is_a_404(
    desk: Desk, announcer: Program
) -> None:
    other = Program(desk, "rotas")
    assert other.get("/announcements").status_code == other.ask("POST", "/announcements", json=SENT).status_code == 403
    assert announcer.get("/announcements/4711").status_code == announcer.get(f"/announcements/{10**30}").status_code
    assert announcer.get("/announcements/4711").status_code == 404
