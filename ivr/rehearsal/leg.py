"""One leg of a call: what its handset hears and does, and the thread that plays documents to it."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.rehearsal.carrier import Carrier

TERMINAL = {"completed", "busy", "no-answer", "failed", "canceled"}
LIVE = {"queued", "ringing", "in-progress"}
WORDS_A_SECOND = 2.5
PATIENCE_SECONDS = 5.0


class HungUp(Exception):
    """The leg ended while a document was playing."""


class SentOn(Exception):
    """A REST request gave the leg another document."""

    def __init__(self, url: str | None, twiml: str | None) -> None:
        """Either a URL to fetch, or the document itself."""
        super().__init__(url or "twiml")
        self.url, self.twiml = url, twiml


class Leg:
    """A leg as the person with the handset has it. Methods may be called from any thread."""

    def __init__(self, carrier: "Carrier", sid: str, from_: str, to: str, direction: str) -> None:
        """`direction` in the carrier's words: inbound, outbound-api, outbound-dial."""
        self.carrier, self.sid, self.from_, self.to, self.direction = carrier, sid, from_, to, direction
        self.parent: Leg | None = None
        self.status = "queued"
        self.heard: list[str] = []
        self.listening = False
        self.answer_asked = self.decline_asked = False
        self.ending: str | None = None
        self.talks_with: set[Leg] = set()
        self.started_at = carrier.real_now()
        self.answered_at: float | None = None
        self.sequence = 0
        self.thread: threading.Thread | None = None
        self._digits: list[str] = []
        self._spoken: list[tuple[str, float]] = []
        self._sent_on: SentOn | None = None
        self._scanned = 0

    # As the person with the handset

    def press(self, keys: str) -> None:
        """Press keys. They count only while the carrier listens for keys, or records.

        A patient handset first waits until it does: between two documents nobody listens for a moment.
        """
        if self.carrier.patient_handsets:
            self.carrier.wait_until(lambda: self.listening, PATIENCE_SECONDS, also=lambda: self.status in TERMINAL)
        with self.carrier.changed:
            if self.listening:
                self._digits += list(keys)
            self.carrier.note(self, "presses", keys)

    def speak(self, text: str, seconds: float = 3) -> None:
        """Say something: into a recording, or to a Gather that understands speech."""
        with self.carrier.changed:
            self._spoken.append((text, seconds))
            self.carrier.note(self, "says", text)

    def answer(self) -> None:
        """Pick up a phone that rings."""
        with self.carrier.changed:
            self.answer_asked = True
            self.carrier.changed.notify_all()

    def decline(self) -> None:
        """Reject a call that rings."""
        with self.carrier.changed:
            self.decline_asked = True
            self.carrier.changed.notify_all()

    def hang_up(self) -> None:
        """End the leg from its handset."""
        self.end("completed" if self.status == "in-progress" else "canceled")

    @property
    def with_(self) -> frozenset["Leg"]:
        """The legs that this one can speak with now."""
        return frozenset(self.talks_with)

    def wait_for(self, text: str, timeout: float = 15.0) -> str:
        """The next thing heard that contains `text`, after what was waited for before. Real seconds."""
        wanted = text.lower()

        def found() -> bool:
            return any(wanted in heard.lower() for heard in self.heard[self._scanned :])

        if not self.carrier.wait_until(found, timeout, also=lambda: self.status in TERMINAL):
            raise AssertionError(f"{self} never heard {text!r} but: {self.heard} (now {self.status})")
        for position in range(self._scanned, len(self.heard)):
            if wanted in self.heard[position].lower():
                self._scanned = position + 1
                return self.heard[position]
        raise AssertionError(f"{self} never heard {text!r} but: {self.heard} (now {self.status})")

    def wait_until(self, status: str, timeout: float = 15.0) -> None:
        """Until the leg has this status. Real seconds."""
        if not self.carrier.wait_until(lambda: self.status == status, timeout):
            raise AssertionError(f"{self} is {self.status}, not {status}; heard {self.heard}")

    def wait_until_over(self, timeout: float = 15.0) -> None:
        """Until the leg has ended, however. Real seconds."""
        if not self.carrier.wait_until(lambda: self.status in TERMINAL, timeout):
            raise AssertionError(f"{self} goes on; heard {self.heard}")

    def wait_until_with(self, other: "Leg", timeout: float = 15.0) -> None:
        """Until both can speak with each other. Real seconds."""
        if not self.carrier.wait_until(lambda: other in self.talks_with, timeout):
            raise AssertionError(f"{self} is not with {other}; heard {self.heard}, other {other.heard}")

    def __repr__(self) -> str:
        """Who calls whom."""
        return f"<Leg {self.from_} -> {self.to} {self.status}>"

    # As the carrier

    def end(self, status: str) -> None:
        """End the leg with a final status, once."""
        with self.carrier.changed:
            if self.ending is None and self.status not in TERMINAL:
                self.ending = status
                self.carrier.changed.notify_all()

    def send_on(self, url: str | None, twiml: str | None) -> None:
        """Give the leg another document, in the middle of what it plays."""
        with self.carrier.changed:
            self._sent_on = SentOn(url, twiml)
            self.carrier.changed.notify_all()

    def pause(self, seconds: float | None, until: Callable[[], bool] = lambda: False) -> bool:
        """Let carrier seconds pass (None: for ever), or less when `until` comes true, which is returned.

        Raises HungUp or SentOn as soon as that happens.
        """
        deadline = None if seconds is None else time.monotonic() + seconds / self.carrier.pace
        with self.carrier.changed:
            while True:
                self.check()
                if until():
                    return True
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    return False
                self.carrier.changed.wait(left)

    def check(self) -> None:
        """Raise what interrupts a document."""
        if self.ending is not None:
            raise HungUp
        if self._sent_on is not None:
            sent, self._sent_on = self._sent_on, None
            raise sent

    def hear(self, text: str) -> None:
        """The handset hears something."""
        with self.carrier.changed:
            self.heard.append(text)
            self.carrier.note(self, "hears", text)

    def has_key(self) -> bool:
        """Whether a key waits."""
        return bool(self._digits)

    def has_speech(self) -> bool:
        """Whether something was said that nobody took yet."""
        return bool(self._spoken)

    def take_key(self) -> str:
        """The oldest key that waits."""
        with self.carrier.changed:
            return self._digits.pop(0)

    def pressed_star(self) -> bool:
        """Whether star was pressed; other keys are for the ears of the others in the room."""
        with self.carrier.changed:
            pressed = "*" in self._digits
            self._digits.clear()
            return pressed

    def take_speech(self) -> tuple[str, float]:
        """The oldest thing said: text and its length in carrier seconds."""
        with self.carrier.changed:
            return self._spoken.pop(0)

    def listen(self, on: bool) -> None:
        """Begin or stop to count keys; keys from before are lost."""
        with self.carrier.changed:
            self.listening = on
            self._digits.clear()
            self.carrier.note(self, "listens" if on else "stops listening", "")


def seconds_of(text: str) -> float:
    """How long it takes to say something, at 150 words a minute."""
    return max(len(text.split()), 1) / WORDS_A_SECOND
