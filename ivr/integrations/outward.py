"""The outward side of a worker: a thread that relays events, and the durable workflow that delivers them."""

import threading
from datetime import timedelta

import structlog
from dbos import DBOS

from ivr.house import House
from ivr.integrations.delivering import attempt, relay, rescue
from ivr.integrations.file import BadIntegrations, read_targets
from ivr.integrations.recipients import Recipients
from ivr.settings import Settings
from ivr.store.configuration import NotConfigured
from ivr.store.deliveries import forget_deliveries
from ivr.store.engine import let_others_write
from ivr.store.events import are_new, forget_events

logger = structlog.get_logger()

LOOK_EVERY = timedelta(seconds=1)
RESCUE_EVERY, FORGET_EVERY = 60, 3600
"""In looks: once a minute, once an hour."""

KEPT_FOR = timedelta(days=30)
"""How long deliveries and events stay."""


class Outward:
    """Tells others. Whatever becomes of it, paging goes on."""

    def __init__(self, house: House) -> None:
        """Nothing is told yet."""
        self._house = house
        self._recipients = recipients_of(house.settings)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="outward", daemon=True)

    def register(self) -> None:
        """Register the workflow. Before every launch of the durable engine."""

        @DBOS.workflow(name="deliver", max_recovery_attempts=None)
        def deliver(delivery: int, number: int) -> None:
            DBOS.run_step({}, attempt, self._house, self._recipients, delivery, number)

    def start(self) -> None:
        """Begin to relay."""
        self._thread.start()

    def stop(self) -> None:
        """Relay no more. What is under way is not waited for."""
        self._stop.set()

    def _keep(self) -> None:
        looks = 0
        while not self._stop.wait(LOOK_EVERY.total_seconds()):
            try:
                look(self._house, self._recipients)
                if looks % RESCUE_EVERY == 0:
                    rescue(self._house)
                if looks % FORGET_EVERY == 0:
                    forget(self._house)
            except NotConfigured:
                continue
            except Exception:
                logger.exception("the outward side failed")  # a database that is away comes back
            looks += 1


def recipients_of(settings: Settings) -> Recipients:
    """Whoever the file of integrations names; not known, and a line in the log, when it cannot be used."""
    try:
        return Recipients(read_targets(settings.integrations_file))
    except BadIntegrations as error:
        logger.error("the file of integrations cannot be used", why=str(error))
        return Recipients(are_known=False)


def look(house: House, recipients: Recipients) -> None:
    """Relay what is new, if anything is: looking takes no lock. A caller's write comes in between."""
    if not recipients.are_known:
        return  # what this worker relayed, a ticket system would never hear
    with house.engine.connect() as connection:
        found = are_new(connection)
    while found and relay(house, recipients):
        let_others_write(house.engine)


def forget(house: House) -> None:
    """What is older than a month is deleted."""
    before = house.clock() - KEPT_FOR
    with house.engine.begin() as connection:
        forget_deliveries(connection, before)
        forget_events(connection, before)
