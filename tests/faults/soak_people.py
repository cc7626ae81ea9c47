"""The people of a soak: callers who dial in waves, and engineers whose phones do anything."""

import random
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from ivr.rehearsal.carrier import Carrier
from ivr.rehearsal.handsets import BEHAVIOURS, Behaviour, answers_and_presses
from ivr.rehearsal.leg import Leg
from routing.configuration import Configuration

CALLERS = ("+442079460201", "+12125550202", "+493023125203", "+33199000207")
"""Partners who may page; each is on one call at a time."""

MOODS = ["rings out", "busy", "unreachable", "declines", "silent", "voicemail", "passes"] + 5 * ["takes it"]
LEAVES, SPEAKS, CALL_BACK, OWN_PAGE = "leaves", "speaks", "asks to be called back", "wants an engineer alone"
TICKET = re.compile(r"Your ticket is ((?:\d )*\d)")


@dataclass(frozen=True)
class Spoken:
    """A ticket number that a caller heard on a call."""

    number: int
    leg: Leg


def said(leg: Leg, fragment: str) -> bool:
    """Whether a caller heard this."""
    return any(fragment in words for words in leg.heard)


class People:
    """Everybody on the stage. Threads end with `stop`."""

    def __init__(self, carrier: Carrier, configuration: Configuration, seed: int) -> None:
        self.carrier = carrier
        self.regions = [region.number for region in configuration.regions.values()]
        self.engineers = [phone for person in configuration.engineers.values() for phone in person.phones]
        self.calls: list[Leg] = []
        self._seed = seed
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Callers dial, engineers change their minds and text."""
        for position, number in enumerate(CALLERS):
            self._run(lambda chance, number=number: self._call(chance, number), position, pause=(0.5, 6))
        self._run(self._change_moods, 90, pause=(1, 3))
        self._run(self._text, 91, pause=(1, 4))
        self._run(self._use_star, 92, pause=(0.3, 2))

    def stop(self) -> None:
        """Nobody dials any more, and those on a line hang up."""
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
        for leg in self.calls:
            leg.hang_up()

    def all_take_it(self) -> None:
        """From now on every engineer answers and presses 1."""
        for number in self.engineers:
            self.carrier.add_phone(number, answers_and_presses("1"))

    def spoken(self) -> list[Spoken]:
        """Every ticket that a caller was told, once for each call."""
        found = {(leg, match) for leg in self.calls for words in leg.heard for match in TICKET.findall(words)}
        return [Spoken(int(digits.replace(" ", "")), leg) for leg, digits in found]

    def _run(self, act: Callable[[random.Random], None], position: int, pause: tuple[float, float]) -> None:
        chance = random.Random(f"{self._seed}-{position}")

        def again() -> None:
            while not self._stop.wait(chance.uniform(*pause)):
                act(chance)

        thread = threading.Thread(target=again, daemon=True)
        self._threads.append(thread)
        thread.start()

    # Callers

    def _call(self, chance: random.Random, number: str) -> None:
        leg = self.carrier.dial(number, chance.choice(self.regions))
        self.calls.append(leg)
        try:
            if not self._asks_for_an_open_ticket(chance, leg):
                self._report(chance, leg)
        except AssertionError:
            pass  # the service was gone at that moment: what counts is what was promised
        leg.hang_up()

    def _asks_for_an_open_ticket(self, chance: random.Random, leg: Leg) -> bool:
        """A partner who calls again is asked about the open ticket: true when they wait for its engineer."""
        self.carrier.wait_until(lambda: said(leg, "platform") or said(leg, "is open"), 20)
        if not said(leg, "is open") or chance.random() < 0.6:
            return False
        leg.press("1")
        self._listen(chance, leg)
        return True

    def _report(self, chance: random.Random, leg: Leg) -> None:
        """What is wrong: what a whole platform shares, or what only this partner has."""
        if said(leg, "is open"):
            leg.press("2")
        leg.wait_for("platform", 20)
        if chance.random() < 0.05:
            return
        if chance.random() < 0.4:
            leg.press("1")
        else:
            leg.press("3")
            leg.wait_for("workaround", 20)
            leg.press("1")
        leg.wait_for("Your ticket is", 20)
        self._stay(chance, leg)

    def _stay(self, chance: random.Random, leg: Leg) -> None:
        does = chance.choice([LEAVES, SPEAKS, SPEAKS, SPEAKS, CALL_BACK, OWN_PAGE])
        if does == LEAVES:
            return
        leg.wait_for("[beep]", 20)
        leg.speak("The portal shows nothing", 4)
        leg.press("#")
        if does in {CALL_BACK, OWN_PAGE}:
            leg.wait_for("[music]", 20)
            leg.press("1" if does == CALL_BACK else "2")
        self._listen(chance, leg)

    def _listen(self, chance: random.Random, leg: Leg) -> None:
        """Wait for the engineer, and speak for a while, or so long that help is called for."""
        if self.carrier.wait_until(lambda: bool(leg.with_), chance.uniform(3, 20), also=lambda: bool(leg.ending)):
            self._stop.wait(chance.choice([chance.uniform(0.2, 3), chance.uniform(3, 9)]))

    # Engineers

    def _change_moods(self, chance: random.Random) -> None:
        mood: Behaviour = BEHAVIOURS[chance.choice(MOODS)]
        self.carrier.add_phone(chance.choice(self.engineers), mood)

    def _use_star(self, chance: random.Random) -> None:
        """An engineer in conversation goes back, hands over, or adds a colleague."""
        legs = [leg for leg in list(self.carrier.legs.values()) if leg.to in self.engineers and leg.with_]
        if not legs:
            return
        leg, does = chance.choice(legs), chance.choice("1223")
        with suppress(AssertionError):  # the caller may hang up at any moment
            leg.press("*")
            leg.wait_for("To hand over", 10)
            leg.press(does)
            if does == "3":
                leg.wait_for("press 2", 10)
                leg.press(chance.choice("12"))

    def _text(self, chance: random.Random) -> None:
        number = chance.choice(self.engineers)
        asked = [text.body for text in self.carrier.phones[number].texts if "CRITICAL" in text.body]
        found = re.search(r"CRITICAL (\d+)", asked[-1]) if asked else None
        if found is None or chance.random() < 0.6:
            return
        with suppress(ConnectionError, TimeoutError):  # the carrier keeps such a text as failed
            self.carrier.phones[number].text(self.regions[0], f"{found[1]} {chance.choice('12')}")
