"""The rota editor on the server: what is previewed is what is saved, who may, undo, conflicts, and clocks."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import Connection

from ivr.configuration.edit import change_item
from ivr.configuration.export import table_of
from ivr.console.override_ids import override_id
from ivr.store.accounts import account_by, update_account
from ivr.store.audit import list_changes
from schedules.overrides import Override, OverrideKind
from schedules.rota import Rota, final_schedule, gaps, who_is_on_call
from tests.console.desk import Desk
from tests.console.rota_scenes import SARA, SUNDAY_NIGHT, rome, rota_of, with_everything, with_gap, with_overrides
from tests.line import NIGHT

OVERRIDE = "/console/rotas/noc/override"
LAYERS = "/console/rotas/noc/layers"
ROME = "Europe/Rome"


@pytest.fixture(autouse=True)
def _in_rome(desk: Desk) -> None:
    """Everybody reads Rome's clock."""
    for login in ("viewer", "engineer", "manager", "operator"):
        desk.do(lambda c, login=login: update_account(c, account_by(c, login=login).id, zone=ROME))  # type: ignore[union-attr, misc]


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return found[1]


def wish(**values: str) -> dict[str, str]:
    return {"engineer": "leo", "what": "alone", "from": "2026-11-29T18:00", "until": "2026-11-30T09:00", **values}


def look(desk: Desk, path: str = OVERRIDE, role: str = "manager", **form: Any) -> tuple[int, str]:
    answer = desk.post(desk.client(role), path, **form)
    return answer.status_code, answer.get_data(as_text=True)


def save(desk: Desk, path: str = OVERRIDE, **form: Any) -> Any:
    """Look at what a form changes, then save it, as a browser does."""
    _, text = look(desk, path, **form)
    kept = {name: hidden(text, name) for name in ("seen", "since", "previewed")}
    return desk.post(desk.client(), path, **{**form, **kept, "do": "save"})


def present(desk: Desk) -> Rota:
    found: Rota = desk.do(rota_of)
    return found


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_a_preview_shows_who_gains_and_loses_which_hours_and_saves_nothing(desk: Desk) -> None:
    before = present(desk)
    status, text = look(desk, **wish())
    told = words(text)
    assert status == 200
    assert "Leo Marin gains 15 h" in told
    assert "Jon Bell loses 15 h" in told
    assert "Sun 29 Nov 18:00 to Mon 30 Nov 09:00 (15 h) Jon Bell Leo Marin" in told
    assert (
        "Mon 30 Nov 03:00 NOC, then backup, then Leo Jon Bell Ada Rossi Leo Marin Leo Marin Ada Rossi Leo Marin" in told
    )
    assert present(desk) == before


def test_a_preview_tells_new_gaps_and_gaps_that_are_closed(desk: Desk) -> None:
    assert "New gap: nobody is on call Sun 29 Nov 18:00 to Mon 30 Nov 09:00 (15 h)" in words(
        look(desk, **wish(engineer="jon", what="off"))[1]
    )
    desk.do(with_gap)
    assert "Gap closed: Sun 29 Nov 18:00 to Mon 30 Nov 09:00 (15 h)" in words(look(desk, **wish())[1])


def test_a_preview_warns_of_somebody_on_leave(desk: Desk) -> None:
    desk.do(with_everything)
    told = words(look(desk, **wish(**{"engineer": "ada", "from": "2026-12-13T09:00", "until": "2026-12-14T09:00"}))[1])
    assert "is on call in NOC on call and on leave" not in told
    told = words(look(desk, **wish(**{"engineer": "ada", "from": "2026-12-04T18:00", "until": "2026-12-05T08:00"}))[1])
    assert "New warning: Ada Rossi is on call in NOC on call and on leave" in told


def test_what_was_previewed_is_saved_and_written_into_the_audit(desk: Desk) -> None:
    answer = save(desk, **wish())
    assert answer.status_code == 303
    assert "saved=" in answer.location
    assert present(desk).overrides[-1] == Override("leo", *SUNDAY_NIGHT, "Sara Vogel")
    change = desk.do(lambda c: list_changes(c, kind="rota", key="noc"))[0]
    assert change.why == "Override: Leo Marin is on call alone, Sun 29 Nov 18:00 to Mon 30 Nov 09:00 (Europe/Rome)"
    page = desk.client().get(answer.location).get_data(as_text=True)
    assert "Saved: Override: Leo Marin is on call alone" in page
    assert f'href="/console/rotas/noc/changes/{change.id}/undo?' in page
    assert "Undo</a>" in page


def test_nothing_is_saved_that_was_not_seen_first(desk: Desk) -> None:
    before = present(desk)
    assert look(desk, **wish(), do="save")[0] == 200
    _, text = look(desk, **wish())
    kept = {name: hidden(text, name) for name in ("seen", "since", "previewed")}
    other = desk.post(desk.client(), OVERRIDE, **{**wish(until="2026-12-09T09:00"), **kept, "do": "save"})
    assert other.status_code == 200
    assert "What changes" in other.get_data(as_text=True)
    assert present(desk) == before


@pytest.mark.parametrize("role", ["viewer", "engineer"])
def test_only_managers_edit(desk: Desk, role: str) -> None:
    before, client = present(desk), desk.client(role)
    for path in (OVERRIDE, f"{LAYERS}/0", f"{LAYERS}/new", "/console/rotas/noc/remove"):
        assert client.get(path).status_code == 403, path
    for path in (OVERRIDE, LAYERS, "/console/rotas", "/console/rotas/noc/remove", "/console/rotas/noc/changes/1/undo"):
        assert look(desk, path, role, **wish())[0] == 403, path
    page = client.get("/console/rotas/noc").get_data(as_text=True)
    assert "Final schedule" in page
    assert "data-form" not in page
    assert "Replace" not in page
    assert present(desk) == before


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"engineer": "nobody"}, "choose a person"),
        ({"until": "2026-11-29T17:00"}, "must be later than the beginning"),
        ({"from": "2026-11-20T17:00", "until": "2026-11-21T17:00"}, "lies in the past"),
        ({"from": "tomorrow"}, "write a date and a time"),
        ({"what": "instead", "instead_of": "leo"}, "somebody else"),
    ],
)
def test_what_cannot_be_is_said_with_its_field(desk: Desk, wrong: dict[str, str], told: str) -> None:
    status, text = look(desk, **wish(**wrong))
    assert (status, told in text) == (422, True)


def test_an_override_moves_stretches_and_goes(desk: Desk) -> None:
    save(desk, **wish())
    id_ = override_id(present(desk).overrides[-1])
    save(desk, **wish(id=id_, until="2026-11-30T12:00"))
    moved = present(desk).overrides[-1]
    assert moved.ends_at == rome("2026-11-30T12:00")
    save(desk, id=override_id(moved), what="nothing")
    assert moved not in present(desk).overrides
    told = [change.why.split(":")[0] for change in desk.do(lambda c: list_changes(c, kind="rota", key="noc", limit=3))]
    assert told == ["Override removed", "Override changed", "Override"]


def test_what_is_over_stays_and_what_is_in_progress_ends_now(desk: Desk) -> None:
    over = Override("leo", NIGHT - timedelta(days=2), NIGHT - timedelta(days=1), "Sara Vogel")
    running = Override("leo", NIGHT - timedelta(hours=2), NIGHT + timedelta(hours=6), "Sara Vogel")
    desk.do(lambda c: with_overrides(c, over, running))
    assert "this override is over" in look(desk, id=override_id(over), what="nothing")[1]
    save(desk, id=override_id(running), what="nothing")
    rota = present(desk)
    assert over in rota.overrides
    assert [one.engineer for one in who_is_on_call(rota, NIGHT - timedelta(hours=1))] == ["leo"]
    assert [one.engineer for one in who_is_on_call(rota, NIGHT)] == ["jon"]


def undo_last(desk: Desk) -> Any:
    change = desk.do(lambda c: list_changes(c, kind="rota", key="noc"))[0]
    return desk.post(desk.client(), f"/console/rotas/noc/changes/{change.id}/undo")


def test_what_if_shows_a_change_that_takes_effect_at_once_as_it_is_after_it(desk: Desk) -> None:
    desk.at = NIGHT + timedelta(seconds=30)
    page = desk.client().get(save(desk, **wish(**{"from": "2026-11-28T03:00"})).location).get_data(as_text=True)
    link = re.search(r'href="([^"]*)">What if somebody calls then', page)
    assert link
    told = words(desk.client().get(unescape(link[1])).get_data(as_text=True))
    assert "Leo Marin is rung first." in told


def test_undo_brings_back_what_was_step_by_step(desk: Desk) -> None:
    states = [present(desk)]
    for hour in ("10:00", "11:00"):
        save(desk, **wish(until=f"2026-11-30T{hour}"))
        states.append(present(desk))
    first = desk.do(lambda c: list_changes(c, kind="rota", key="noc"))[1]
    text = desk.client().get(f"/console/rotas/noc/changes/{first.id}/undo").get_data(as_text=True)
    assert "Undo the later changes first" in text
    assert desk.post(desk.client(), f"/console/rotas/noc/changes/{first.id}/undo").status_code == 409
    assert undo_last(desk).status_code == 303
    assert present(desk) == states[1]
    page = desk.client().get("/console/rotas/noc/changes").get_data(as_text=True)
    assert f"/console/rotas/noc/changes/{first.id}/undo" in page
    undoing = desk.client().get(f"/console/rotas/noc/changes/{first.id}/undo").get_data(as_text=True)
    assert "Jon Bell gains 15 h" in words(undoing)
    desk.post(desk.client(), f"/console/rotas/noc/changes/{first.id}/undo")
    assert present(desk) == states[0]


def test_undoing_later_leaves_on_record_who_was_on_call_meanwhile(desk: Desk) -> None:
    save(desk, **wish(**{"from": "2026-11-28T03:00", "until": "2026-11-28T09:00"}))
    desk.at = NIGHT + timedelta(hours=2)
    undo_last(desk)
    rota = present(desk)
    assert [one.engineer for one in who_is_on_call(rota, NIGHT + timedelta(hours=1))] == ["leo"]
    assert [one.engineer for one in who_is_on_call(rota, desk.at)] == ["jon"]


def test_what_another_manager_saved_meanwhile_is_shown_and_not_overwritten(desk: Desk) -> None:
    _, opened = look(desk, **wish())
    kept = {name: hidden(opened, name) for name in ("seen", "since", "previewed")}
    save(desk, **wish(**{"engineer": "mia", "from": "2026-12-01T18:00", "until": "2026-12-02T09:00"}))
    theirs = present(desk)
    late = desk.post(desk.client(), OVERRIDE, **{**wish(), **kept, "do": "save"})
    told = words(late.get_data(as_text=True))
    assert late.status_code == 409
    assert "Sara Vogel changed this rota while you had it open" in told
    assert "Mia Keller is on call alone, Tue 1 Dec 18:00 to Wed 2 Dec 09:00 (Europe/Rome)" in told
    assert "Mia Keller gains 15 h" in told
    assert "Leo Marin gains 15 h" in told
    assert present(desk) == theirs
    kept = {name: hidden(late.get_data(as_text=True), name) for name in ("seen", "since", "previewed")}
    assert desk.post(desk.client(), OVERRIDE, **{**wish(), **kept, "do": "save"}).status_code == 303
    assert present(desk).overrides == (*theirs.overrides, Override("leo", *SUNDAY_NIGHT, "Sara Vogel"))


def test_an_override_that_another_manager_removed_meanwhile_is_not_brought_back(desk: Desk) -> None:
    save(desk, **wish())
    id_ = override_id(present(desk).overrides[-1])
    _, opened = look(desk, **wish(id=id_, until="2026-11-30T12:00"))
    kept = {name: hidden(opened, name) for name in ("seen", "since", "previewed")}
    save(desk, id=id_, what="nothing")
    late = desk.post(desk.client(), OVERRIDE, **{**wish(id=id_, until="2026-11-30T12:00"), **kept, "do": "save"})
    assert late.status_code == 422
    assert "changed or removed meanwhile" in late.get_data(as_text=True)
    assert [one.engineer for one in who_is_on_call(present(desk), SUNDAY_NIGHT[0])] == ["jon"]


def test_opening_an_override_that_is_gone_says_so_and_proposes_nobody(desk: Desk) -> None:
    save(desk, **wish())
    id_ = override_id(present(desk).overrides[-1])
    save(desk, **wish(id=id_, until="2026-11-30T12:00"))
    answer = desk.client().get(f"{OVERRIDE}?id={id_}")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "changed or removed meanwhile" in text
    assert 'name="engineer"' not in text


def test_opening_an_override_that_is_over_says_so(desk: Desk) -> None:
    over = Override("leo", NIGHT - timedelta(days=2), NIGHT - timedelta(days=1), "Sara Vogel")
    desk.do(lambda c: with_overrides(c, over))
    text = desk.client().get(f"{OVERRIDE}?id={override_id(over)}").get_data(as_text=True)
    assert "this override is over" in text
    assert '<option value="leo" selected>' in text


def test_a_form_that_was_only_opened_has_no_fault_of_a_field(desk: Desk) -> None:
    for path in (f"{OVERRIDE}?from=tomorrow", f"{LAYERS}/new"):
        answer = desk.client().get(path)
        assert (answer.status_code, "wrong" in answer.get_data(as_text=True)) == (200, False), path


def test_moving_turns_of_a_layer_that_is_gone_says_so(desk: Desk) -> None:
    assert "removed or renamed meanwhile" in look(desk, LAYERS, **layer(was="nights", do="up-1"))[1]


def in_hour_that_comes_twice(desk: Desk) -> tuple[Override, str]:
    """An override that begins in the second of two equal hours, and its form."""
    second = datetime.fromisoformat("2027-10-31T02:30:30+01:00")
    override = Override("leo", second, second + timedelta(hours=9), "Sara Vogel")
    desk.do(lambda c: with_overrides(c, override))
    return override, desk.client().get(f"{OVERRIDE}?id={override_id(override)}").get_data(as_text=True)


def test_a_time_in_the_hour_that_comes_twice_that_is_left_alone_stays_the_same_instant(desk: Desk) -> None:
    override, text = in_hour_that_comes_twice(desk)
    assert 'value="2027-10-31T02:30"' in text
    assert "Sun 31 Oct 2027 02:30 CET" in words(desk.client().get("/console/rotas/noc").get_data(as_text=True))
    edges = {name: hidden(text, name) for name in ("exact_from", "exact_until", "id")}
    save(desk, **{**wish(**{"from": "2027-10-31T02:30", "until": "2027-10-31T13:00"}), **edges})
    (changed,) = present(desk).overrides
    assert (changed.starts_at, changed.ends_at) == (override.starts_at, rome("2027-10-31T13:00"))


def test_a_new_time_in_the_hour_that_comes_twice_is_the_first_as_a_start_and_the_last_as_an_end(desk: Desk) -> None:
    save(desk, **wish(**{"from": "2027-10-31T02:30", "until": "2027-10-31T02:45"}))
    made = present(desk).overrides[-1]
    assert made.starts_at == datetime.fromisoformat("2027-10-31T02:30:00+02:00")
    assert made.ends_at == datetime.fromisoformat("2027-10-31T02:45:00+01:00")


def test_a_time_that_clocks_skip_is_the_first_instant_after(desk: Desk) -> None:
    save(desk, **wish(**{"from": "2027-03-28T02:30", "until": "2027-03-28T12:00"}))
    assert present(desk).overrides[-1].starts_at == rome("2027-03-28T03:00")


def test_the_same_form_means_another_instant_on_another_clock(desk: Desk) -> None:
    desk.do(lambda c: update_account(c, account_by(c, login="manager").id, zone="America/New_York"))
    save(desk, **wish())
    assert present(desk).overrides[-1].starts_at == datetime.fromisoformat("2026-11-29T18:00-05:00")


def test_only_an_undoing_reads_as_one(desk: Desk) -> None:
    def bring_in(connection: Connection) -> int | None:
        table = table_of("rota", rota_of(connection)) | {"name": "NOC"}
        return change_item(connection, SARA, "rota", "noc", table, why="Override: Anna Rotundo is on call alone")

    saved = desk.do(bring_in)
    client = desk.client()
    assert "Saved: Override: Anna Rotundo" in client.get(f"/console/rotas/noc?saved={saved}").get_data(as_text=True)
    assert "Undone." in client.get(undo_last(desk).location).get_data(as_text=True)


def test_a_saved_sentence_names_the_clock_of_its_times_for_readers_on_another(desk: Desk) -> None:
    save(desk, **wish(**{"from": "2026-12-31T18:00", "until": "2027-01-01T09:00"}))
    save(desk, LAYERS, **layer(turn=["leo"], effective="2026-12-07T09:00"))
    desk.do(lambda c: update_account(c, account_by(c, login="manager").id, zone="America/New_York"))
    client = desk.client()
    newest = desk.do(lambda c: list_changes(c, kind="rota", key="noc"))[0]
    changes = "/console/rotas/noc/changes"
    for page in (changes, f"{changes}/{newest.id}/undo", f"/console/rotas/noc?saved={newest.id}", "/console/audit"):
        told = words(client.get(page).get_data(as_text=True))
        assert "Layer weekly changed, from Mon 7 Dec 09:00 (Europe/Rome)" in told, page
    told = words(client.get(changes).get_data(as_text=True))
    assert "Override: Leo Marin is on call alone, Thu 31 Dec 18:00 to Fri 1 Jan 2027 09:00 (Europe/Rome)" in told


def test_a_saved_sentence_tells_two_equal_hours_apart(desk: Desk) -> None:
    override, _ = in_hour_that_comes_twice(desk)
    text = look(desk, id=override_id(override), do="remove")[1]
    assert "Leo Marin is on call alone, Sun 31 Oct 2027 02:30 CET to Sun 31 Oct 2027 11:30 (Europe/Rome)" in text


def layer(**values: Any) -> dict[str, Any]:
    form = {
        "place": "0",
        "was": "weekly",
        "name": "weekly",
        "turn": ["mia", "jon", "ada"],
        "every": "week",
        "days": "7",
    }
    more = {"day": "mon", "time": "09:00", "zone": ROME, "starts_on": "2024-01-01", "priority": "0", "keep": "yes"}
    return {**form, **more, **values}


def test_turns_are_put_in_order_added_shared_and_taken_out(desk: Desk) -> None:
    def turns(**form: Any) -> list[str]:
        return re.findall(r'name="turn" value="([^"]*)"', look(desk, LAYERS, **layer(**form))[1])

    assert turns(do="up-1") == ["jon", "mia", "ada"]
    assert turns(do="down-1") == ["mia", "ada", "jon"]
    assert turns(do="out-0") == ["jon", "ada"]
    assert turns(do="add", person="leo") == ["mia", "jon", "ada", "leo"]
    assert turns(do="add", person="leo", share="1") == ["mia", "jon+leo", "ada"]
    assert turns(turn=["mia+leo", "jon"], do="split-0") == ["mia", "leo", "jon"]


def test_a_layer_takes_effect_now_and_the_past_stays(desk: Desk) -> None:
    before = present(desk)
    answer = save(desk, LAYERS, **layer(turn=["leo"], name="leo alone"))
    assert answer.status_code == 303
    after = present(desk)
    past = (NIGHT - timedelta(weeks=8), NIGHT)
    assert final_schedule(after, *past) == final_schedule(before, *past)
    assert [one.engineer for one in who_is_on_call(after, NIGHT)] == ["leo"]


def test_a_layer_takes_effect_at_a_date_and_until_then_the_ones_before_apply(desk: Desk) -> None:
    save(desk, LAYERS, **layer(turn=["leo"], effective="2026-12-07T09:00"))
    rota = present(desk)
    assert [one.engineer for one in who_is_on_call(rota, rome("2026-12-07T08:59"))] == ["ada"]
    assert [one.engineer for one in who_is_on_call(rota, rome("2026-12-07T09:00"))] == ["leo"]
    assert "take effect on" in desk.client().get("/console/rotas/noc").get_data(as_text=True)


def test_layers_that_are_planned_far_ahead_are_previewed_and_asked_what_if(desk: Desk) -> None:
    form = layer(turn=["leo"], effective="2027-05-03T09:00")
    told = words(look(desk, LAYERS, **form)[1])
    assert "Leo Marin gains 2184 h" in told
    page = desk.client().get(save(desk, LAYERS, **form).location).get_data(as_text=True)
    assert "at=2027-05-03T" in page
    later = layer(turn=["ada"], effective="2027-05-03T09:00")
    assert "Ada Rossi gains 2184 h" in words(look(desk, LAYERS, **later)[1])


def test_whoever_has_the_turn_keeps_it_when_somebody_joins(desk: Desk) -> None:
    save(desk, LAYERS, **layer(turn=["mia", "leo", "jon", "ada"]))
    rota = present(desk)
    weeks = [who_is_on_call(rota, NIGHT + timedelta(weeks=week))[0].engineer for week in range(4)]
    assert weeks == ["jon", "ada", "mia", "leo"]


def test_a_new_layer_with_everything_it_can_have(desk: Desk) -> None:
    form = layer(place="", was="", name="nights", turn=["leo+ada", "sara"], every="12 hours", time="18:00")
    form |= {
        "only": "Mon-Fri 18:00-09:00\nfirst Sat 00:00-24:00",
        "priority": "5",
        "starts_on": "2026-11-02",
        "keep": "",
    }
    save(desk, LAYERS, **form)
    made = present(desk).layers[1]
    assert (made.rotation.per_day, made.priority, len(made.only)) == (2, 5, 6)
    assert made.rotation.participants == (("leo", "ada"), ("sara",))
    holidays = layer(place="", name="holidays", holidays="DE-BY", categories="public, catholic", counts=["mon", "tue"])
    save(desk, LAYERS, **holidays | {"every": "day"})
    last = present(desk).layers[2]
    assert (str(last.holidays), last.rotation.weekdays) == ("DE-BY", (0, 1))


def test_a_layer_is_checked_as_a_file_is(desk: Desk) -> None:
    for wrong, told in (
        ({"only": "Mon-Fri 25:00"}, "is not understood"),
        ({"zone": "EST"}, "is a fixed or legacy zone"),
        ({"turn": ["nobody"]}, "there is no entry"),
        ({"holidays": "XX"}, "no holidays are known"),
        ({"starts_on": "soon"}, "is no date"),
        ({"every": "days", "days": "0"}, "is no length of a turn"),
    ):
        status, text = look(desk, LAYERS, **layer(**wrong))
        assert (status, told in text) == (422, True), (wrong, words(text)[-600:])


def test_what_is_wrong_with_a_layer_stands_at_its_field(desk: Desk) -> None:
    for which in ({}, {"place": "", "name": "nights"}):
        for wrong, field in (
            ({"zone": "EST"}, 'name="zone"'),
            ({"only": "always"}, 'name="only"'),
            ({"time": ""}, 'name="time"'),
            ({"starts_on": "soon"}, 'name="starts_on"'),
        ):
            text = look(desk, LAYERS, **layer(**which, **wrong))[1]
            assert "layers[" not in text
            assert field in text.split('<small class="wrong">')[0].rsplit("<div", 1)[1], (which, wrong)


def test_removing_a_layer_shows_the_gap_it_leaves(desk: Desk) -> None:
    _, text = look(desk, LAYERS, **layer(do="remove"))
    assert "New gap: nobody is on call" in words(text)
    save(desk, LAYERS, **layer(remove="yes"))
    assert present(desk).layers == ()
    assert gaps(present(desk), NIGHT, NIGHT + timedelta(days=1))
    assert [one.engineer for one in who_is_on_call(present(desk), NIGHT - timedelta(hours=1))] == ["jon"]


def test_a_rota_is_added_and_one_that_nobody_rings_is_removed(desk: Desk) -> None:
    assert desk.post(desk.client(), "/console/rotas", key="extra", name="Extra").status_code == 303
    assert desk.post(desk.client(), "/console/rotas", key="extra", name="Extra").status_code == 422
    assert desk.post(desk.client(), "/console/rotas", key="no key!", name="Extra").status_code == 422
    client = desk.client()
    assert "Nobody is on call now" in client.get("/console/rotas/extra").get_data(as_text=True)
    assert "It is rung by" in client.get("/console/rotas/noc/remove").get_data(as_text=True)
    assert desk.post(client, "/console/rotas/noc/remove").status_code == 422
    seen = hidden(client.get("/console/rotas/extra/remove").get_data(as_text=True), "seen")
    assert desk.post(client, "/console/rotas/extra/remove", seen="older").status_code == 422
    assert desk.post(client, "/console/rotas/extra/remove", seen=seen).status_code == 303
    assert client.get("/console/rotas/extra").status_code == 404


def test_the_list_shows_gaps_and_warnings_of_thirteen_weeks(desk: Desk) -> None:
    desk.do(with_everything)
    told = words(desk.client("viewer").get("/console/rotas").get_data(as_text=True))
    assert re.search(r"NOC on call Leo Marin|NOC on call Ada Rossi|NOC on call Jon Bell", told)
    assert "1 gap" in told
    assert re.search(r"\d+ warnings", told)


def test_the_form_proposes_who_is_free_and_has_the_fewest_hours(desk: Desk) -> None:
    text = desk.client().get(f"{OVERRIDE}?from=2026-11-29T18:00&until=2026-11-30T09:00").get_data(as_text=True)
    assert '<option value="leo" selected>' in text
    assert "Leo Marin gains 15 h" in words(text)


def test_a_gap_that_is_half_out_of_sight_is_filled_as_a_whole(desk: Desk) -> None:
    desk.do(with_gap)
    page = desk.client().get("/console/rotas/noc?on=2026-11-29").get_data(as_text=True)
    row = page.split('class="gap-row"')[1].split("</tr>")[0]
    assert "Mon 30 Nov 09:00" in words(row)
    assert "until=2026-11-30T08%3A00%3A00%2B00%3A00" in row or "until=2026-11-30T08:00:00%2B00:00" in row


def test_a_removed_person_is_named_by_key_and_breaks_no_page(desk: Desk) -> None:
    def gone(connection: Connection) -> None:
        with_overrides(connection, Override("zoe", *SUNDAY_NIGHT, "Sara Vogel", OverrideKind.ADD, ""))

    desk.do(gone)
    assert "zoe" in desk.client("viewer").get("/console/rotas/noc?on=2026-11-29").get_data(as_text=True)


@pytest.mark.parametrize(
    "address", ["?view=nonsense&on=never", "?on=0001-01-01", "?view=month&on=2026-02-30", "?saved=99999"]
)
def test_nonsense_in_the_address_shows_this_week(desk: Desk, address: str) -> None:
    assert desk.client().get(f"/console/rotas/noc{address}").status_code == 200


def test_a_form_as_it_opens_can_be_saved_at_once(desk: Desk) -> None:
    text = desk.client().get(f"{OVERRIDE}?from=2026-11-29T18:00&until=2026-11-30T09:00").get_data(as_text=True)
    kept = {name: hidden(text, name) for name in ("seen", "since", "previewed", "exact_from", "exact_until", "id")}
    assert desk.post(desk.client(), OVERRIDE, **{**wish(), **kept, "do": "save"}).status_code == 303
    assert present(desk).overrides[-1].engineer == "leo"
