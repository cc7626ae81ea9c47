"""Announcements at the console: entered, changed, ended; who may; what is refused; what the audit keeps."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from ivr.store.announcements import Entry, announcements_from
from ivr.store.audit import list_changes
from routing.announcements import Kind
from routing.screening import Symptom
from tests.console.desk import Desk
from tests.line import NIGHT

FORM = {
    "kind": "incident",
    "text_en": "The portal is not available.",
    "text_it": "Il portale non è disponibile.",
    "from": "2026-11-27T20:30",
    "until": "2026-11-27T23:30",
    "regions": ["it", "fr"],
    "symptom": "platform_unavailable",
    "component": "Portal",
}
"""On the clock of the default region, New York: three in the morning in Rome is 21:00 there."""


def enter(desk: Desk, role: str = "engineer", path: str = "new", **changed: Any) -> Any:
    return desk.post(desk.client(role), f"/console/announcements/{path}", **{**FORM, **changed})


def stored(desk: Desk) -> list[Entry]:
    return list(desk.do(lambda connection: announcements_from(connection, desk.at)))


def page(desk: Desk, path: str = "/console/announcements", role: str = "viewer") -> str:
    return str(desk.client(role).get(path).get_data(as_text=True))


def test_an_engineer_announces_an_incident_and_everybody_sees_it_also_on_tonight(desk: Desk) -> None:
    assert enter(desk).status_code == 303
    (entry,) = stored(desk)
    found = entry.announcement
    assert (found.kind, found.symptom, found.regions) == (Kind.INCIDENT, Symptom.PLATFORM, {"it", "fr"})
    assert found.starts_at == datetime(2026, 11, 28, 1, 30, tzinfo=UTC)
    assert found.ends_at == datetime(2026, 11, 28, 4, 30, tzinfo=UTC)
    assert "The portal is not available." in page(desk)
    assert "Callers hear first" in page(desk, "/console/tonight")
    (change,) = desk.do(lambda connection: list_changes(connection, kind="announcement"))
    assert (change.by, change.action, change.after["component"]) == ("Jon Bell", "add", "Portal")
    assert "announcement 1" in page(desk, "/console/audit", "manager")


def test_viewers_see_and_change_nothing(desk: Desk) -> None:
    assert enter(desk, "viewer").status_code == 403
    assert stored(desk) == []
    assert "New announcement" not in page(desk)


def test_what_callers_could_not_use_is_refused_with_its_field_and_kept_as_typed(desk: Desk) -> None:
    for changed, said in (
        ({"text_en": ""}, "write what callers hear in English"),
        ({"text_en": "x" * 301}, "Write 300 at most"),
        ({"until": "2026-11-27T20:30"}, "must be later than the beginning"),
        ({"until": "2026-11-27T20:45"}, "must lie ahead"),
        ({"until": "tomorrow"}, "<strong>until</strong>: write a date with a time"),
        ({"from": "", "until": "2026-11-27"}, "<strong>from</strong>: write a date with a time"),
        ({"from": "", "until": "2026-11-27"}, "<strong>until</strong>: write a date with a time"),
        ({"regions": ["atlantis"]}, "there is no region atlantis"),
        ({"symptom": "unscreened"}, "cannot be announced"),
        ({"symptom": "nonsense"}, "choose what it is"),
    ):
        answer = enter(desk, **changed)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True), changed
        assert "Il portale non" in answer.get_data(as_text=True)
    assert stored(desk) == []


def test_a_change_keeps_what_was_left_alone_and_two_at_once_overwrite_nothing(desk: Desk) -> None:
    enter(desk)
    (before,) = stored(desk)
    desk.at += timedelta(minutes=1)
    assert enter(desk, path="1", version=before.version, until="", text_it="").status_code == 303
    (after,) = stored(desk)
    assert after.announcement.starts_at == before.announcement.starts_at
    assert (after.announcement.ends_at, dict(after.announcement.texts)) == (None, {"en": FORM["text_en"]})
    late = enter(desk, path="1", version=before.version, text_en="Something else.", regions=["it"])
    assert late.status_code == 422
    assert stored(desk) == [after]
    shown = " ".join(late.get_data(as_text=True).split())
    assert "Somebody else changed it" in shown
    for typed in ("Something else.", "Il portale non è disponibile.", "2026-11-27T23:30"):
        assert f'value="{typed}"' in shown
    for saved in ("The portal is not available.", "nothing", "France, Italy"):
        assert f"Saved now: {saved}" in shown
    assert shown.count("Saved now") == 4
    assert f'name="version" value="{after.version}"' in shown


def test_a_time_that_is_half_written_is_not_sent(desk: Desk, open_page: Callable[..., Page]) -> None:
    page = open_page("/console/announcements/new", "engineer")
    page.get_by_label("What callers hear, in English").fill("The portal is not available.")
    until = page.get_by_label("Until")
    until.click()
    page.keyboard.press("Backspace")  # one part of six is empty now, and so the browser has no value
    page.get_by_role("button", name="Announce").click()
    expect(until).to_have_value("")
    assert until.evaluate("field => field.validity.badInput")
    assert stored(desk) == []


def test_ending_it_keeps_it_on_record_and_ending_it_twice_changes_nothing(desk: Desk) -> None:
    enter(desk)
    desk.at += timedelta(minutes=20)
    for _ in range(2):
        assert desk.post(desk.client("manager"), "/console/announcements/1/end").status_code == 303
    assert stored(desk) == []
    assert "ended by Sara Vogel" in page(desk)
    assert [change.action for change in desk.do(lambda c: list_changes(c, kind="announcement"))] == ["end", "add"]
    assert desk.client("manager").get("/console/announcements/1").status_code == 409
    assert desk.client("manager").get("/console/announcements/99999999999").status_code == 404
    assert desk.post(desk.client("viewer"), "/console/announcements/1/end").status_code == 403


def test_what_lies_ahead_is_shown_apart_and_never_begins_once_it_is_taken_back(desk: Desk) -> None:
    later = {"from": "2026-11-28T01:00", "until": "2026-11-28T03:00", "kind": "maintenance", "symptom": ""}
    enter(desk, **later)
    assert "<h2>Ahead</h2>" in page(desk)
    assert "Callers hear first" not in page(desk, "/console/tonight")
    desk.post(desk.client("manager"), "/console/announcements/1/end")
    desk.at = NIGHT + timedelta(hours=4, minutes=30)
    assert stored(desk) == []
    assert "Callers hear first" not in page(desk, "/console/tonight")


def test_what_if_tells_what_would_be_heard_and_that_the_engineer_is_rung_all_the_same(desk: Desk) -> None:
    enter(desk, until="")
    shown = page(desk, "/console/what-if?region=it&at=2026-11-28T03:00&caller=4001")
    assert "The portal is not available." in shown
    assert "press 9" in shown
    assert "Jon Bell is rung first" in shown
