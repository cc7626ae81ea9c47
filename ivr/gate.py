"""A gate: slow work for people never holds all the threads that calls are answered by."""

import threading

from werkzeug.exceptions import ServiceUnavailable

PATIENCE_SECONDS, RETRY_SECONDS = 0.5, 5


class Gate:
    """Lets one thread of this process in at a time, and another wait for a moment; all others are sent away (503)."""

    def __init__(self, told: str = "Too many people sign in at this moment.") -> None:
        """`told` is what those hear who wait too long."""
        self._told = told
        self._free, self._room = threading.Lock(), threading.BoundedSemaphore(2)

    def __enter__(self) -> None:
        """Go in. Raises ServiceUnavailable."""
        if self._room.acquire(blocking=False):
            if self._free.acquire(timeout=PATIENCE_SECONDS):
                return
            self._room.release()
        raise ServiceUnavailable(f"{self._told} Wait a few seconds, then try again.", retry_after=RETRY_SECONDS)

    def __exit__(self, *_: object) -> None:
        """Leave."""
        self._free.release()
        self._room.release()
