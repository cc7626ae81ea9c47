"""A phone in the terminal: dials through the stand-in carrier, shows what is heard, and presses keys."""

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import requests

SHOWN = {"hears", "presses", "says", "text", "texts", "speaks with", "surprise", "status"}
KEY_PAUSE_SECONDS = 1.0
TALK_SECONDS = 10.0
HOLD_SECONDS = 180.0
"""How long a scripted caller speaks with somebody, or waits for it once the keys are spent. Carrier seconds."""


@dataclass
class Outcome:
    """What became of a call, as it could be read along."""

    sid: str
    heard: list[str] = field(default_factory=list)
    joined_with: list[str] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)


class Terminal:
    """One caller, and the handsets of the engineers beside it. `names` are people by number."""

    def __init__(self, carrier_url: str, names: dict[str, str], write: Callable[[str], None], as_json: bool) -> None:
        """`carrier_url` is the stand-in carrier's; `write` prints one line."""
        self._url, self._names, self._write, self.as_json = carrier_url, names, write, as_json
        self._ringing: str | None = None
        self.sid = ""
        self._after = 0
        self._began = 0.0
        self._hangs_up_at: float | None = None
        self._pressing: threading.Timer | None = None

    def dial(self, from_: str, to: str) -> None:
        """Begin the call."""
        before = self._get("events?after=0&wait=no")
        self._after = before["next"]
        self._began = before["at"]
        self.sid = self._post("calls", {"from": from_, "to": to})["sid"]

    def follow(self, tokens: Iterable[str] = ()) -> Outcome:
        """Read along until the caller and whoever was rung have hung up.

        Scripted keys are pressed whenever the line listens. A scripted caller hangs up in the end, after speaking
        with somebody or after waiting for it, and then the reading ends too, whoever still rings.
        """
        outcome, waiting, open_legs = Outcome(self.sid), list(tokens), {self.sid}
        scripted = bool(waiting)
        while self.sid in open_legs if scripted else open_legs:
            found = self._get(f"events?after={self._after}")
            self._after = found["next"]
            if scripted:
                self._leave_in_time(found, waiting)
            for event in found["events"]:
                self._take(event, outcome, waiting)
                if event["what"] == "status" and event["text"] in {"ringing", "in-progress"}:
                    open_legs.add(event["leg"])
                elif event["what"] == "status":
                    open_legs.discard(event["leg"])
        if self._pressing is not None:
            self._pressing.cancel()  # the call is over, and perhaps the carrier too
            self._pressing.join()
        return outcome

    def type(self, line: str) -> None:
        """One line that somebody typed: keys, `say …`, `hang up`, or `e …` for the engineer who is rung."""
        leg, text = (self.sid, line.strip())
        if text.startswith("e ") and self._ringing:
            leg, text = self._ringing, text[2:].strip()
        if text in {"answer", "decline"} or text.startswith("hang"):
            self._act(leg, "hang-up" if text.startswith("hang") else text, {})
        elif text.startswith("say "):
            self._act(leg, "speak", {"text": text[4:]})
        elif text:
            self._act(leg, "press", {"keys": text})

    def _take(self, event: dict[str, Any], outcome: Outcome, waiting: list[str]) -> None:
        if event["what"] == "status" and event["text"] == "ringing" and event["leg"] != self.sid:
            self._ringing = event["leg"]
        if event["what"] == "surprise":
            outcome.surprises.append(event["text"])
        if event["leg"] == self.sid:
            if event["what"] == "hears":
                outcome.heard.append(event["text"])
            if event["what"] == "speaks with":
                outcome.joined_with.append(event["text"])
            if event["what"] == "listens" and waiting:
                self._press_soon(waiting)
        self._show(event)

    def _press_soon(self, waiting: list[str]) -> None:
        """The next scripted key, a moment after the line began to listen."""
        self._pressing = threading.Timer(KEY_PAUSE_SECONDS, self._perform, [waiting.pop(0), waiting])
        self._pressing.start()

    def _leave_in_time(self, found: dict[str, Any], waiting: list[str]) -> None:
        if any(event["leg"] == self.sid and event["what"] == "speaks with" for event in found["events"]):
            self._hangs_up_at = found["at"] + TALK_SECONDS
        elif self._hangs_up_at is None and not waiting:
            self._hangs_up_at = found["at"] + HOLD_SECONDS
        elif self._hangs_up_at is not None and found["at"] >= self._hangs_up_at:
            self.type("hang up")

    def _perform(self, token: str, waiting: list[str]) -> None:
        self.type(token)
        if token.startswith("say ") and waiting and waiting[0] == "#":
            self.type(waiting.pop(0))

    def _show(self, event: dict[str, Any]) -> None:
        if self.as_json:
            self._write(json.dumps(event))
        elif event["what"] in SHOWN:
            minutes, seconds = divmod(int(event["at"] - self._began), 60)
            who = self._names.get(event["who"], event["who"])
            text = self._names.get(event["text"], event["text"])
            self._write(f"{minutes:02}:{seconds:02}  {who:<14.14}  {event['what']:<11}  {text}")

    def _act(self, leg: str, action: str, given: dict[str, str]) -> None:
        self._post(f"legs/{leg}/{action}", given)

    def _get(self, path: str) -> dict[str, Any]:
        response = requests.get(f"{self._url}/rehearsal/{path}", timeout=30)
        response.raise_for_status()
        found: dict[str, Any] = response.json()
        return found

    def _post(self, path: str, given: dict[str, str]) -> dict[str, Any]:
        response = requests.post(f"{self._url}/rehearsal/{path}", json=given, timeout=30)
        response.raise_for_status()
        found: dict[str, Any] = response.json()
        return found
