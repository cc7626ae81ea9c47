"""The desk in a browser: one pass over its pages, wide in light and narrow in dark."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ivr.desk.feedback import link_to_say
from ivr.store.attachments import Attachment, add_attachment
from ivr.store.desk_tables import feedback
from ivr.store.related import RELATED, link_tickets
from tests.console.conftest import PHONE, WIDE
from tests.console.desk import Desk
from tests.console.night import Night, busy_night

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def number(desk: Desk) -> int:
    """A ticket with files, related tickets, and feedback that was asked for."""
    night = Night(desk)
    busy_night(night)
    other = night.standard(desk.at, response_due_at=desk.at - timedelta(minutes=5))
    one = night.standard(desk.at, response_due_at=desk.at + timedelta(minutes=50))
    file = Attachment("f1", one.number, "trace-of-the-call.pcap", "application/octet-stream", 48_231, "Jon", desk.at)
    desk.do(lambda connection: add_attachment(connection, file, b"x"))
    desk.do(lambda connection: link_tickets(connection, one.number, other.number, RELATED, "Jon", desk.at))
    desk.do(lambda c: c.execute(feedback.insert().values(ticket=one.number, to="+61491570156", asked_at=desk.at)))
    return one.number


def test_the_pages_of_the_desk_look_good(
    desk: Desk, number: int, open_page: Callable[..., Page], keep_screenshot: Callable[[Page, str], None]
) -> None:
    link = link_to_say(desk.app.extensions["houses"].main, number, desk.at).removeprefix("http://127.0.0.1:1")
    paths = {
        "desk": "/console/desk",
        "desk-ticket": f"/console/tickets/{number}",
        "reference": "/api/v1/reference",
        "feedback": link,
    }
    for name, path in paths.items():
        for size, scheme in ((WIDE, "light"), (PHONE, "dark")):
            page = open_page(path, "engineer", size, scheme)
            for summary in ("Write it down", "Attach a file", "Link another ticket"):
                if name == "desk-ticket":
                    page.locator("summary", has_text=summary).click()
            if name == "reference":  # the models are like each other: looking at a few is looking at all
                page.evaluate("document.querySelectorAll('article').forEach((one, i) => i % 25 && one.remove())")
            keep_screenshot(page, f"{name}-{size[0]}-{scheme}")
            found = Axe().run(page, options={"runOnly": RULES})
            assert found.violations_count == 0, f"{name} {size} {scheme}: {found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], (name, size)


def test_fields_a_file_and_feedback_go_through_a_real_browser(
    desk: Desk, number: int, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"/console/tickets/{number}", "engineer")
    page.locator("summary", has_text="Write it down").click()
    page.get_by_label("Firmware").fill("6.07")
    page.get_by_role("button", name="Save the fields").click()
    expect(page.get_by_text("The fields are saved.")).to_be_visible()
    page.locator("summary", has_text="Attach a file").click()
    picture = {"name": "error.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\nrest"}
    page.get_by_label("Trace, log or picture").set_input_files(files=[picture])  # type: ignore[list-item]
    page.get_by_role("button", name="Attach it").click()
    expect(page.get_by_text("error.png is attached.")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="error.png").click()
    assert saved.value.suggested_filename == "error.png"
