"""What tests of the console may ask for: a desk, and a browser in front of it."""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.console.desk import Desk, Serving, furnish, open_desk, prepare

ARTEFACTS = os.environ.get("NIGHTLINE_SCREENSHOTS")
"""The folder where screenshots of the tests are kept; none are made when nobody asks for them."""

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

WIDE, PHONE = (1440, 900), (390, 844)
THIRD_ZONE = "Asia/Kolkata"
"""The browser's own clock: nobody's of ours."""

ALL_LOOKS = [(size, scheme) for size in (WIDE, PHONE) for scheme in ("light", "dark")]
LOOKS = [(WIDE, "light"), (PHONE, "dark")]
"""Both sizes and both schemes, though not each with each: the looks of every day (`--all-modes` takes all four)."""


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared SQLite database, to be copied."""
    path = tmp_path_factory.mktemp("prepared") / "nightline.db"
    prepare(f"sqlite:///{path}")
    return path


@pytest.fixture
def desk(prepared: Path, tmp_path: Path) -> Iterator[Desk]:
    """The console on a database of its own (SQLite)."""
    shutil.copy(prepared, tmp_path / "nightline.db")
    found = open_desk(f"sqlite:///{tmp_path}/nightline.db", tmp_path)
    yield found
    found.app.extensions["houses"].close()
    found.engine.dispose()


@pytest.fixture
def make_desk(make_prepared: Callable[[str], str], tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Makes a console on a database of a kind, for what must hold on both."""
    made: list[Desk] = []

    def make(kind: str = "sqlite", **more: Any) -> Desk:
        with ThreadPoolExecutor(1) as elsewhere:  # the browser's driver keeps an event loop in this thread
            url = elsewhere.submit(make_prepared, kind).result()
        furnish(url)
        made.append(open_desk(url, tmp_path, **more))
        return made[-1]

    yield make
    for desk in made:
        desk.app.extensions["houses"].close()
        desk.engine.dispose()


@pytest.fixture
def served(desk: Desk) -> Iterator[Desk]:
    """The console on loopback."""
    serving = Serving(desk)
    yield desk
    serving.close()


@pytest.fixture(scope="session")
def playwright(prepared: Path) -> Iterator[Playwright]:
    """Playwright's driver, once the database is prepared: that cannot be done within the driver's event loop."""
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium: rather the one without windows, which needs two thirds of the time."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, "Chromium is missing (Debian: apt-get install chromium-headless-shell)."
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    found = playwright.chromium.launch(executable_path=path, args=arguments)
    yield found
    found.close()


@pytest.fixture
def open_page(browser: Browser, served: Desk) -> Iterator[Callable[..., Page]]:
    """Opens a page of the console in the browser: of a role, a size and a colour scheme; errors of scripts fail."""
    contexts, errors = [], []

    def make(path: str, role: str = "manager", size: tuple[int, int] = WIDE, scheme: str = "light") -> Page:
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            timezone_id=THIRD_ZONE,
            reduced_motion="reduce",
        )
        contexts.append(context)
        if role:
            context.add_cookies([{"name": "nightline", "value": served.secret_of(role), "url": served.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
        page.goto(served.url + path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def keep_screenshot() -> Callable[[Page, str], None]:
    """Keeps a screenshot of a page among the artefacts, when somebody asked for them."""

    def keep(page: Page, name: str) -> None:
        if ARTEFACTS:
            page.screenshot(path=Path(ARTEFACTS) / f"{name}.png", full_page=True)

    return keep


@pytest.fixture
def assert_looks_good(
    open_page: Callable[..., Page], keep_screenshot: Callable[[Page, str], None], pytestconfig: pytest.Config
) -> Callable[..., None]:
    """Looks at a page in both sizes and both schemes: nothing for axe to find, nothing wider than the screen."""
    looks = ALL_LOOKS if pytestconfig.getoption("--all-modes") else LOOKS

    def look(path: str, name: str, role: str = "manager", before: Callable[[Page], Any] = lambda _page: None) -> None:
        for size, scheme in looks:
            page = open_page(path, role, size, scheme)
            before(page)
            keep_screenshot(page, f"{name}-{size[0]}-{scheme}")
            found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
            assert found.violations_count == 0, f"{name} {size} {scheme}: {found.generate_report()}"
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size[0], f"{name} is {wide} pixels wide on a screen of {size[0]}"

    return look
