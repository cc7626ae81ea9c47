"""Guards over the documentation: every link leads somewhere, every page is found, and the site needs nobody else."""

import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config

from tests.guards.test_guards import ROOT

DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
LOADED = re.compile(
    r"<(?:script|img|iframe|link)\b[^>]*?\b(?:src|href)=\"((?:https?:)?//[^\"]+)\"|url\(['\"]?(https?://[^)]+)\)"
)


def links(page: Path) -> Iterator[str]:
    """Where the links of a page lead, within the repository."""
    text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(), flags=re.DOTALL)
    return (link for link in LINK.findall(text) if not re.match(r"[a-z]+:", link))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as they are made of their words."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_of_every_page_leads_to_a_file_and_a_heading_that_there_are() -> None:
    for page in PAGES:
        for link in links(page):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), f"{page.relative_to(ROOT)}: {link}"
            assert not anchor or anchor in anchors(target), f"{page.relative_to(ROOT)}: {link}"


def test_every_page_of_the_documentation_is_found_from_the_readme_or_the_index() -> None:
    found = {
        (home.parent / link.partition("#")[0]).resolve()
        for home in (ROOT / "README.md", DOCS / "index.md")
        for link in links(home)
    }
    for page in DOCS.rglob("*.md"):
        assert page in found or page == DOCS / "index.md", f"{page.relative_to(ROOT)} is linked from nowhere"


def test_the_site_is_built_strictly_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path), strict=True)
    build(config)
    built = [path for path in tmp_path.rglob("*") if path.suffix in {".html", ".css"}]
    assert len(built) > len(list(DOCS.rglob("*.md")))
    assert [(path.name, found) for path in built for found in LOADED.findall(path.read_text())] == []
