"""Where in a TOML file a value stands, so that an error can name its line."""

import re

HEADER = re.compile(r"^\s*\[(\[?)\s*([A-Za-z0-9_.-]+)\s*\]")
KEY = re.compile(r"^\s*([A-Za-z0-9_-]+)\s*=")

Path = tuple[str | int, ...]


class LineMap:
    """The line of each table and key of a TOML text; for a value inside one line, the line of its key."""

    def __init__(self, text: str) -> None:
        """Scan the text once. Lines count from 1."""
        self._lines: dict[Path, int] = {}
        counts: dict[Path, int] = {}
        here: Path = ()
        for number, line in enumerate(text.splitlines(), start=1):
            if header := HEADER.match(line):
                here = self._enter(tuple(header[2].split(".")), bool(header[1]), counts)
                self._lines.setdefault(here, number)
            elif key := KEY.match(line):
                self._lines.setdefault((*here, key[1]), number)

    def _enter(self, names: tuple[str, ...], is_array: bool, counts: dict[Path, int]) -> Path:
        """The path of a header: array tables carry their index, and so do those that they stand in."""
        path: Path = ()
        for position, name in enumerate(names):
            path = (*path, name)
            last = position == len(names) - 1
            if last and is_array:
                counts[path] = counts.get(path, -1) + 1
            if path in counts:
                path = (*path, counts[path])
        return path

    def line(self, path: Path) -> int:
        """The line of the value at a path, or of the nearest thing around it; 1 when nothing is known."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return 1
