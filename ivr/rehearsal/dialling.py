"""Dial with numbers: all ring at once, the first to answer is whispered to and then connected."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ivr.rehearsal.documents import Verb
from ivr.rehearsal.leg import HungUp, Leg, SentOn
from ivr.rehearsal.playing import play
from ivr.rehearsal.resources import Script
from ivr.rehearsal.verbs import CARRIER_RING_EXTRA, Over, method_of

if TYPE_CHECKING:
    from ivr.rehearsal.carrier import Carrier

WORST = ("busy", "no-answer", "failed")


class Dialling:
    """Rings numbers for a leg and connects it with who answers."""

    def __init__(self, carrier: "Carrier") -> None:
        """Nothing rings yet."""
        self._carrier = carrier
        self._bridged: set[Leg] = set()

    def ring_numbers(self, leg: Leg, verb: Verb, here: str) -> dict[str, str]:
        """Ring all numbers of a Dial, connect the first that answers, and say how it ended."""
        seconds = max(verb.seconds("timeout", 30), 5) + CARRIER_RING_EXTRA
        children = [self._child(leg, verb, number) for number in verb.children]
        for child, number in zip(children, verb.children, strict=True):
            self._carrier.run(self._ringing(child, number, seconds, here), f"child-{child.sid}")
        try:
            leg.pause(None, lambda: any(c.answered_at for c in children) or all(c.ending for c in children))
            answered = next((c for c in children if c.answered_at), None)
            for other in children:
                if other is not answered:
                    other.end("canceled")
            return self._talk(leg, answered) if answered else self._failed(children)
        finally:
            for child in children:
                child.end("completed" if child.answered_at else "canceled")
                leg.talks_with.discard(child)

    def outcome_of(self, leg: Leg, unless: str) -> str:
        """The DialCallStatus of a caller who hung up: completed when two had been connected."""
        return "completed" if leg in self._bridged else unless

    def _child(self, leg: Leg, verb: Verb, number: Verb) -> Leg:
        child = self._carrier.new_leg(verb.get("callerId") or leg.from_, number.text, "outbound-dial")
        child.parent = leg
        reports = number.get("statusCallback")
        if reports:
            events = tuple(number.get("statusCallbackEvent", "completed").split())
            self._carrier.scripts[child.sid] = Script("", status_callback=reports, events=events)
        return child

    def _ringing(self, child: Leg, number: Verb, seconds: float, here: str) -> Callable[[], None]:
        """One number's own thread: ring, be answered, hear the whisper, stay."""
        carrier = self._carrier

        def run() -> None:
            try:
                carrier.callbacks.tell(child, "initiated")
                became = carrier.ring(child, seconds)
                if became != "answered":
                    child.end(became)
                    return
                carrier.set_status(child, "in-progress")
                carrier.let_owner_act(child)
                if number.get("url"):
                    whisper = urljoin(here, number.get("url"))
                    play(carrier, child, whisper, ends=False, method=method_of(number))
                self._bridged_now(child)
                child.pause(None)
            except HungUp:
                pass
            except (Over, SentOn):
                child.end("completed")
            finally:
                carrier.finish(child, child.ending or "completed")

        return run

    def _bridged_now(self, child: Leg) -> None:
        with self._carrier.changed:
            parent = child.parent
            assert parent is not None
            self._bridged |= {parent, child}
            parent.talks_with, child.talks_with = {child}, {parent}
            self._carrier.note(parent, "speaks with", child.to)

    def _talk(self, leg: Leg, child: Leg) -> dict[str, str]:
        """Until one of the two hangs up. A child that was never bridged still gives `completed`: the trap."""
        leg.pause(None, lambda: child.ending is not None)
        bridged = child in self._bridged
        return {
            "DialCallStatus": "completed",
            "DialCallSid": child.sid,
            "DialCallDuration": str(self._carrier.seconds_since(child.answered_at) if bridged else 0),
            "DialBridged": "true" if bridged else "false",
        }

    def _failed(self, children: list[Leg]) -> dict[str, str]:
        became = {child.ending for child in children}
        status = next((status for status in WORST if status in became), "no-answer")
        return {
            "DialCallStatus": status,
            "DialCallSid": children[-1].sid,
            "DialCallDuration": "0",
            "DialBridged": "false",
        }
