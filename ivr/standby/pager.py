"""The standby's pager: rings the engineers from the journal while the durable engine is down with its database."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, select

from ivr.house import House
from ivr.paging import loop
from ivr.paging.incidents import tell_engineers
from ivr.paging.legs import end_unwanted
from ivr.paging.loop import TEXTS, GaveUp, Tries
from ivr.paging.moves import Moves
from ivr.paging.pager import Pager
from ivr.paging.phone import Phone, PhoneFailed
from ivr.store import attempts, tickets
from ivr.store.messages import WAITING
from ivr.store.tables import messages
from routing.tickets import Ticket

logger = structlog.get_logger()

CALLER_GRACE = timedelta(seconds=4)
UNWANTED_PAUSE = 2
"""Seconds between two tries to end the legs that nobody wants."""


class LocalPager(Pager):
    """Nothing is enqueued: what the journal says is what there is to do. Whoever waits is woken."""

    def __init__(self, changed: threading.Condition) -> None:
        """`changed` is notified whenever something may have to be done."""
        self._changed = changed

    def ring_bell(self, _connection: Connection, _ticket: Any) -> None:
        """Wake every escalation of this process; those of others look within a second."""
        self._wake()

    def living(self, paging: Iterable[Ticket]) -> frozenset[int]:
        """All: what the journal says is begun anew every half second."""
        return frozenset(ticket.number for ticket in paging)

    def _enqueue(self, *_: object) -> None:
        self._wake()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


class LocalSteps:
    """Steps in a thread of this process: what they did is in the journal, so that another thread can go on."""

    LONGEST_WAIT = 0.5

    def __init__(self, changed: threading.Condition, stopped: threading.Event, gate: "Gate") -> None:
        """Ends with GaveUp once `stopped` is set."""
        self._changed, self._stopped, self._gate = changed, stopped, gate

    def run(self, tries: Tries, step: Callable[..., Any], *args: Any) -> Any:
        """Do a step, again after a failure that may pass."""
        pause = loop.RETRY_SECONDS
        for left in range(tries.times - 1, -1, -1):
            if self._stopped.is_set():
                raise GaveUp("the standby stops")
            try:
                with self._gate.passed():
                    return loop.told(step)(*args)
            except Exception as error:
                if not loop.may_pass(error):
                    raise
                if left == 0:
                    raise GaveUp(str(error)) from error
                self._stopped.wait(pause)
                pause *= tries.slower
        raise AssertionError

    def wait(self, seconds: float) -> None:
        """Wait for a change of this process, and look at what others wrote every half second."""
        with self._changed:
            self._changed.wait(min(seconds, self.LONGEST_WAIT))


class Gate:
    """Steps pass through it, many at once; it can be shut, which waits for those inside."""

    def __init__(self) -> None:
        """Open."""
        self._changed = threading.Condition()
        self._inside = 0
        self._shut = False

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Be inside, once the gate is open."""
        with self._changed:
            self._changed.wait_for(lambda: not self._shut)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def shut(self) -> Iterator[None]:
        """Nobody is inside."""
        with self._changed:
            self._shut = True
            self._changed.wait_for(lambda: self._inside == 0)
        try:
            yield
        finally:
            with self._changed:
                self._shut = False
                self._changed.notify_all()


class LocalEscalations:
    """One thread for each ticket of the journal that pages or whose engineer is being brought to the caller."""

    def __init__(self, house: House, changed: threading.Condition) -> None:
        """`house` is the standby's."""
        self._house, self._changed = house, changed
        self._phone = Phone(house.settings)
        self._moves = Moves(house, self._phone)
        self._stopped, self._gate = threading.Event(), Gate()
        self._running: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()

    def look(self) -> None:
        """Start what is to be done and nobody does yet. Called every second, and after each change."""
        tell_engineers(self._house)
        with self._house.engine.begin() as connection:
            active = tickets.active_tickets(connection)
            waiting = connection.execute(select(messages.c.key).where(messages.c.status == WAITING)).scalars().all()
            left = [attempt for ticket in active for attempt in self._lines_that_ended(connection, ticket.number)]
            living = attempts.living_attempts(connection)
        asked = [one.id for one in living if one.helps and not one.placed_at]
        if any(one.is_unwanted for one in living):
            self._start("unwanted-legs", self._end_unwanted)
        for ticket in active:
            name = f"escalation-{ticket.number}-{ticket.escalation}"
            self._start(name, loop.escalate, self._moves, self._steps(), ticket.number, ticket.escalation)
        for key in waiting:
            self._start(f"text-{key}", self._steps().run, TEXTS, self._moves.send_text, key)
        for attempt in asked:
            self._start(f"colleague-{attempt}", loop.ring_colleague, self._moves, self._steps(), attempt)
        for attempt in left:
            self._start(f"line-{attempt}", self._look_after_caller, attempt)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """No step is under way: what the journal says is all that was done."""
        with self._gate.shut():
            yield

    def stop(self) -> None:
        """End all threads; what they did not do, the next process or the replay does."""
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()
        for thread in list(self._running.values()):
            thread.join(5)

    def _steps(self) -> LocalSteps:
        return LocalSteps(self._changed, self._stopped, self._gate)

    def _start(self, name: str, work: Callable[..., Any], *args: Any) -> None:
        with self._lock:
            self._running = {n: t for n, t in self._running.items() if t.is_alive()}
            if name in self._running or self._stopped.is_set():
                return
            thread = threading.Thread(target=self._do, args=[work, *args], name=name, daemon=True)
            self._running[name] = thread
        thread.start()

    def _do(self, work: Callable[..., Any], *args: Any) -> None:
        try:
            work(*args)
        except (GaveUp, PhoneFailed) as failure:
            logger.warning("given up on the standby", why=str(failure))
        except Exception:
            logger.exception("the standby's pager failed")

    def _lines_that_ended(self, connection: Connection, ticket: int) -> list[str]:
        """Engineers' legs that ended a while ago after they had spoken with the caller."""
        before = self._house.clock() - CALLER_GRACE / self._house.settings.pace
        spoke = (attempt for attempt in attempts.attempts_of(connection, ticket) if attempt.joined_at)
        return [attempt.id for attempt in spoke if attempt.ended_at and attempt.ended_at < before]

    def _end_unwanted(self) -> None:
        with self._gate.passed():
            end_unwanted(self._house, self._phone)
        self._stopped.wait(UNWANTED_PAUSE)

    def _look_after_caller(self, attempt: str) -> None:
        loop.perform(self._moves, self._steps(), self._moves.caller_left_alone(attempt))
