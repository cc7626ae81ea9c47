"""Where in a TOML file a value stands, so that an error can name its line."""

import re
from bisect import bisect_right

BETWEEN = re.compile(r"(?:[\s,]|#[^\n]*)*")
NAME = re.compile(r"""\s*(?:([A-Za-z0-9_-]+)|"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)')\s*""")
STRING = re.compile(
    r'''"""(?:[^\\]|\\.)*?"{3,5}'''
    r"""|\'\'\'.*?\'{3,5}"""
    r'''|"(?:[^"\\\n]|\\.)*"'''
    r"""|'[^'\n]*'""",
    re.DOTALL,
)
PLAIN = re.compile(r"[^,\]}\n#]*")
BLANKS = re.compile(r"[ \t]*")
CLOSING = re.compile(r"\]*")

Path = tuple[str | int, ...]


class LineMap:
    """The line of each table, key and list entry of a TOML text. Lines and paths are those of valid TOML.

    Of a text that is no valid TOML it knows the beginning at best, and never fails.
    """

    def __init__(self, text: str) -> None:
        """Scan the text once. Lines count from 1, indices from 0."""
        self._text = text
        self._at = 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        self._scan()

    def line(self, path: Path) -> int:
        """The line of the value at a path, or of the nearest thing around it; 1 when nothing is known."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return 1

    def _scan(self) -> None:
        table: Path = ()
        while self._skip(BETWEEN):
            if self._take("["):
                is_array = self._take("[")
                table = self._enter(self._names(), is_array)
                self._skip(CLOSING)
            elif not self._pair(table):
                return

    def _enter(self, names: Path, is_array: bool) -> Path:
        """The path of a header: array tables carry their index, and so do those that they stand in."""
        path: Path = ()
        for position, name in enumerate(names, start=1):
            path = (*path, name)
            if position == len(names) and is_array:
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                self._note(path)
                path = (*path, self._counts[path])
            self._note(path)
        return path

    def _pair(self, table: Path) -> bool:
        """Read `key = value`; False where there is none."""
        here = self._at
        names = self._names()
        for length in range(1, len(names) + 1):
            self._note((*table, *names[:length]), here)
        if not names or not self._take("="):
            return False
        self._value((*table, *names))
        return True

    def _value(self, path: Path) -> None:
        self._skip(BLANKS)
        self._note(path)
        if self._take("["):
            self._list(path)
        elif self._take("{"):
            while self._skip(BETWEEN) and not self._take("}"):
                if not self._pair(path):
                    return
        elif self._peek() in ('"', "'"):
            self._skip(STRING)
        else:
            self._skip(PLAIN)

    def _list(self, path: Path) -> None:
        index = 0
        while self._skip(BETWEEN) and not self._take("]"):
            here = self._at
            self._value((*path, index))
            index += 1
            if self._at == here:
                return

    def _names(self) -> Path:
        """A dotted key, bare or quoted."""
        names: list[str] = []
        while match := NAME.match(self._text, self._at):
            self._at = match.end()
            names.append(next(name for name in match.groups() if name is not None))
            if not self._take("."):
                break
        return tuple(names)

    def _note(self, path: Path, at: int | None = None) -> None:
        self._lines.setdefault(path, bisect_right(self._starts, self._at if at is None else at))

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, sign: str) -> bool:
        if not self._text.startswith(sign, self._at):
            return False
        self._at += len(sign)
        return True

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        """Go past what a pattern matches here; False at the end of the text."""
        if match := pattern.match(self._text, self._at):
            self._at = match.end()
        return self._at < len(self._text)
