"""The calendars' page and the import's, by form and in the browser."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from ivr.calendars.rows import MOST_ROWS
from ivr.reminders.keeper import remind
from ivr.store.absences import absences_from
from ivr.store.audit import list_changes
from ivr.store.configuration import load_configuration, save_configuration
from ivr.store.feeds import living_feeds
from schedules.leave import Absence
from schedules.overrides import Override
from schedules.rota import who_is_on_call
from tests.console.desk import Desk
from tests.line import NIGHT

OpenPage = Callable[..., Page]
TABLE = """engineer,from,until,kind,instead_of
Jon Bell,2026-12-05 18:00,2026-12-06 09:00,,
jonn,2026-12-06 18:00,2026-12-07 09:00,,
leo,2026-12-12,2026-12-12,add,
Mia Keller,2026-12-24,2026-12-27,leave,
jon,2026-11-01,2026-11-02,,
"""
IMPORT = "/console/rotas/noc/import"


def overrides(desk: Desk) -> tuple[Override, ...]:
    found = desk.do(lambda connection: load_configuration(connection).rotas["noc"].overrides)
    assert isinstance(found, tuple)
    return found


def audit(desk: Desk, kind: str) -> list[Any]:
    return list(desk.do(lambda connection: list_changes(connection, kind=kind)))


def address_in(page: str) -> str:
    return page.split('id="address" value="')[1].split('"')[0].removeprefix("http://127.0.0.1:1")


def test_an_engineer_makes_an_address_that_is_shown_once_and_revokes_it(desk: Desk) -> None:
    client = desk.client("engineer")
    page = desk.post(client, "/console/calendars/mine").get_data(as_text=True)
    address = address_in(page)
    assert client.get(address).status_code == 200
    assert b"NOC on call" in client.get(address).data
    token = address.split("/")[-1].removesuffix(".ics")
    assert token not in client.get("/console/calendars").get_data(as_text=True)
    (feed,) = desk.do(living_feeds)
    assert (feed.engineer, feed.by) == ("jon", "Jon Bell")
    assert desk.post(client, "/console/calendars/revoke", id=feed.id).status_code == 303
    assert client.get(address).status_code == 404
    assert [change.action for change in audit(desk, "calendar")] == ["revoke", "add"]
    assert token not in str(audit(desk, "calendar"))


def test_engineers_make_and_revoke_their_own_addresses_only(desk: Desk) -> None:
    engineer, manager, viewer = (desk.client(role) for role in ("engineer", "manager", "viewer"))
    assert desk.post(engineer, "/console/calendars/rota", rota="noc").status_code == 403
    assert viewer.get("/console/calendars").status_code == 403
    assert desk.post(manager, "/console/calendars/rota", rota="none").status_code == 404
    assert desk.post(desk.client("operator"), "/console/calendars/mine").status_code == 403
    page = desk.post(manager, "/console/calendars/rota", rota="noc").get_data(as_text=True)
    assert b"Jon Bell" in manager.get(address_in(page)).data
    (feed,) = desk.do(living_feeds)
    assert desk.post(engineer, "/console/calendars/revoke", id=feed.id).status_code == 403
    assert len(desk.do(living_feeds)) == 1
    desk.post(engineer, "/console/calendars/mine")
    for one in desk.do(living_feeds):
        desk.post(manager, "/console/calendars/revoke", id=one.id)
    assert desk.do(living_feeds) == []


def look(desk: Desk, text: str = TABLE) -> str:
    page = desk.post(desk.client(), IMPORT, text=text).get_data(as_text=True)
    assert isinstance(page, str)
    return page


def ids_in(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('name="row" value="')[1:]]


def seen_in(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def test_f12_looking_at_a_file_imports_nothing_shows_its_own_times_and_tells_what_cannot_be_used(desk: Desk) -> None:
    before = overrides(desk)
    page = look(desk)
    assert "3 rows can be imported, 2 cannot" in page
    assert "Line 3: &#34;jonn&#34; names no engineer. Did you mean &#34;Jon Bell&#34; (jon)?" in page
    assert "Line 6: is over." in page
    assert "Sat 5 Dec 2026 18:00 CET" in page  # as in the file, though this manager reads New York's clock
    assert "Sun 13 Dec 2026 00:00 CET" in page
    assert "is on leave: changes nobody's calls" in page
    assert "Ada Rossi loses 15 h" in page
    assert overrides(desk) == before
    assert desk.do(lambda connection: absences_from(connection, desk.at)) == ()


def test_a_table_that_must_be_corrected_stays_in_its_field(desk: Desk) -> None:
    wrong = "engineer,from,until\njonn,2026-12-05 18:00,2026-12-06 09:00"
    assert f"{wrong}</textarea>" in look(desk, wrong)
    assert ">\n</textarea>" in look(desk, wrong.replace("jonn", "jon"))


def test_confirmed_leave_is_stored_audited_and_no_override_and_not_stored_twice(desk: Desk) -> None:
    before, page, client = overrides(desk), look(desk), desk.client()
    (row,) = (id_ for id_ in ids_in(page) if id_.startswith("5-mia"))
    answer = desk.post(client, f"{IMPORT}/confirm", text=TABLE, seen=seen_in(page), row=row)
    assert "1 leave entered." in client.get(answer.location).get_data(as_text=True)
    christmas = datetime(2026, 12, 23, 23, tzinfo=UTC), datetime(2026, 12, 27, 23, tzinfo=UTC)
    stored = (Absence("mia", *christmas, "imported", "Sara Vogel"),)
    assert desk.do(lambda connection: absences_from(connection, desk.at)) == stored
    (change,) = audit(desk, "absence")
    assert (change.key, change.by, change.action, change.why) == ("mia", "Sara Vogel", "add", "import of 1 row")
    assert overrides(desk) == before
    assert audit(desk, "rota") == []
    assert "Mia Keller" in client.get("/console/leave").get_data(as_text=True)
    assert "Line 5: is there already" in look(desk)
    assert desk.post(client, f"{IMPORT}/confirm", text=TABLE, seen=seen_in(page), row=row).status_code == 422
    assert desk.do(lambda connection: absences_from(connection, desk.at)) == stored


def test_confirmed_rows_become_overrides_all_in_one_audited_change(desk: Desk) -> None:
    before, page = overrides(desk), look(desk)
    answer = desk.post(desk.client(), f"{IMPORT}/confirm", text=TABLE, seen=seen_in(page), row=ids_in(page))
    assert answer.location.endswith("/import?imported=2&leave=1")
    new = overrides(desk)[len(before) :]
    assert [(one.engineer, one.by, str(one.kind)) for one in new] == [
        ("jon", "Sara Vogel", "replace"),
        ("leo", "Sara Vogel", "add"),
    ]
    assert overrides(desk)[: len(before)] == before
    (change,) = audit(desk, "rota")
    assert (change.by, change.why) == ("Sara Vogel", "import of 3 rows")
    again = look(desk)
    assert "is there already: nothing to do" in again
    assert ids_in(again) == []


def test_as_many_rows_as_a_file_may_have_are_confirmed_as_a_browser_sends_them(desk: Desk) -> None:
    nights = (NIGHT + timedelta(days=days) for days in range(1, MOST_ROWS + 1))
    rows = (f"jon,{at:%Y-%m-%d} 18:00,{at:%Y-%m-%d} 19:00\n" for at in nights)
    text = "engineer,from,until\n" + "".join(rows)
    page = look(desk, text)
    form = {"text": text, "seen": seen_in(page), "row": ids_in(page)}
    answer = desk.post(desk.client(), f"{IMPORT}/confirm", **form, file=(BytesIO(b""), ""))
    assert answer.location.endswith(f"/import?imported={MOST_ROWS}&leave=0")


def test_only_chosen_rows_are_imported_and_none_is_a_fault(desk: Desk) -> None:
    before, page = overrides(desk), look(desk)
    form = {"text": TABLE, "seen": seen_in(page)}
    assert desk.post(desk.client(), f"{IMPORT}/confirm", **form).status_code == 422
    assert desk.post(desk.client(), f"{IMPORT}/confirm", **form, row=["9-x-y"]).status_code == 422
    assert desk.post(desk.client(), f"{IMPORT}/confirm", **form, row=[*ids_in(page), "9-x-y"]).status_code == 422
    assert overrides(desk) == before
    desk.post(desk.client(), f"{IMPORT}/confirm", **form, row=ids_in(page)[1:2])
    assert [one.engineer for one in overrides(desk)[len(before) :]] == ["leo"]


def test_of_two_managers_the_second_is_shown_that_the_rota_changed_and_overwrites_nothing(desk: Desk) -> None:
    page = look(desk)

    def meanwhile(connection: Any) -> None:
        known = load_configuration(connection)
        rota = replace(known.rotas["noc"], name="Night desk")
        save_configuration(connection, replace(known, rotas={**known.rotas, "noc": rota}))

    desk.do(meanwhile)
    answer = desk.post(desk.client(), f"{IMPORT}/confirm", text=TABLE, seen=seen_in(page), row=ids_in(page))
    assert answer.status_code == 409
    assert "Somebody else changed this rota" in answer.get_data(as_text=True)
    assert ids_in(answer.get_data(as_text=True)) == ids_in(page)
    assert audit(desk, "rota") == []


def test_an_import_needs_a_manager_a_rota_and_a_file(desk: Desk) -> None:
    assert desk.post(desk.client("engineer"), IMPORT, text=TABLE).status_code == 403
    assert desk.client().get("/console/rotas/none/import").status_code == 404
    assert "Choose a file" in look(desk, " ")
    assert "is larger than 200 kB" in look(desk, "x" * 200_001)


def test_a_manager_imports_an_uploaded_calendar_by_keyboard(open_page: OpenPage, served: Desk, tmp_path: Path) -> None:
    file = tmp_path / "cover.ics"
    file.write_text(
        "\nBEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\nSUMMARY:Leo Marin\n"
        "DTSTART;TZID=Europe/Rome:20261205T180000\nDTEND;TZID=Europe/Rome:20261206T090000\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    page = open_page(IMPORT)
    page.get_by_label("A calendar (.ics)").set_input_files(file)
    page.get_by_role("button", name="Look at it").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Leo Marin gains 15 h").wait_for()
    page.get_by_role("button", name="Import the chosen rows").focus()
    page.keyboard.press("Enter")
    page.get_by_text("1 row imported.").wait_for()
    rota = served.do(lambda connection: load_configuration(connection).rotas["noc"])
    night = datetime(2026, 12, 5, 17, tzinfo=UTC)
    assert [person.engineer for person in who_is_on_call(rota, night)] == ["leo"]


def test_an_engineer_copies_the_address_in_the_browser(open_page: OpenPage, served: Desk) -> None:
    page = open_page("/console/calendars", "engineer")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Create my address").click()
    expect(page.locator("#fresh")).to_be_focused()  # the page's script ran, and listens to the button
    address = page.get_by_label("Address of the calendar").input_value()
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == address
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("You have no address yet").wait_for()
    assert served.do(living_feeds) == []


def with_reminders(desk: Desk) -> None:
    desk.at = datetime(2026, 11, 29, 8, 1, tzinfo=UTC)
    houses = desk.app.extensions["houses"]
    assert remind(houses.main) == 2


def make_feed(page: Page) -> None:
    page.get_by_role("button", name="Create an address for NOC on call").click()
    page.get_by_text("it is shown only now").wait_for()


def test_the_calendars_page_looks_good(assert_looks_good: Callable[..., None], served: Desk) -> None:
    with_reminders(served)
    served.post(served.client("engineer"), "/console/calendars/mine")
    assert_looks_good("/console/calendars", "calendars", before=make_feed)
    assert_looks_good("/console/calendars", "calendars-engineer", role="engineer")


def look_in_browser(page: Page) -> None:
    page.get_by_label("Or its text").fill(TABLE + "ada,2026-12-12,2026-12-13,,\njon,2026-12-13,2026-12-13,,\n")
    page.get_by_role("button", name="Look at it").click()
    page.get_by_text("What the file brings").wait_for()


def test_the_import_page_looks_good(assert_looks_good: Callable[..., None], served: Desk) -> None:
    assert_looks_good(IMPORT, "import-empty")
    assert_looks_good(IMPORT, "import", before=look_in_browser)
