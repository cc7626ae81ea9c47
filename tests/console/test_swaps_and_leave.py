"""Swaps, leave and fairness on the server: who may, what becomes of them, and what they change."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ivr.store.absences import absences_from
from ivr.store.accounts import account_by, update_account
from ivr.store.audit import list_changes
from ivr.store.swaps import open_swaps
from schedules.layers import Layer
from schedules.overrides import OverrideKind
from schedules.rota import Rota, who_is_on_call
from schedules.swaps import SwapState
from tests.console.desk import Desk
from tests.console.rota_scenes import rome, rota_of, with_rota
from tests.console.test_rota_editor import hidden, words
from tests.line import NIGHT

ROME = "Europe/Rome"


@pytest.fixture(autouse=True)
def _in_rome(desk: Desk) -> None:
    """Everybody reads Rome's clock; the operator is Ada, and an engineer by trade."""
    for login in ("viewer", "engineer", "manager"):
        desk.do(lambda c, login=login: update_account(c, account_by(c, login=login).id, zone=ROME))  # type: ignore[union-attr, misc]
    desk.do(lambda c: update_account(c, account_by(c, login="operator").id, zone=ROME, engineer="ada", role="engineer"))  # type: ignore[union-attr]


def as_(desk: Desk, role: str, path: str, **form: str) -> Any:
    return desk.post(desk.client(role), path, **form)


def the_swap(desk: Desk) -> Any:
    return desk.do(lambda c: open_swaps(c, NIGHT))[0]


def swaps_page(desk: Desk, role: str) -> str:
    found: str = desk.client(role).get("/console/swaps").get_data(as_text=True)
    return found


def ask(desk: Desk, **part: str) -> Any:
    """Jon asks for cover of this weekend, or a part of it."""
    page = swaps_page(desk, "engineer")
    shift = re.findall(r'<option value="(noc\|jon\|[^"]*)"', page)[0]
    return as_(desk, "engineer", "/console/swaps", shift=shift, note="ill", **part)


def test_a_swap_is_asked_taken_approved_and_becomes_an_override(desk: Desk) -> None:
    assert ask(desk, **{"from": "2026-11-29T18:00", "until": "2026-11-30T09:00"}).status_code == 303
    id_ = the_swap(desk).id
    assert as_(desk, "operator", f"/console/swaps/{id_}", event="take").status_code == 303
    assert the_swap(desk).swap.state is SwapState.TAKEN
    text = desk.client().get(f"/console/swaps/{id_}/approve").get_data(as_text=True)
    assert "Ada Rossi gains 15 h" in words(text)
    kept = {name: hidden(text, name) for name in ("seen", "since", "previewed")}
    assert as_(desk, "manager", f"/console/swaps/{id_}/approve", do="save", **kept).status_code == 303
    rota = desk.do(rota_of)
    made = rota.overrides[-1]
    assert (made.engineer, made.instead_of, made.kind) == ("ada", "jon", OverrideKind.REPLACE)
    assert [one.engineer for one in who_is_on_call(rota, rome("2026-11-29T18:00"))] == ["ada"]
    assert [one.engineer for one in who_is_on_call(rota, rome("2026-11-29T17:59"))] == ["jon"]
    assert desk.do(lambda c: open_swaps(c, NIGHT)) == []
    told = [change.action for change in desk.do(lambda c: list_changes(c, kind="swap"))]
    assert told == ["approve", "take", "ask"]
    stale = desk.client().get(f"/console/swaps/{id_}/approve")
    assert (stale.status_code, "does not wait for approval" in stale.get_data(as_text=True)) == (422, True)
    again = as_(desk, "manager", f"/console/swaps/{id_}/approve", do="save", **kept)
    assert again.status_code in {409, 422}
    assert desk.do(rota_of) == rota


def test_an_offer_in_return_gives_the_asker_the_other_hours(desk: Desk) -> None:
    ask(desk)
    id_ = the_swap(desk).id
    page = swaps_page(desk, "operator")
    back = page.split('name="in_return"')[1].split('value="')[1].split('"')[0]
    as_(desk, "operator", f"/console/swaps/{id_}", event="offer", in_return=back)
    assert the_swap(desk).swap.state is SwapState.OFFERED
    as_(desk, "engineer", f"/console/swaps/{id_}", event="take")
    text = desk.client().get(f"/console/swaps/{id_}/approve").get_data(as_text=True)
    kept = {name: hidden(text, name) for name in ("seen", "since", "previewed")}
    as_(desk, "manager", f"/console/swaps/{id_}/approve", do="save", **kept)
    rota = desk.do(rota_of)
    assert [who_is_on_call(rota, NIGHT + timedelta(weeks=week))[0].engineer for week in (0, 1)] == ["ada", "jon"]


def test_nobody_moves_a_swap_that_is_not_theirs_to_move(desk: Desk) -> None:
    ask(desk)
    id_ = the_swap(desk).id
    assert as_(desk, "viewer", f"/console/swaps/{id_}", event="take").status_code == 403
    assert as_(desk, "engineer", f"/console/swaps/{id_}", event="take").status_code == 422
    assert as_(desk, "operator", f"/console/swaps/{id_}", event="withdraw").status_code == 422
    assert as_(desk, "operator", f"/console/swaps/{id_}", event="approve").status_code == 400
    assert as_(desk, "operator", f"/console/swaps/{id_}/approve").status_code == 403
    assert as_(desk, "manager", f"/console/swaps/{id_}/approve").status_code == 422
    assert the_swap(desk).swap.state is SwapState.ASKED
    assert as_(desk, "engineer", f"/console/swaps/{id_}", event="withdraw").status_code == 303
    assert desk.do(lambda c: open_swaps(c, NIGHT)) == []


def test_every_shift_that_is_offered_can_still_be_asked_for_a_minute_later(desk: Desk) -> None:
    page = swaps_page(desk, "manager")
    shifts = re.findall(r'<option value="(noc\|[^"]*)"', page)
    assert shifts[-1].rpartition("|")[2] == rome("2027-03-01T09:00").isoformat()
    desk.at += timedelta(minutes=1)
    assert {as_(desk, "manager", "/console/swaps", shift=shift).status_code for shift in shifts} == {303}


def test_whoever_is_on_call_without_end_asks_for_a_part_of_it(desk: Desk) -> None:
    desk.do(lambda c: with_rota(c, only_jon(rota_of(c))))
    page = swaps_page(desk, "engineer")
    assert "to Sat 27 Feb 2027 03:00 and on" in words(page)
    desk.at += timedelta(minutes=1)
    assert ask(desk, **{"from": "2026-12-24T18:00", "until": "2026-12-25T09:00"}).status_code == 303
    asked = the_swap(desk).swap
    assert (asked.starts_at, asked.ends_at) == (rome("2026-12-24T18:00"), rome("2026-12-25T09:00"))
    back = re.findall(r'<option value="(noc\|jon\|[^"]*)"', page)[0]
    assert as_(desk, "engineer", "/console/swaps", shift=back).status_code == 303


def only_jon(rota: Rota) -> Rota:
    """The rota with Jon alone, for ever."""
    rotation = replace(rota.layers[0].rotation, participants=(("jon",),))
    return replace(rota, layers=(replace(rota.layers[0], rotation=rotation),), overrides=())


@pytest.mark.parametrize(
    "part",
    [{"from": "2026-12-01T18:00"}, {"until": "2026-11-20T18:00"}, {"from": "soon"}, {"until": "2027-01-01T00:00"}],
)
def test_a_part_that_is_not_within_the_shift_is_refused(desk: Desk, part: dict[str, str]) -> None:
    assert ask(desk, **part).status_code == 422
    assert desk.do(lambda c: open_swaps(c, NIGHT)) == []


def test_an_engineer_asks_only_for_their_own_shifts(desk: Desk) -> None:
    manager = swaps_page(desk, "manager")
    shift = re.findall(r'<option value="(noc\|mia\|[^"]*)"', manager)[0]
    assert as_(desk, "engineer", "/console/swaps", shift=shift).status_code == 422
    assert as_(desk, "manager", "/console/swaps", shift=shift).status_code == 303


def test_a_viewer_who_is_an_engineer_is_not_offered_what_only_an_engineers_account_may(desk: Desk) -> None:
    as_(desk, "engineer", "/console/leave", **LEAVE)
    for role, is_offered in (("engineer", True), ("viewer", False)):
        desk.do(lambda c, role=role: update_account(c, account_by(c, login="engineer").id, role=role))  # type: ignore[union-attr, misc]
        client = desk.client("engineer")
        swaps, leave = (client.get(f"/console/{page}").get_data(as_text=True) for page in ("swaps", "leave"))
        assert ("Which shift" in swaps, "Remove the leave of Jon Bell" in leave) == (is_offered, is_offered), role


LEAVE = {"from": "2026-12-04T00:00", "until": "2026-12-07T00:00", "note": "wedding"}


def test_leave_changes_nothing_by_itself_and_is_shown_with_a_way_to_cover(desk: Desk) -> None:
    before = desk.do(rota_of)
    assert as_(desk, "operator", "/console/leave", **LEAVE).status_code == 303
    assert desk.do(rota_of) == before
    page = desk.client().get("/console/leave").get_data(as_text=True)
    assert "NOC on call, Fri 4 Dec 00:00 to Mon 7 Dec 00:00" in words(page)
    address = re.findall(r'href="(/console/rotas/noc/override[^"]*)"', page)[0].replace("&amp;", "&")
    text = desk.client().get(address).get_data(as_text=True)
    assert "Leo Marin gains 72 h" in words(text)
    assert "Ada Rossi loses 72 h" in words(text)
    assert "Ada Rossi is on call in NOC on call and on leave" in words(
        desk.client().get("/console/rotas/noc").get_data(as_text=True)
    )


def test_engineers_enter_their_own_leave_and_managers_anybodys(desk: Desk) -> None:
    assert as_(desk, "viewer", "/console/leave", **LEAVE, engineer="jon").status_code == 403
    assert as_(desk, "engineer", "/console/leave", **LEAVE, engineer="mia").status_code == 422
    assert as_(desk, "engineer", "/console/leave", **LEAVE).status_code == 303
    assert as_(desk, "manager", "/console/leave", **LEAVE, engineer="mia").status_code == 303
    assert [one.engineer for one in desk.do(lambda c: absences_from(c, NIGHT))] == ["jon", "mia"]
    assert as_(desk, "engineer", "/console/leave/2/remove").status_code == 403
    assert as_(desk, "engineer", "/console/leave/1/remove").status_code == 303
    assert as_(desk, "manager", "/console/leave/2/remove").status_code == 303
    assert desk.do(lambda c: absences_from(c, NIGHT)) == ()


@pytest.mark.parametrize(
    "wrong", [{"until": "2026-12-03T00:00"}, {"from": ""}, {"from": "2026-11-01T00:00", "until": "2026-11-02T00:00"}]
)
def test_leave_that_cannot_be_is_refused(desk: Desk, wrong: dict[str, str]) -> None:
    assert as_(desk, "engineer", "/console/leave", **LEAVE | wrong).status_code == 422


def test_fairness_counts_nights_weekends_and_holidays_apart(desk: Desk) -> None:
    client = desk.client("viewer")
    asked = "/console/fairness?from=2026-12-21&until=2026-12-27&rota=noc&holidays=DE"
    told = words(client.get(asked).get_data(as_text=True))
    # Ada has the week from Monday 09:00; Jon the hours before; Leo Christmas Eve from 18:00 to 09:00; Mia nothing.
    for row in (
        "Ada Rossi 144 h 42 h 48 h 39 h 86 %",
        "Leo Marin 15 h 8 h 0 h 9 h 9 %",
        "Jon Bell 9 h 6 h 0 h 0 h 5 %",
        "Mia Keller 0 h 0 h 0 h 0 h 0 %",
    ):
        assert row in told, told[-500:]
    assert "no holidays are known" in client.get("/console/fairness?holidays=XX").get_data(as_text=True)
    assert client.get("/console/fairness?from=nonsense&until=2026-01-01").status_code == 200


def test_a_manager_is_proposed_as_cover_only_where_they_take_turns(desk: Desk) -> None:
    ask(desk, **{"from": "2026-11-29T18:00", "until": "2026-11-30T09:00"})
    assert "Free, fewest hours first: Leo Marin Mia Keller I take it" in words(swaps_page(desk, "operator"))
    desk.do(lambda c: with_rota(c, with_sara_below(rota_of(c))))
    assert "Free, fewest hours first: Sara Vogel Leo Marin Mia Keller I take it" in words(swaps_page(desk, "operator"))


def with_sara_below(rota: Rota) -> Rota:
    """The rota with a layer of Sara's, who is a manager, below the others."""
    rotation = replace(rota.layers[0].rotation, participants=(("sara",),))
    return replace(rota, layers=(*rota.layers, Layer("last", rotation, -1)))
