"""A lock between the processes of one machine: a file that one of them holds, freed when it ends however."""

import fcntl
from pathlib import Path
from types import TracebackType
from typing import IO, Self


class FileLock:
    """Held by at most one process. As a context manager it waits for its turn."""

    def __init__(self, path: Path) -> None:
        """The file is made when it is missing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[str] = path.open("w")
        self._held = False

    def take_if_free(self) -> bool:
        """Whether this process holds the lock now."""
        if not self._held:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return False
            self._held = True
        return True

    def __enter__(self) -> Self:
        """Wait for the lock."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Free it."""
        self.close()

    def fileno(self) -> int:
        """The open file's descriptor: a child process that inherits it holds the lock too."""
        return self._file.fileno()

    def close(self) -> None:
        """Free the lock, if it is held and no child process has it."""
        self._file.close()
