"""The dead man's switch: tells a service elsewhere that all is well; when that falls silent, it raises the alarm."""

import threading
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

import requests
import structlog
from pydantic import SecretStr
from requests.exceptions import RequestException
from sqlalchemy import Connection, update

from ivr.house import House
from ivr.store.tables import counters
from ivr.store.workers import DEAD_AFTER, living_workers
from ivr.watch.guard import unattended

logger = structlog.get_logger()

TIMEOUT_SECONDS = 5


class Switch:
    """A thread of its own in each worker: whatever becomes of it, paging goes on."""

    def __init__(self, house: House, worker: str) -> None:
        """Nothing is sent yet, and never without a URL in the settings."""
        self._house, self._worker = house, worker
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="dead man's switch", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        if self._house.settings.heartbeat_url is not None:
            self._thread.start()

    def stop(self) -> None:
        """Fall silent. What is under way is not waited for."""
        self._stop.set()

    def _keep(self) -> None:
        url = self._house.settings.heartbeat_url
        assert url is not None
        while not self._stop.is_set():
            reason = what_is_wrong(self._house, self._worker)
            if not self._stop.is_set():
                tell(url, reason)
            self._stop.wait(self._house.settings.heartbeat_seconds)


def what_is_wrong(house: House, worker: str) -> str:
    """Why this worker cannot answer for the line, in a few words; empty when all is well."""
    try:
        with house.engine.begin() as connection:
            connection.execute(update(counters).where(counters.c.name == "configuration").values(name="configuration"))
        with house.engine.connect() as connection:
            return _complaint(house, connection, worker, house.clock())
    except Exception as error:
        logger.warning("the dead man's switch could not look", exc_info=True)
        return f"the database cannot be written and read ({type(error).__name__})"


def _complaint(house: House, connection: Connection, worker: str, at: datetime) -> str:
    if worker not in living_workers(connection, at - DEAD_AFTER):
        return "this worker does not beat"
    return "; ".join(f"ticket {one.ticket.number}: {one.trouble}" for one in unattended(house, connection, at))


def tell(url: SecretStr, reason: str) -> None:
    """Ask for the URL when all is well, else post the reason to its `/fail`. A failure is logged, no more."""
    try:
        if reason:
            requests.post(failing(url.get_secret_value()), data=reason.encode(), timeout=TIMEOUT_SECONDS)
        else:
            requests.get(url.get_secret_value(), timeout=TIMEOUT_SECONDS)
    except RequestException as error:
        # Neither the URL nor the error's text, which holds it: whoever knows it can play dead or alive.
        logger.warning("the dead man's switch was not heard", why=type(error).__name__)


def failing(url: str) -> str:
    """The URL that tells of trouble: `/fail` after the path, before any query."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/fail"))
