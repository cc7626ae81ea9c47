"""Announcements and reports in a real browser: nothing for axe to find, nothing wider than the screen."""

from collections.abc import Callable
from datetime import timedelta

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from ivr.reports.all_reports import REPORTS
from routing.announcements import Kind
from tests.console.conftest import PHONE, WIDE
from tests.console.desk import Desk
from tests.report_scenes import SATURDAY, announce, some_nights

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PATHS = ["announcements", "announcements/new", *(f"reports/{name}" for name in REPORTS)]


def test_every_page_can_be_used_by_everybody_in_light_and_in_the_dark_on_a_phone(
    served: Desk, open_page: Callable[..., Page], keep_screenshot: Callable[[Page, str], None]
) -> None:
    served.do(some_nights)
    hours = timedelta(hours=3)
    served.do(lambda connection: announce(connection, Kind.INCIDENT, SATURDAY - hours, SATURDAY + hours, "it"))
    served.do(lambda connection: announce(connection, Kind.MAINTENANCE, SATURDAY + hours, SATURDAY + 2 * hours))
    for size, scheme in ((WIDE, "light"), (PHONE, "dark")):
        page = open_page(f"/console/{PATHS[0]}", "manager", size, scheme)
        for path in PATHS:
            page.goto(f"{served.url}/console/{path}")
            keep_screenshot(page, f"{path.replace('/', '-')}-{size[0]}-{scheme}")
            found = Axe().run(page, options={"runOnly": RULES})
            assert found.violations_count == 0, f"{path} {size} {scheme}: {found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
