"""The keeper of privacy: a thread of each worker that runs retention once in a day, and brings messages in."""

import threading

import structlog

from ivr.house import House
from ivr.privacy.bring_in import BringingIn
from ivr.privacy.retention import run_daily

logger = structlog.get_logger()

LOOK_SECONDS = 60.0


class PrivacyKeeper:
    """Apart from paging: what it does may take long, and no page waits for it."""

    def __init__(self, house: House) -> None:
        """Nothing runs yet."""
        self._house = house
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="privacy", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more. What is under way is not waited for."""
        self._stop.set()

    def _keep(self) -> None:
        messages = BringingIn(self._house)
        while not self._stop.wait(LOOK_SECONDS):
            try:
                messages.look()
                run_daily(self._house)
            except Exception:
                logger.warning("retention did not run", exc_info=True)
