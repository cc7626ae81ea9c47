"""A gate: the console's slow work never holds all the threads that calls are answered by."""

import threading

from werkzeug.exceptions import ServiceUnavailable

PATIENCE_SECONDS = 0.5


class Gate:
    """Lets so many threads of this process in at once; one that waits too long is sent away with a 503."""

    def __init__(self, size: int, told: str = "Too many people sign in at this moment.") -> None:
        """`size` is how many; `told` is what those hear who wait too long."""
        self._told = told
        self._free = threading.BoundedSemaphore(size)

    def __enter__(self) -> None:
        """Go in. Raises ServiceUnavailable."""
        if not self._free.acquire(timeout=PATIENCE_SECONDS):
            raise ServiceUnavailable(f"{self._told} Wait a few seconds, then try again.")

    def __exit__(self, *_: object) -> None:
        """Leave."""
        self._free.release()
