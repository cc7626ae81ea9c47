"""The keeper: keeps the snapshot fresh, notices that the database is back, and has the journal replayed."""

import threading
import time
from collections.abc import Callable

import structlog
from sqlalchemy import select, update

from ivr.standby.filelock import FileLock
from ivr.standby.houses import Houses, database_failed
from ivr.standby.journal import refresh
from ivr.standby.replay import replay
from ivr.store.tables import calls, counters, incoming_messages, messages, tickets
from ivr.upkeep import rest_after
from ivr.watch.guard import LOOK_SECONDS as GUARD_SECONDS
from ivr.watch.guard import Guard

logger = structlog.get_logger()

LOOK_SECONDS = 1.0
PAGE_SECONDS = 0.5
REFRESH_SECONDS = 60.0


class Keeper:
    """Three threads in each web process. Of those on one machine, one at a time pages and replays; all watch."""

    def __init__(self, houses: Houses) -> None:
        """Nothing runs yet."""
        self._houses = houses
        self._lead = FileLock(houses.folder / "keeper.lock")
        self._guard, self._journal_guard = Guard(houses.main), Guard(houses.standby)
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._again_and_again, args=[work, rest], name=name, daemon=True)
            for name, work, rest in (
                ("standby-keeper", self.look, lambda _took: LOOK_SECONDS),
                ("standby-pager", self.page, lambda _took: PAGE_SECONDS),
                ("guard", self.watch, lambda took: rest_after(took, GUARD_SECONDS)),
            )
        ]
        self._refreshed = -REFRESH_SECONDS - 1

    def start(self) -> None:
        """Begin to keep."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop; another process of this machine goes on."""
        self._stop.set()
        self._houses.wake()
        for thread in self._threads:
            thread.join(10)
        self._houses.escalations.stop()
        self._lead.close()

    def look(self) -> None:
        """One look: is the database there, is the snapshot fresh, is there something to replay."""
        houses = self._houses
        began = houses.main.clock()
        if self._refresh():
            if houses.is_away or houses.journal_in_use:
                self._replay()
            houses.is_away = False
        else:
            houses.main_failed(began)

    def page(self) -> None:
        """Page for what is in the journal."""
        houses = self._houses
        houses.journal_in_use = self._journal_holds_something()
        if houses.journal_in_use and self._lead.take_if_free():
            houses.escalations.look()

    def watch(self) -> None:
        """See to it that no Critical ticket is left alone: all workers may be dead."""
        if not self._houses.is_away:
            self._guard.look()
        if self._houses.journal_in_use:
            self._journal_guard.look()

    def _again_and_again(self, work: Callable[[], None], rest: Callable[[float], float]) -> None:
        """`rest` tells for how many seconds, after work that took so many of a core."""
        while not self._stop.is_set():
            began = time.thread_time()
            try:
                work()
            except Exception:
                logger.exception("the standby's keeper failed")
            with self._houses.changed:
                self._houses.changed.wait(rest(time.thread_time() - began))

    def _refresh(self) -> bool:
        """Copy what changed; False when the database does not answer. One that was away must take a write, too."""
        houses, at = self._houses, time.monotonic()
        try:
            with houses.main.engine.begin() as main, houses.standby.engine.begin() as journal:
                if houses.is_away:
                    row = counters.c.name == "configuration"
                    main.execute(update(counters).where(row).values(name="configuration"))
                refresh(main, journal, always=at - self._refreshed > REFRESH_SECONDS)
        except Exception as error:
            if not database_failed(error):
                raise
            return False
        if at - self._refreshed > REFRESH_SECONDS:
            self._refreshed = at
            houses.mirror.forget_old(houses.main.clock())
        return True

    def _replay(self) -> None:
        if self._journal_holds_something() and self._lead.take_if_free():
            with self._houses.escalations.paused():
                replay(self._houses.main, self._houses.standby, self._houses.mirror)

    def _journal_holds_something(self) -> bool:
        with self._houses.standby.engine.connect() as connection:
            keys = (calls.c.sid, tickets.c.number, messages.c.key, incoming_messages.c.sid)
            return any(connection.execute(select(key).limit(1)).first() is not None for key in keys)
