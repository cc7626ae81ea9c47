"""Writes the map of ARCHITECTURE.md anew from the modules' own captions: `make map`."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
HEADING = "## The map\n"


def rows() -> Iterator[str]:
    """One table a folder, one row a module."""
    last = None
    for package in ("schedules", "routing", "ivr", "bench"):
        for path in sorted((ROOT / package).rglob("*.py")):
            caption = (ast.get_docstring(ast.parse(path.read_text())) or "").splitlines()[:1]
            if path.name == "__init__.py" or not caption:
                continue
            folder = path.parent.relative_to(ROOT)
            if folder != last:
                yield f"\n### `{folder}/`\n\n| file | what |\n|---|---|\n"
                last = folder
            yield f"| `{path.relative_to(ROOT)}` | {caption[0]} |\n"


if __name__ == "__main__":
    page = ROOT / "ARCHITECTURE.md"
    kept = page.read_text().split(HEADING)[0]
    page.write_text(kept + HEADING + "".join(rows()))
