"""Setting up in a real browser, by mouse and by keyboard, at both sizes and in both schemes."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from ivr.configuration.edit import change_item
from ivr.configuration.export import table_of
from ivr.configuration.partners import change_partner
from ivr.store.audit import Author
from ivr.store.configuration import load_configuration, partner_by_number
from ivr.store.partners import Sought, count_partners
from tests.console.desk import Desk

Open = Callable[..., Page]


def enter_phone(desk: Desk, phone: str = "+447700900777") -> None:
    def work(connection: object) -> None:
        table = {**table_of("engineer", load_configuration(connection).engineers["jon"]), "unverified": [phone]}  # type: ignore[arg-type]
        change_item(connection, Author("Olga Ops", desk.at), "engineer", "jon", table)  # type: ignore[arg-type]

    desk.do(work)


def press_until(page: Page, key: str, label: str, most: int = 60) -> None:
    """Press a key until the control with this name has the focus."""
    for _ in range(most):
        page.keyboard.press(key)
        if (
            page.evaluate(
                "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"
            )
            == label
        ):
            return
    raise AssertionError(f"{label} was not reached")


def test_a_policy_is_reordered_by_mouse_with_a_preview_and_saved(open_page: Open, served: Desk) -> None:
    page = open_page("/console/policies/noc")
    rung = page.locator("#preview")
    expect(rung).to_contain_text("Jon Bell")
    page.get_by_label("Target 1 of level 1", exact=True).select_option("engineer:sara")
    expect(rung.locator("ol.rung > li").first).to_contain_text("Sara Vogel")
    page.get_by_role("button", name="Move level 1 down").click()
    expect(page.get_by_label("Target 1 of level 2", exact=True)).to_have_value("engineer:sara")
    expect(rung.locator("ol.rung > li").nth(1)).to_contain_text("Sara Vogel")
    page.get_by_role("button", name="Add a level").click()
    page.get_by_label("Target 1 of level 4", exact=True).select_option("phone:")
    page.get_by_label("Duty phone, target 1 of level 4").fill("+44 7700 900555")
    expect(rung).to_contain_text("the duty phone")
    assert served.do(load_configuration).policies["noc"].levels[0].targets[0].key == "noc"
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("status").first).to_contain_text("Saved: policy noc")
    targets = [level.targets[0].key for level in served.do(load_configuration).policies["noc"].levels]
    assert targets == ["noc-backup", "sara", "leo", "+447700900555"]
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("heading", name="Audit")).to_be_visible()
    assert served.do(load_configuration).policies["noc"].levels[0].targets[0].key == "noc"


def test_a_level_is_moved_added_and_saved_by_keyboard_alone(open_page: Open, served: Desk) -> None:
    page = open_page("/console/policies/noc")
    page.get_by_label("Target 1 of level 1", exact=True).press("Alt+ArrowDown")  # opens the list
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Move level 1 down").press("Alt+ArrowDown")
    expect(page.get_by_label("Target 1 of level 2", exact=True)).to_have_value("rota:noc")
    expect(page.get_by_role("button", name="Move level 2 down")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Target 1 of level 3", exact=True)).to_have_value("rota:noc")
    expect(page.get_by_role("button", name="Move level 3 up")).to_be_focused()
    press_until(page, "Tab", "Add a level")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Target 1 of level 4", exact=True)).to_be_focused()
    page.keyboard.type("Mia")
    press_until(page, "Tab", "Save")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Saved")
    targets = [level.targets[0].key for level in served.do(load_configuration).policies["noc"].levels]
    assert targets == ["noc-backup", "leo", "noc", "mia"]


def test_enter_in_a_field_saves_and_what_is_refused_has_the_focus(open_page: Open, served: Desk) -> None:
    page = open_page("/console/regions/it")
    page.get_by_label("Regional number").fill("12345")
    page.keyboard.press("Enter")
    faults = page.get_by_role("alert")
    expect(faults).to_contain_text("is not an international number")
    expect(faults).to_be_focused()
    expect(page.get_by_label("Regional number")).to_have_value("12345")
    page.get_by_label("Regional number").fill("+39 0461 171 5113")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Saved: region it")
    assert served.do(load_configuration).regions["it"].number == "+3904611715113"


def test_a_conflict_has_the_focus(open_page: Open, served: Desk) -> None:
    page = open_page("/console/engineers/jon")
    enter_phone(served)
    page.get_by_label("Name").fill("Jonathan Bell")
    page.keyboard.press("Enter")
    expect(page.locator("#conflict")).to_be_focused()


def test_a_refusal_in_one_sentence_has_the_focus(open_page: Open) -> None:
    page = open_page("/console/leave")
    page.get_by_label("Away from").fill("2026-12-02T09:00")
    page.get_by_label("Until").fill("2026-12-01T09:00")
    page.get_by_role("button", name="Enter").click()
    expect(page.get_by_role("alert")).to_be_focused()


def test_hours_with_a_break_and_a_closure_are_typed_in(open_page: Open, served: Desk) -> None:
    page = open_page("/console/regions/it")
    page.get_by_label("Closes, period 1").fill("13:00")
    page.get_by_role("button", name="Add a period").click()
    expect(page.get_by_label("From weekday, period 2")).to_be_focused()
    page.get_by_label("Opens, period 2").fill("14:00")
    page.get_by_label("Closes, period 2").fill("18:00")
    page.get_by_role("button", name="Add a closure").click()
    page.get_by_label("closure 1", exact=True).fill("2026-12-25")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("aside")).to_contain_text("Fri 25 Dec 2026")
    assert len(served.do(load_configuration).regions["it"].hours.periods) == 10


def test_an_engineer_is_added_with_a_phone_that_waits(open_page: Open, served: Desk) -> None:
    page = open_page("/console/engineers")
    page.get_by_role("button", name="Add an engineer").click()
    page.get_by_label("Name").fill("Nora Lind")
    page.get_by_label("Key").fill("nora")
    page.get_by_label("new phone 1", exact=True).fill("+44 7700 900777")
    page.keyboard.press("Enter")
    expect(page.get_by_text("waits for its code")).to_be_visible()
    page.get_by_role("button", name="Code by text to +44 7700 900777").click()
    expect(page.get_by_text("code by text: on its way")).to_be_visible()
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_contain_text("4 tries are left")
    assert served.do(load_configuration).engineers["nora"].phones == ()


def test_news_of_a_phone_leave_a_code_that_is_typed_and_the_word_that_it_was_wrong(
    open_page: Open, served: Desk
) -> None:
    enter_phone(served)
    page = open_page("/console/engineers/jon")
    page.get_by_role("button", name="Code by call").click()
    page.get_by_label("Code", exact=True).fill("000")
    page.get_by_role("heading", name="Phones", exact=True).click()
    wait_for_news(page)
    expect(page.get_by_label("Code", exact=True)).to_have_value("000")
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_contain_text("4 tries are left")
    wait_for_news(page)
    expect(page.get_by_role("alert")).to_contain_text("4 tries are left")


def wait_for_news(page: Page) -> None:
    """Until the phones were asked about twice: by then the first answer is shown, if it is to be."""
    for _ in range(2):
        with page.expect_response(lambda answer: answer.url.endswith("/phones") and answer.request.method == "GET"):
            pass


def test_partners_are_looked_for_while_typing_and_one_is_changed(open_page: Open, served: Desk) -> None:
    page = open_page("/console/partners")
    page.get_by_label("Search").press_sequentially("harb")
    expect(page.locator("#found tbody tr")).to_have_count(1)
    page.get_by_role("link", name="4002").click()
    page.get_by_label("New PIN").fill("2468")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("status").first).to_contain_text("Saved: partner 4002")
    expect(page.get_by_label("New PIN")).to_have_value("")
    assert "2468" not in page.content()


def test_a_csv_is_shown_before_anything_is_imported(open_page: Open, served: Desk, tmp_path: Path) -> None:
    file = tmp_path / "partners.csv"
    file.write_text(
        "number,name,tier,phones\n4001,Rossi Telecomunicazioni,gold,+44 20 7946 0201\n5001,New One,silver,\n"
    )
    page = open_page("/console/partner-import")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.locator("main")).to_contain_text("1 added, 1 changed, 0 removed")
    assert served.do(lambda c: partner_by_number(c, "5001")) is None
    page.get_by_role("button", name="Import this").click()
    expect(page.get_by_role("status").first).to_contain_text("2 partners were added, changed or removed")
    assert served.do(lambda c: partner_by_number(c, "5001")) is not None
    assert served.do(lambda c: count_partners(c, Sought())) == 8


def test_the_set_up_pages_look_good(assert_looks_good: Callable[..., None], served: Desk) -> None:
    assert_looks_good("/console/regions", "setup-regions")
    assert_looks_good("/console/regions/it", "setup-region")
    assert_looks_good("/console/policies", "setup-policies")
    assert_looks_good("/console/policies/noc", "setup-policy")
    assert_looks_good("/console/service", "setup-service")


def test_the_pages_of_people_look_good(assert_looks_good: Callable[..., None], served: Desk) -> None:
    enter_phone(served)
    assert_looks_good("/console/engineers", "setup-engineers")
    assert_looks_good("/console/engineers/jon", "setup-engineer")
    assert_looks_good("/console/engineers/jon/phones", "setup-phones", role="engineer")
    assert_looks_good("/console/partners", "setup-partners")
    assert_looks_good("/console/partners/4001", "setup-partner")
    assert_looks_good("/console/partner-import", "setup-import")


def test_the_pages_of_alerts_components_and_prices_look_good(
    assert_looks_good: Callable[..., None], served: Desk
) -> None:
    assert_looks_good("/console/alert-rules", "setup-alert-rules")
    assert_looks_good("/console/alert-rules/critical", "setup-alert-rule")
    assert_looks_good("/console/components", "setup-components")
    assert_looks_good("/console/components/platform", "setup-component")
    assert_looks_good("/console/prices", "setup-prices")
    assert_looks_good("/console/prices/us-2026", "setup-price")


def test_a_rule_is_moved_by_keyboard_and_one_is_added_with_a_label(open_page: Open, served: Desk) -> None:
    page = open_page("/console/alert-rules")
    page.get_by_role("button", name="Move critical up").press("Enter")
    expect(page.get_by_role("row").nth(1)).to_contain_text("critical")
    expect(page.get_by_role("button", name="Move critical down")).to_be_enabled()
    page.get_by_role("button", name="Add a rule").click()
    page.get_by_label("Key", exact=True).fill("core")
    page.get_by_label("Pattern of label 1").fill("warning")
    page.get_by_role("button", name="Add a label").click()
    expect(page.get_by_label("Name of label 2")).to_be_focused()
    page.get_by_label("Name of label 2").fill("job")
    page.get_by_label("Pattern of label 2").fill("core-*")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("status").first).to_contain_text("Added: alert rule core")
    rules = served.do(load_configuration).alert_rules
    assert list(rules) == ["critical", "tests", "core"]
    assert rules["core"].labels == {"severity": "warning", "job": "core-*"}


def test_the_audit_and_a_refusal_look_good(assert_looks_good: Callable[..., None], served: Desk) -> None:
    enter_phone(served)
    served.do(
        lambda c: change_partner(
            c, Author("Sara Vogel", served.at), "4009", {"number": "4009", "name": "X", "tier": "gold"}
        )
    )
    assert_looks_good("/console/audit", "setup-audit")

    def refused(page: Page) -> None:
        page.get_by_label("Regional number").fill("12345")
        page.get_by_label("Opens, period 1").fill("")
        page.get_by_role("button", name="Save").last.click()
        page.get_by_role("alert").wait_for()

    assert_looks_good("/console/regions/it", "setup-refused", before=refused)
