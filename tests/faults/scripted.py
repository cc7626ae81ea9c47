"""A scripted carrier: it keeps legs as the real one does, and fails exactly when and how it is told to."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from ivr.paging import loop
from ivr.paging.phone import LIVE, LegState, PhoneFailed
from ivr.places import To

Found = TypeVar("Found")


class Fault(Enum):
    """What becomes of the next request; `DOWN` lasts until it is taken back."""

    REFUSED = "this number is refused for good"
    DOWN = "nothing is answered"
    ANSWER_LOST = "it is done, but the answer is lost"
    CRASH_BEFORE = "the worker dies before the request leaves"
    CRASH_AFTER = "the worker dies before it records the answer"


class Crash(BaseException):
    """The process is gone: no handler of the service runs."""


@dataclass
class ScriptedLeg:
    """An engineer's leg. `unrecorded`: the worker never heard that it exists; `told`: a report named it."""

    sid: str
    attempt: str
    to: str
    dialled_by: str | None = None
    status: str = "queued"
    in_room: bool = False
    unrecorded: bool = False
    told: bool = False

    @property
    def is_live(self) -> bool:
        return self.status in LIVE


class ScriptedCarrier:
    """Does what `Phone` asks of the real one."""

    def __init__(self, placed: Callable[[ScriptedLeg], None]) -> None:
        """`placed` is told of every leg, just before it exists."""
        self._placed = placed
        self.forget()

    def forget(self) -> None:
        """No legs, and nothing fails."""
        self.legs: dict[str, ScriptedLeg] = {}
        self.sent: list[tuple[str, To]] = []
        self.callers: set[str] = set()
        self.fault: Fault | None = None

    def new_leg(self, attempt: str, to: str, dialled_by: str | None = None) -> ScriptedLeg:
        """A leg that begins to be rung, through the API or by a caller's own leg."""
        leg = ScriptedLeg(f"CA{len(self.legs):032x}", attempt, to, dialled_by)
        self._placed(leg)
        self.legs[leg.sid] = leg
        return leg

    # As `Phone`

    def ring(self, attempt: str, to: str, _caller_id: str, _seconds: int) -> str:
        if self.fault is Fault.REFUSED:
            self.fault = None
            raise PhoneFailed("21211: not a number", permanent=True)
        unrecorded = self.fault in {Fault.ANSWER_LOST, Fault.CRASH_AFTER}

        def place() -> str:
            leg = self.new_leg(attempt, to)
            leg.unrecorded = unrecorded
            return leg.sid

        return self._ask(place)

    def living_legs(self, to: str, _caller_id: str) -> list[LegState]:
        def find() -> list[LegState]:
            # The API lists the newest first; what another leg dialled is left out.
            legs = (leg for leg in reversed(self.legs.values()) if leg.to == to and leg.is_live)
            return [LegState(leg.sid, leg.status) for leg in legs if not leg.dialled_by]

        return self._ask(find)

    def state(self, leg: str) -> LegState:
        return self._ask(lambda: LegState(leg, self.legs[leg].status))

    def end(self, leg: str) -> None:
        def hang_up() -> None:
            found = self.legs[leg]
            if found.is_live:
                found.status = "completed" if found.status == "in-progress" else "canceled"

        self._ask(hang_up)

    def send_to(self, leg: str, place: To) -> bool:
        def interrupt() -> bool:
            lives = leg in self.callers or (leg in self.legs and self.legs[leg].is_live)
            self.sent += [(leg, place)] if lives else []
            return lives

        return self._ask(interrupt)

    def text(self, _to: str, _caller_id: str, _body: str) -> tuple[str, str]:
        return self._ask(lambda: ("SM" + "0" * 32, "queued"))

    def _ask(self, request: Callable[[], Found]) -> Found:
        fault = self.fault
        if fault is Fault.DOWN:
            raise PhoneFailed("20503: unavailable", permanent=False)
        if fault is not Fault.REFUSED:
            self.fault = None
        if fault is Fault.CRASH_BEFORE:
            raise Crash
        found = request()
        if fault is Fault.ANSWER_LOST:
            raise PhoneFailed("timed out", permanent=False)
        if fault is Fault.CRASH_AFTER:
            raise Crash
        return found


class Hands:
    """Steps without threads: a failure is tried again at once, a wait moves the clock."""

    def __init__(self, wait: Callable[[float], None]) -> None:
        """`wait` lets seconds pass."""
        self.wait = wait

    def run(self, tries: Any, step: Callable[..., Any], *args: Any) -> Any:
        """Do a step as often as it may be tried."""
        for left in range(tries.times - 1, -1, -1):
            try:
                return step(*args)
            except PhoneFailed as error:
                if not loop.may_pass(error):
                    raise
                if left == 0:
                    raise loop.GaveUp(str(error)) from error
            self.wait(loop.RETRY_SECONDS)
        raise AssertionError
