"""The handsets of the world outside: phones, and how the people who own them behave."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.rehearsal.leg import HungUp, Leg, SentOn
from ivr.rehearsal.texting import deliver_text

if TYPE_CHECKING:
    from ivr.rehearsal.carrier import Carrier
    from ivr.rehearsal.resources import Text

LONG_GREETING = "You have reached the voicemail. Please leave a message after the tone."


@dataclass(frozen=True)
class Behaviour:
    """How a phone takes a call. `ends` is what happens instead of ringing: busy or failed.

    `answers_after` are carrier seconds of ringing, None for a phone that only a person (or a test) picks up.
    `keys` are pressed one by one, each when the phone is asked for a key and `thinks` seconds passed.
    """

    ends: str | None = None
    answers_after: float | None = None
    keys: str = ""
    thinks: float = 2.0
    speaks: str = ""
    hangs_up_after: float | None = None


rings_out = Behaviour()
manual = Behaviour()
busy = Behaviour(ends="busy")
unreachable = Behaviour(ends="failed")
declines = Behaviour(ends="busy", answers_after=3)
silent = Behaviour(answers_after=3)
voicemail = Behaviour(answers_after=3, speaks=LONG_GREETING, hangs_up_after=40)
answers = Behaviour(answers_after=3)


def answers_and_presses(keys: str, after: float = 2.0, rings: float = 3.0) -> Behaviour:
    """Picks up, listens for `after` seconds, and presses."""
    return Behaviour(answers_after=rings, keys=keys, thinks=after)


BEHAVIOURS = {
    "rings out": rings_out,
    "busy": busy,
    "unreachable": unreachable,
    "declines": declines,
    "silent": silent,
    "voicemail": voicemail,
    "answers": answers,
    "takes it": answers_and_presses("1"),
    "passes": answers_and_presses("2"),
}
"""Behaviours by the names that people choose them by."""


class Phone:
    """A handset that can be rung and can text."""

    def __init__(self, carrier: "Carrier", number: str, behaviour: Behaviour) -> None:
        """`number` is E.164."""
        self.carrier, self.number, self.behaviour = carrier, number, behaviour
        self.legs: list[Leg] = []
        self.texts: list[Text] = []

    def wait_for_ring(self, timeout: float = 20.0, after: int = 0) -> Leg:
        """The leg of the ring number `after` (from 0), once it rings. Real seconds."""

        def rang() -> bool:
            return len(self.legs) > after and self.legs[after].status != "queued"

        if not self.carrier.wait_until(rang, timeout):
            raise AssertionError(f"{self.number} was rung {len(self.legs)} times, not {after + 1}")
        return self.legs[after]

    def wait_for_text(self, fragment: str, timeout: float = 20.0) -> "Text":
        """The first text that contains a fragment. Real seconds."""

        def found() -> "list[Text]":
            return [text for text in self.texts if fragment in text.body]

        if not self.carrier.wait_until(lambda: bool(found()), timeout):
            raise AssertionError(f"{self.number} got no {fragment!r} but: {[t.body for t in self.texts]}")
        return found()[0]

    def text(self, to: str, body: str) -> None:
        """Send a text to one of the carrier's numbers."""
        deliver_text(self.carrier, self.number, to, body)

    def ring(self, leg: Leg, seconds: float) -> str:
        """Let a leg ring here: what became of it, in the carrier's words. Raises HungUp when it was stopped."""
        self.legs.append(leg)
        behaviour = self.behaviour
        if behaviour.ends == "failed":
            return "failed"
        if behaviour.ends and behaviour.answers_after is None:
            leg.pause(0.5)
            return behaviour.ends
        self.carrier.set_status(leg, "ringing")

        def done() -> bool:
            return leg.answer_asked or leg.decline_asked

        if behaviour.answers_after is not None and behaviour.answers_after < seconds:
            asked = leg.pause(behaviour.answers_after, done)
            if not asked:
                return behaviour.ends or "answered"
        elif not leg.pause(seconds, done):
            return "no-answer"
        return "busy" if leg.decline_asked else "answered"

    def live(self, leg: Leg) -> None:
        """What the owner does once the leg was answered, in a thread of its own."""
        behaviour = self.behaviour
        try:
            if behaviour.speaks:
                leg.speak(behaviour.speaks, 6)
            for key in behaviour.keys:
                self._when(leg, lambda: leg.listening)
                self._let_pass(leg, behaviour.thinks)
                leg.press(key)
                self._when(leg, lambda: not leg.listening)
            if behaviour.hangs_up_after is not None:
                self._let_pass(leg, behaviour.hangs_up_after)
                leg.hang_up()
        except (HungUp, SentOn):
            return

    def _when(self, leg: Leg, condition: Callable[[], bool]) -> None:
        self.carrier.wait_until(condition, None, also=lambda: leg.ending is not None)
        if leg.ending is not None:
            raise HungUp

    def _let_pass(self, leg: Leg, seconds: float) -> None:
        self.carrier.wait_until(lambda: leg.ending is not None, seconds / self.carrier.pace)
        if leg.ending is not None:
            raise HungUp
