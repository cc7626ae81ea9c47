"""What a measure of whole calls stands on: a database, the service's processes, and the lean carrier."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import update

from bench.carrier import LeanCarrier
from bench.service import Database, Service, new_database
from ivr.store.tables import tickets
from routing.tickets import TicketState


class CalledService(Service):
    """A service whose carrier is the lean one."""

    def __init__(
        self, url: str, carrier: LeanCarrier, config: Path, *, web_processes: int | None, workers: int
    ) -> None:
        """Nothing runs yet but the carrier."""
        super().__init__(url, web_processes=web_processes, workers=workers, config=config)
        self.carrier_url = carrier.url


@dataclass(frozen=True)
class Stand:
    """All of it, running."""

    database: Database
    carrier: LeanCarrier
    service: CalledService

    def close_tickets(self) -> None:
        """What was reported is over: the next call of a partner is not asked about it, and no storm is joined."""
        with self.service.engine.begin() as connection:
            connection.execute(update(tickets).values(state=TicketState.CLOSED))


@contextmanager
def stand(kind: str, config: Path, *, web_processes: int | None = None, workers: int = 1) -> Iterator[Stand]:
    """A running service on an empty database of this kind; all of it is gone at the end."""
    with (
        new_database(kind) as database,
        LeanCarrier() as carrier,
        CalledService(database.url, carrier, config, web_processes=web_processes, workers=workers) as service,
    ):
        service.start()
        yield Stand(database, carrier, service)
