"""The house: the few parts that everything in the running service is handed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from dbos import DBOSClient
from sqlalchemy import Connection, Engine

from ivr.clock import Clock
from ivr.paging.pager import Pager
from ivr.settings import Settings
from ivr.store.cache import AnnouncementCache, ConfigurationCache
from ivr.store.engine import connect
from ivr.store.numbers import next_ticket_number
from ivr.store.rehearsal import clock_of


@dataclass(frozen=True)
class House:
    """Settings, the database, the clock and the way to the paging worker."""

    settings: Settings
    engine: Engine
    clock: Clock
    configuration: ConfigurationCache
    pager: Pager
    announcements: AnnouncementCache = field(default_factory=AnnouncementCache)
    take_ticket_number: Callable[[Connection], int] = next_ticket_number
    first_attempt: int = 0
    """Attempts are counted from here: a standby's never have the id of one that the database knows."""

    def attempts_after(self, opened_at: datetime, at: datetime) -> int:
        """After which position attempts for a ticket are counted at `at`: two outages never make the same one twice."""
        return self.first_attempt + int((at - opened_at).total_seconds()) if self.is_standby else 0

    @property
    def is_standby(self) -> bool:
        """Whether this house stands on the web machine's own disk."""
        return self.first_attempt > 0


def build_house(settings: Settings, engine: Engine | None = None, clock: Clock | None = None) -> House:
    """Put the parts together. The database must be migrated.

    Only the clock of a rehearsal, when none is given, asks the database, and raises what it raises.
    """

    engine = engine or connect(settings.database_url)
    client = DBOSClient(system_database_engine=engine, retry_connection_errors=False, lazy=True)
    return House(
        settings=settings,
        engine=engine,
        clock=clock or clock_of(engine, settings.now),
        configuration=ConfigurationCache(),
        pager=Pager(client),
    )
