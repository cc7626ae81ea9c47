"""The paging worker: runs escalations, takes over those of dead workers, closes orphaned legs."""

import logging
import os
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress

import structlog
from dbos import DBOS, DBOSConfig
from sqlalchemy import Engine

from ivr.alerts.intake import page_held
from ivr.house import House
from ivr.integrations.outward import Outward
from ivr.paging.futexes import make_room_for_sleepers
from ivr.paging.incidents import tell_engineers
from ivr.paging.moves import Moves
from ivr.paging.orphans import QuietCallers, release_colleagues, release_engineers
from ivr.paging.outbox import summarise_old
from ivr.paging.pager import APPLICATION, APPLICATION_VERSION, OUT_QUEUE, QUEUE, QUEUE_POLLING_SECONDS
from ivr.paging.phone import Phone
from ivr.paging.releases import adopt, worker_id
from ivr.paging.rounds import tend
from ivr.paging.sweeper import revive, sweep
from ivr.paging.workflows import register
from ivr.privacy.keeper import PrivacyKeeper
from ivr.reminders.keeper import Reminders
from ivr.status_page.keeper import StatusPageKeeper
from ivr.store.configuration import NotConfigured
from ivr.store.workers import DEAD_AFTER, beat, leave, living_workers
from ivr.upkeep import rest_after
from ivr.watch.deadman import Switch
from ivr.watch.guard import Guard

logger = structlog.get_logger()

BEAT_SECONDS = 1.0
SWEEP_SECONDS = 5.0
DELIVERIES_AT_ONCE = 4
"""For each worker; and one at a time to each recipient, whatever the number of workers."""


class Worker:
    """One paging worker. DBOS allows one in a process."""

    def __init__(self, house: House, version: str = APPLICATION_VERSION) -> None:
        """Nothing runs yet. Only work of this version, or of one that no worker can go on with, is taken."""
        self.house, self.version = house, version
        self.phone = Phone(house.settings)
        self.id = worker_id(f"{os.getpid()}-{uuid.uuid4().hex[:8]}", version)
        self._guard = Guard(house)
        self._callers = QuietCallers(house, self.phone)
        self._switch = Switch(house, self.id)
        self._reminders = Reminders(house)
        self._outward = Outward(house)
        self._status_page = StatusPageKeeper(house)
        self._privacy = PrivacyKeeper(house)
        self._knew: frozenset[str] = frozenset()
        self._stop = threading.Event()
        # Two, since a sweep asks the carrier: were beats to wait for its answer, this worker would seem dead.
        self._keepers = [
            threading.Thread(target=work, name=name, daemon=True)
            for name, work in (("keeper", self._keep), ("sweeper", self._sweep))
        ]

    def start(self) -> None:
        """Launch DBOS and begin to beat. The database must be migrated. Raises what the database raises."""
        make_room_for_sleepers()
        DBOS(config=dbos_config(self.house.engine, self.id, self.version))
        register(Moves(self.house, self.phone))
        self._outward.register()
        try:
            self._get_ready()
            self._beat()  # before the first workflow, or another worker would take it over
            DBOS.launch()
            self.take_over()
        except Exception:
            DBOS.destroy(destroy_registry=True)  # another worker of this process may be started later
            raise
        for keeper in self._keepers:
            keeper.start()
        self._switch.start()
        self._reminders.start()
        self._outward.start()
        self._status_page.start()
        self._privacy.start()

    def stop(self) -> None:
        """Stop in good order: what is in flight goes on in another worker, or in the next one."""
        self._outward.stop()
        self._status_page.stop()
        self._reminders.stop()
        self._privacy.stop()
        self._switch.stop()
        self._stop.set()
        for keeper in self._keepers:
            keeper.join()
        # Workflows that are cut off here go on elsewhere: their complaints would only alarm.
        logging.getLogger("dbos").setLevel(logging.CRITICAL)
        DBOS.destroy(workflow_completion_timeout_sec=0, destroy_registry=True)
        with self.house.engine.begin() as connection:
            leave(connection, self.id)

    def _get_ready(self) -> None:
        """Do now what the first ring would wait for: the SDK's imports, and the reading of the configuration."""
        self.phone.get_ready()
        with suppress(NotConfigured), self.house.engine.connect() as connection:
            self.house.configuration.current(connection)

    def take_over(self) -> None:
        """Resume the workflows of workers that do not beat any more; their timers keep their second."""
        living = self._living()
        for workflow in DBOS.list_workflows(status="PENDING", load_input=False, load_output=False):
            if workflow.executor_id not in living:
                logger.info("escalation taken over", workflow=workflow.workflow_id, of=workflow.executor_id)
                DBOS.resume_workflow(workflow.workflow_id, queue_name=workflow.queue_name or QUEUE)

    def _take_over_when_somebody_died(self) -> None:
        """Every second, so it asks for the workers only; all that is in flight is looked at after each sweep."""
        living = self._living()
        if living != self._knew:
            self.take_over()
            self._knew = living

    def _living(self) -> frozenset[str]:
        with self.house.engine.begin() as connection:
            return living_workers(connection, self.house.clock() - DEAD_AFTER)

    def _beat(self) -> None:
        with self.house.engine.begin() as connection:
            beat(connection, self.id, self.house.clock())

    def _jobs(self) -> tuple[Callable[[], object], ...]:
        """What is looked after in each sweep: first what keeps pages going, then what is only told."""
        house, phone = self.house, self.phone
        return (
            self._guard.look,  # before what it would tell of is mended
            self._look_again,
            lambda: sweep(house, phone),
            lambda: adopt(self._living(), self.version),
            lambda: release_engineers(house, phone),
            lambda: release_colleagues(house, phone),
            self._callers.close,
            lambda: revive(house),
            lambda: page_held(house),
            lambda: tell_engineers(house),
            lambda: summarise_old(house),
        )

    def _look_again(self) -> None:
        """With its next beat the keeper looks at all that is in flight: nobody else of this worker takes over."""
        self._knew = frozenset()

    def _keep(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            try:
                self._beat()
                self._take_over_when_somebody_died()
            except Exception:
                # A database that is away comes back; the beat goes on with the next second.
                logger.exception("the worker's keeper failed")

    def _sweep(self) -> None:
        rest = SWEEP_SECONDS
        while not self._stop.wait(rest):
            began = time.thread_time()
            try:
                tend(self._jobs())
            except Exception:
                logger.exception("the worker's sweep failed")
            rest = rest_after(time.thread_time() - began, SWEEP_SECONDS)


def dbos_config(engine: Engine, executor: str, version: str = APPLICATION_VERSION) -> DBOSConfig:
    """DBOS on Nightline's own engine, so that its transactions are ours."""
    return DBOSConfig(
        name=APPLICATION,
        system_database_engine=engine,
        executor_id=executor,
        application_version=version,
        notification_listener_polling_interval_sec=0.05,
        log_level="ERROR",
        run_migrations=False,
    )


def prepare_queue(engine: Engine) -> None:
    """Create DBOS's tables and Nightline's queue: a part of `nightline migrate`. Safe to repeat."""
    config = dbos_config(engine, "migration")
    config["run_migrations"] = True
    DBOS(config=config)
    DBOS.launch()
    DBOS.register_queue(QUEUE, polling_interval_sec=QUEUE_POLLING_SECONDS)
    DBOS.register_queue(OUT_QUEUE, worker_concurrency=DELIVERIES_AT_ONCE, partition_concurrency=1)
    DBOS.destroy(workflow_completion_timeout_sec=0)
