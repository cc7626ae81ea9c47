"""A gate: slow work for people never holds all the threads that calls are answered by."""

import threading

from werkzeug.exceptions import ServiceUnavailable

PATIENCE_SECONDS, RETRY_SECONDS = 0.5, 5


class Gate:
    """Lets one thread of this process in at a time; another that waits too long is sent away with a 503."""

    def __init__(self, told: str = "Too many people sign in at this moment.") -> None:
        """`told` is what those hear who wait too long."""
        self._told = told
        self._free = threading.Lock()

    def __enter__(self) -> None:
        """Go in. Raises ServiceUnavailable."""
        if not self._free.acquire(timeout=PATIENCE_SECONDS):
            told = f"{self._told} Wait a few seconds, then try again."
            raise ServiceUnavailable(told, retry_after=RETRY_SECONDS)

    def __exit__(self, *_: object) -> None:
        """Leave."""
        self._free.release()
