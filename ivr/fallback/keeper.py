"""The keeper of the fallback documents: each minute what changed is published, and no failure reaches paging."""

import threading
from datetime import datetime

import structlog

from ivr.fallback.documents import documents_of, fallbacks_of
from ivr.fallback.places import NotPublished, Place
from ivr.fallback.publish import publish, tidy
from ivr.house import House

logger = structlog.get_logger()

LOOK_SECONDS = 60.0
LOOKS_UNTIL_ANEW = 60


class FallbackKeeper:
    """A thread of its own beside the paging worker: what fails here is logged, and tried again at the next look."""

    def __init__(self, house: House, place: Place, seconds: float = LOOK_SECONDS) -> None:
        """Nothing runs yet. `seconds` pass between two looks."""
        self._house, self._place, self._seconds = house, place, seconds
        self._published: dict[str, str] = {}
        self._looks = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="fallback-keeper", daemon=True)

    def start(self) -> None:
        """Publish now, then each minute."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; a document that is being written is not waited for long."""
        self._stop.set()
        self._thread.join(5)

    def look(self) -> list[str]:
        """Publish what changed; the names that were written. All anew once an hour, should the place have lost any.

        Raises NotPublished, and what a database raises that is away.
        """
        anew = self._looks % LOOKS_UNTIL_ANEW == 0
        self._looks += 1
        with self._house.engine.begin() as connection:
            known = self._house.configuration.current(connection)
        at = self._house.clock()
        files = documents_of(fallbacks_of(known, known.regions.values(), at), known.prompts)
        if anew:
            self._published.clear()
        written = publish(self._place, files, self._published)
        if anew:
            self._tidy(files, at)
        return written

    def _tidy(self, files: dict[str, str], at: datetime) -> None:
        try:
            tidy(self._place, files, at)
        except NotPublished as error:
            # Keys that may only write are welcome: the old documents then stay.
            logger.info("old fallback documents stay", reason=str(error))

    def _keep(self) -> None:
        while not self._stop.is_set():
            try:
                if written := self.look():
                    logger.info("fallback documents published", files=len(written))
            except NotPublished as error:
                logger.error("fallback documents not published", reason=str(error))
            except Exception:
                logger.exception("fallback documents not published")
            self._stop.wait(self._seconds)
