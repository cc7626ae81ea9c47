"""Links of the documentation that lead out of its folder: the site has no such page, so it names the file."""

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent
OUTWARD = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+[^)#\s]+)(?:#[^)\s]*)?\)")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Called by mkdocs with the text of each page."""
    here = (ROOT / "docs" / page.file.src_uri).parent

    def named(link: re.Match[str]) -> str:
        text, target = link.groups()
        found = (here / target).resolve()
        if not found.exists() or found.is_relative_to(ROOT / "docs"):
            return link.group()  # mkdocs follows it, or says that it leads nowhere
        name = found.relative_to(ROOT)
        return f"{text}" if f"`{name}`" == text else f"{text} (`{name}`)"

    return OUTWARD.sub(named, markdown)
