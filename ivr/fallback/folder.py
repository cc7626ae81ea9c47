"""A folder that a web server shows: each document is written beside its place and then moved there whole."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ivr.fallback.places import NotPublished

READABLE_BY_ALL, OPEN_TO_ALL = 0o644, 0o755


class Folder:
    """A folder on this machine; it is made when it is missing."""

    def __init__(self, path: Path) -> None:
        """Nothing is written yet."""
        self.path = path

    def write(self, name: str, text: str) -> None:
        """On the disk first, then in its place, readable for the web server."""
        with self._complaining():
            self._make()
            descriptor, beside = tempfile.mkstemp(dir=self.path, prefix=".")
            try:
                write_down(descriptor, text)
                os.replace(beside, self.path / name)
            except OSError:
                Path(beside).unlink(missing_ok=True)
                raise

    def _make(self) -> None:
        """The folder, and those above it that are missing: open to the web server, whatever our umask takes away."""
        missing = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        self.path.mkdir(parents=True, exist_ok=True)
        for folder in missing:
            folder.chmod(OPEN_TO_ALL)

    def names(self) -> list[str]:
        """What stands in the folder."""
        with self._complaining():
            return [path.name for path in self.path.iterdir()]

    def remove(self, name: str) -> None:
        """Unlink it; one that is gone already is no error."""
        with self._complaining():
            (self.path / name).unlink(missing_ok=True)

    @contextmanager
    def _complaining(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise NotPublished(
                f"The folder {self.path} cannot be written: {error.strerror}. Let the user that runs Nightline "
                "write to it, or name another folder."
            ) from error


def write_down(descriptor: int, text: str) -> None:
    """Fill and close an open file, and wait for the disk."""
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, READABLE_BY_ALL)
        file.write(text)
        file.flush()
        os.fsync(descriptor)
