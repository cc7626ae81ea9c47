"""The rota editor in the browser, whose own clock is in Kolkata: by mouse, by keyboard, by two managers at once."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from ivr.store.accounts import account_by, update_account
from schedules.overrides import Override, OverrideKind
from schedules.rota import gaps, who_is_on_call
from tests.console.conftest import PHONE
from tests.console.desk import Desk
from tests.console.rota_scenes import SUNDAY_NIGHT, rome, rota_of, with_everything, with_gap, with_overrides
from tests.line import NIGHT

Open = Callable[..., Page]
ROTA = "/console/rotas/noc"


@pytest.fixture(autouse=True)
def _in_rome(desk: Desk) -> None:
    """The manager reads Rome's clock."""
    desk.do(lambda c: update_account(c, account_by(c, login="manager").id, zone="Europe/Rome"))  # type: ignore[union-attr]


def drawn(page: Page) -> Page:
    """The page once its picture is drawn."""
    page.locator("#timeline .ec-event").first.wait_for()
    page.wait_for_function("window.htmx")
    return page


def place_of(page: Page, row: int, at: str) -> tuple[float, float]:
    """Where on the screen a row of the week of 23 November shows an instant of Rome's clock."""
    page.locator("#timeline").scroll_into_view_if_needed()
    day = page.locator("#timeline .ec-body .ec-day").nth(row * 7).bounding_box()
    assert day is not None
    days = (datetime.fromisoformat(at) - datetime.combine(date(2026, 11, 23), time(0))) / timedelta(days=1)
    return day["x"] + days * day["width"], day["y"] + day["height"] / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def dialog(page: Page) -> Locator:
    found = page.locator("#edit-dialog")
    found.wait_for()
    return found


def save_in(page: Page) -> None:
    with page.expect_navigation():
        dialog(page).get_by_role("button", name="Save").click()


def overrides(desk: Desk) -> tuple[Override, ...]:
    found: tuple[Override, ...] = desk.do(rota_of).overrides
    return tuple(one for one in found if one.starts_at < rome("2026-12-10T00:00"))


OVERRIDES_ROW = 1


def test_dragging_across_the_overrides_creates_one_after_its_preview(open_page: Open, served: Desk) -> None:
    page = drawn(open_page(f"{ROTA}?on=2026-11-29"))
    drag(page, place_of(page, OVERRIDES_ROW, "2026-11-29T18:30"), place_of(page, OVERRIDES_ROW, "2026-11-29T22:30"))
    expect(dialog(page)).to_contain_text("Jon Bell loses")
    assert dialog(page).get_by_label("From").input_value() == "2026-11-29T18:00"
    assert overrides(served) == ()
    save_in(page)
    (made,) = overrides(served)
    assert made == Override("leo", rome("2026-11-29T18:00"), rome("2026-11-29T23:00"), "Sara Vogel")


@pytest.fixture
def moving(desk: Desk) -> Override:
    """An override on Sunday from six to noon."""
    override = Override("leo", rome("2026-11-29T06:00"), rome("2026-11-29T12:00"), "Sara Vogel")
    desk.do(lambda c: with_overrides(c, override))
    return override


def test_dragging_an_override_moves_it(open_page: Open, served: Desk, moving: Override) -> None:
    page = drawn(open_page(f"{ROTA}?on=2026-11-29"))
    middle, later = "2026-11-29T09:30", "2026-11-29T15:30"
    drag(page, place_of(page, OVERRIDES_ROW, middle), place_of(page, OVERRIDES_ROW, later))
    assert dialog(page).get_by_label("Until").input_value() == "2026-11-29T18:00"
    assert overrides(served) == (moving,)
    save_in(page)
    (moved,) = overrides(served)
    assert (moved.starts_at, moved.ends_at) == (rome("2026-11-29T12:00"), rome("2026-11-29T18:00"))


def test_dragging_an_edge_stretches_it_and_discarding_puts_it_back(
    open_page: Open, served: Desk, moving: Override
) -> None:
    page = drawn(open_page(f"{ROTA}?on=2026-11-29"))
    bar = page.locator("#timeline .moves")
    before = bar.evaluate("element => getComputedStyle(element).width")
    edge, later = place_of(page, OVERRIDES_ROW, "2026-11-29T12:00"), place_of(page, OVERRIDES_ROW, "2026-11-29T18:00")
    drag(page, (edge[0] - 3, edge[1]), (later[0] - 3, later[1]))
    assert dialog(page).get_by_label("Until").input_value() == "2026-11-29T18:00"
    page.keyboard.press("Escape")
    expect(page.locator("#edit-dialog")).to_be_hidden()
    expect(bar).to_have_css("width", before)
    drag(page, (edge[0] - 3, edge[1]), (later[0] - 3, later[1]))
    save_in(page)
    (stretched,) = overrides(served)
    assert (stretched.starts_at, stretched.ends_at) == (moving.starts_at, rome("2026-11-29T18:00"))


def test_a_click_on_an_override_opens_it_and_a_second_one_removes_it(
    open_page: Open, served: Desk, moving: Override
) -> None:
    page = drawn(open_page(f"{ROTA}?on=2026-11-29"))
    page.mouse.click(*place_of(page, OVERRIDES_ROW, "2026-11-29T09:30"))
    dialog(page).get_by_role("button", name="Remove this override").click()
    expect(dialog(page)).to_contain_text("Leo Marin loses 6 h")
    assert overrides(served) == (moving,)
    with page.expect_navigation():
        dialog(page).get_by_role("button", name="Remove", exact=True).click()
    assert overrides(served) == ()
    for told in (f"{ROTA}/changes", "saved="):
        with page.expect_navigation():
            page.get_by_role("button", name="Undo").click()
        assert told in page.url
    assert overrides(served) == (moving,)


def press_until(page: Page, key: str, reached: Callable[[], bool], limit: int = 80) -> None:
    for _ in range(limit):
        if reached():
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} did not get there")


def has_focus(found: Locator) -> bool:
    return bool(found.evaluate("element => element === document.activeElement"))


@pytest.mark.parametrize("size", [(1440, 900), PHONE])
def test_the_whole_task_goes_by_keyboard(open_page: Open, served: Desk, size: tuple[int, int]) -> None:
    served.do(with_gap)
    page = drawn(open_page(f"{ROTA}?on=2026-11-29", size=size))
    fill = page.locator(".coverage a[data-dialog]").first
    press_until(page, "Tab", lambda: has_focus(fill))
    page.keyboard.press("Enter")
    expect(dialog(page)).to_contain_text("Gap closed: Sun 29 Nov 18:00 to Mon 30 Nov 09:00 (15 h)")
    assert has_focus(page.get_by_label("Who", exact=True))
    page.keyboard.type("Mia")
    expect(dialog(page)).to_contain_text("Mia Keller gains 15 h")
    press_until(page, "Tab", lambda: has_focus(dialog(page).get_by_role("button", name="Save")))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert not gaps(served.do(rota_of), NIGHT, NIGHT + timedelta(weeks=13))
    undo = page.get_by_role("button", name="Undo")
    for _ in ("what it changes", "and then"):
        press_until(page, "Tab", lambda: has_focus(undo))
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert gaps(served.do(rota_of), NIGHT, NIGHT + timedelta(weeks=13)) == (SUNDAY_NIGHT,)


def test_two_managers_at_once_see_each_other_and_lose_nothing(open_page: Open, served: Desk) -> None:
    one, other = (drawn(open_page(f"{ROTA}?on=2026-11-29")) for _ in range(2))
    one.get_by_role("button", name="Replace Mon 23 Nov 09:00").click()
    expect(dialog(one)).to_contain_text("Jon Bell loses")
    other.get_by_role("button", name="New override").click()
    dialog(other).get_by_label("Who", exact=True).select_option("ada")
    dialog(other).get_by_label("From").fill("2026-12-01T18:00")
    dialog(other).get_by_label("Until").fill("2026-12-02T09:00")
    dialog(other).get_by_label("Does what").select_option("too")
    expect(dialog(other)).to_contain_text("Nobody's hours change")
    save_in(other)
    dialog(one).get_by_role("button", name="Save").click()
    expect(dialog(one)).to_contain_text("Sara Vogel changed this rota while you had it open")
    assert len(overrides(served)) == 1
    with one.expect_navigation():
        dialog(one).get_by_role("button", name="Save on top").click()
    assert [override.kind for override in overrides(served)] == [OverrideKind.ADD, OverrideKind.REPLACE]


def test_a_layer_is_edited_by_keyboard_alone(open_page: Open, served: Desk) -> None:
    page = open_page(f"{ROTA}/layers/0")
    page.wait_for_function("window.htmx")
    down = page.get_by_role("button", name="Mia Keller later")
    press_until(page, "Tab", lambda: has_focus(down))
    page.keyboard.press("Enter")
    expect(page.locator("#preview")).to_contain_text("Mia Keller gains")
    expect(page.locator(".turn-list li").first).to_contain_text("Jon Bell")
    save = page.get_by_role("button", name="Save")
    press_until(page, "Tab", lambda: has_focus(save))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    (layer,) = served.do(rota_of).layers
    assert layer.rotation.participants == (("jon",), ("mia",), ("ada",))
    assert [one.engineer for one in who_is_on_call(served.do(rota_of), NIGHT)] == ["jon"]


def test_enter_in_a_field_of_an_override_shows_what_changes(open_page: Open, served: Desk, moving: Override) -> None:
    page = drawn(open_page(f"{ROTA}?on=2026-11-29"))
    page.mouse.click(*place_of(page, OVERRIDES_ROW, "2026-11-29T09:30"))
    until = dialog(page).get_by_label("Until")
    until.fill("2026-11-29T18:00")
    until.press("Enter")
    expect(dialog(page)).to_contain_text("Leo Marin gains 6 h")
    expect(until).to_have_value("2026-11-29T18:00")
    expect(until).to_be_focused()
    assert overrides(served) == (moving,)


def test_enter_in_a_field_of_a_layer_adds_nobody(open_page: Open, served: Desk) -> None:
    page = open_page(f"{ROTA}/layers/new")
    page.wait_for_function("window.htmx")
    name = page.get_by_label("Name of the layer")
    name.fill("nights")
    name.press("Enter")
    expect(page.locator("#preview")).to_contain_text("Nobody's hours change")
    expect(name).to_have_value("nights")
    expect(page.get_by_text("Nobody yet.")).to_be_visible()
    assert len(served.do(rota_of).layers) == 1


def test_a_viewer_sees_the_picture_and_cannot_move_it(open_page: Open, served: Desk, moving: Override) -> None:
    page = drawn(open_page(f"{ROTA}?on=2026-11-29", role="viewer"))
    assert page.locator("#timeline .moves").count() == 0
    assert page.locator("dialog").count() == 0
    assert overrides(served) == (moving,)


def test_a_manager_who_has_never_seen_it_finds_a_gap_on_sunday_night_fills_it_and_proves_who_is_called(
    open_page: Open, served: Desk
) -> None:
    served.do(with_gap)
    page = open_page("/console/tonight")
    page.get_by_role("link", name="Rotas").click()
    page.get_by_role("link", name="1 gap").click()
    expect(page.get_by_role("heading", name="1 gap in the next 13 weeks")).to_be_visible()
    drawn(page).get_by_role("button", name="Fill Sun 29 Nov 18:00").first.click()
    expect(dialog(page)).to_contain_text("Gap closed: Sun 29 Nov 18:00 to Mon 30 Nov 09:00 (15 h)")
    save_in(page)
    expect(page.get_by_text("No gap in the next 13 weeks.")).to_be_visible()
    assert [one.engineer for one in who_is_on_call(served.do(rota_of), SUNDAY_NIGHT[0])] == ["leo"]
    page.get_by_role("link", name="What if somebody calls then?").click()
    expect(page.locator("#summary")).to_contain_text("Leo Marin is rung first")
    expect(page.locator("#answer")).to_contain_text("override by Sara Vogel")


def test_the_pages_look_good(assert_looks_good: Callable[..., None], served: Desk) -> None:
    served.do(with_everything)
    assert_looks_good("/console/rotas", "rotas")
    for view in ("week", "month", "quarter"):
        assert_looks_good(f"{ROTA}?view={view}", f"rota-{view}", before=drawn)
    assert_looks_good(ROTA, "rota-viewer", role="viewer", before=drawn)


def test_the_forms_look_good(assert_looks_good: Callable[..., None], served: Desk) -> None:
    served.do(with_everything)

    def fill(page: Page) -> None:
        drawn(page).get_by_role("button", name="Fill Sun 29 Nov").first.click()
        expect(dialog(page)).to_contain_text("Gap closed")

    assert_looks_good(ROTA, "rota-dialog", before=fill)
    assert_looks_good(f"{ROTA}/override?from=2026-11-29T18:00&until=2026-11-30T09:00", "rota-override")
    assert_looks_good(f"{ROTA}/layers/0", "rota-layer")
    assert_looks_good(f"{ROTA}/changes", "rota-changes")
    assert_looks_good(f"{ROTA}/remove", "rota-remove")


def test_swaps_leave_and_fairness_look_good(assert_looks_good: Callable[..., None], served: Desk) -> None:
    served.do(with_everything)
    for path in ("swaps", "leave", "fairness"):
        assert_looks_good(f"/console/{path}", path)
    assert_looks_good("/console/swaps/1/approve", "swap-approve")
