"""The pages about what goes out, in a browser: in both sizes and schemes, with nothing for axe to find."""

from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy import update

from ivr.store.deliveries import DeliveryState
from ivr.store.delivery_tables import deliveries
from tests.console.conftest import PHONE, WIDE
from tests.console.desk import Desk
from tests.integrations.outside import endpoint, later, note, open_ticket, work
from tests.integrations.services import Given, Service, running

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def test_every_page_about_what_goes_out_can_be_read(
    served: Desk, open_page: Callable[..., Page], keep_screenshot: Callable[[Page, str], None]
) -> None:
    with running(Service()) as service:
        one = endpoint(served, service.url, description="The partner portal")
        service.answers = [Given(500, {"error": "our database is away"})]
        open_ticket(served)
        work(served)
        later(served, minutes=1)
        note(served, "later")
        (first, *_) = work(served)
    with served.engine.begin() as connection:
        failed = {"target": "desk:support", "state": DeliveryState.FAILED, "said": "POST /api/v1/tickets: 422 no group"}
        connection.execute(update(deliveries).where(deliveries.c.type == "ticket.opened").values(**failed))
    here = "/console/integrations"
    pages = (
        here,
        f"{here}/webhooks/{one.id}",
        f"{here}/deliveries",
        f"{here}/deliveries/{first.id}",
        "/console/tickets/1042",
    )
    for size, scheme in ((WIDE, "light"), (PHONE, "dark")):
        page = open_page(here, "manager", size, scheme)
        for path in pages:
            page.goto(served.url + path)
            keep_screenshot(page, f"out{path.replace('/console', '').replace('/', '-')}-{size[0]}-{scheme}")
            found = Axe().run(page, options={"runOnly": RULES})
            assert found.violations_count == 0, f"{path} {size}: {found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], f"{path} is too wide"
