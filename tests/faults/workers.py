"""The workers of a night in one thread: they look, act, die in the middle of it, and go on where they died."""

from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from ivr.paging import loop
from routing.tickets import TicketState
from tests.faults.night import Night
from tests.faults.people import Caller, People
from tests.faults.scripted import Crash, ScriptedLeg

LONGEST_WAIT = 86
"""Seconds: a phone that is queued for a minute, rings for twenty, and five more."""


class Workers(RuleBasedStateMachine):
    """A fresh night, its people, and what its workers do next."""

    night: Night

    def __init__(self) -> None:
        super().__init__()
        self.night.begin()
        self.people = People(self.night)
        self.stuck: dict[str, Any] = {}

    # A worker's hands

    def do(self, name: str, patient: bool = True) -> None:
        """The next step of a piece of work; one that a crash cut off is done again first. The patient wait."""
        workflow, args = self.night.pager.work[name]
        if workflow == "escalate":
            move = self.stuck.pop(name, None) or self.look(name)
            if patient or move["do"] != "wait":
                self.perform(name, move)
        elif workflow == "send_text":
            self.finish(name, lambda: self.night.hands.run(loop.TEXTS, self.night.moves.send_text, *args))
        else:
            left = self.night.moves.caller_left_alone(*args)
            self.finish(name, lambda: loop.perform(self.night.moves, self.night.hands, left))

    def look(self, name: str) -> Any:
        """What an escalation is to do now. Never nothing while nobody has the ticket."""
        number, escalation = self.night.pager.work[name][1]
        before = next(ticket for ticket in self.night.tickets() if ticket.number == number)
        move = self.night.moves.look(number, escalation)
        if before.state is TicketState.PAGING and before.escalation == escalation:
            assert move["do"] != "end"
            assert move.get("seconds", 0) <= LONGEST_WAIT
        return move

    def perform(self, name: str, move: Any) -> None:
        """Carry out a move. After a crash it will be done again; an escalation that ended looks no more."""
        if move["do"] == "end":
            self.night.pager.work.pop(name, None)
            return
        try:
            loop.perform(self.night.moves, self.night.hands, move)
        except Crash:
            self.stuck[name] = move
        self.people.fetched()

    def finish(self, name: str, work: Any) -> None:
        """Work that is done once, or again after a crash."""
        try:
            work()
        except Crash:
            return
        except loop.GaveUp:
            pass
        del self.night.pager.work[name]
        self.people.fetched()

    # Who is there

    def waiting(self) -> list[Caller]:
        return [caller for caller in self.people.callers if caller.does in {"speaks", "holds", "stayed"}]

    def escalations(self) -> list[str]:
        work = self.night.pager.work.items()
        return [name for name, (workflow, _) in work if workflow == "escalate" and name not in self.stuck]

    def legs(self, *statuses: str) -> list[ScriptedLeg]:
        return [leg for leg in self.night.live_legs() if leg.status in statuses and not leg.in_room]

    def in_room(self) -> list[ScriptedLeg]:
        return [leg for leg in self.night.live_legs() if leg.in_room]

    def pick(self, *statuses: str, which: int) -> ScriptedLeg:
        legs = self.legs(*statuses)
        return legs[which % len(legs)]
