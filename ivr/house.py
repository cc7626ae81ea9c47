"""The house: the few parts that everything in the running service is handed."""

from dataclasses import dataclass

from dbos import DBOSClient
from sqlalchemy import Engine

from ivr.clock import Clock
from ivr.paging.pager import Pager
from ivr.settings import Settings
from ivr.store.cache import ConfigurationCache
from ivr.store.engine import connect
from ivr.store.rehearsal import clock_of


@dataclass(frozen=True)
class House:
    """Settings, the database, the clock and the way to the paging worker."""

    settings: Settings
    engine: Engine
    clock: Clock
    configuration: ConfigurationCache
    pager: Pager


def build_house(settings: Settings, engine: Engine | None = None) -> House:
    """Put the parts together. The database must be migrated; raises what the database raises."""

    engine = engine or connect(settings.database_url)
    client = DBOSClient(system_database_engine=engine, retry_connection_errors=False, lazy=True)
    return House(
        settings=settings,
        engine=engine,
        clock=clock_of(engine, settings.now),
        configuration=ConfigurationCache(),
        pager=Pager(client),
    )
