"""The door of the handsets' remote control: who is let in, and when somebody last was."""

import hmac
import time


class Door:
    """Open to this machine without a token; with one, only to whoever sends it as a bearer token."""

    def __init__(self, token: str = "") -> None:
        """`token` is a secret; empty leaves the door open."""
        self._token = token
        self.used_at = time.monotonic()

    def lets_in(self, authorization: str) -> bool:
        """Whether a request with this header may pass; one that may counts as use."""
        if self._token and not hmac.compare_digest(authorization.encode(), f"Bearer {self._token}".encode()):
            return False
        self.used_at = time.monotonic()
        return True
