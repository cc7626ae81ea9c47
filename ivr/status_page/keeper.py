"""The keeper of the status page: a thread of each worker that reads it when it is time."""

import threading

import structlog

from ivr.house import House
from ivr.status_page.reading import read_status_page

logger = structlog.get_logger()

LOOK_SECONDS = 5.0


class StatusPageKeeper:
    """A thread of its own beside the paging worker."""

    def __init__(self, house: House) -> None:
        """Nothing runs yet, and never without a URL in the settings."""
        self._house = house
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="status-page", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        if self._house.settings.status_url is not None:
            self._thread.start()

    def stop(self) -> None:
        """Stop; a page that is slow is not waited for."""
        self._stop.set()

    def _keep(self) -> None:
        while not self._stop.is_set():
            try:
                read_status_page(self._house)
            except Exception:
                logger.exception("the status page's keeper failed")
            self._stop.wait(LOOK_SECONDS / self._house.settings.pace)
