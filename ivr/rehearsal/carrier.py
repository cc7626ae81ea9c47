"""The stand-in carrier: plays Twilio on loopback, for tests, for the demo and for anybody who tries the line."""

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ivr.rehearsal.callbacks import Callbacks
from ivr.rehearsal.dialling import Dialling
from ivr.rehearsal.documents import Verb
from ivr.rehearsal.door import Door
from ivr.rehearsal.handsets import Behaviour, Phone, rings_out
from ivr.rehearsal.leg import HungUp, Leg
from ivr.rehearsal.playing import play
from ivr.rehearsal.resources import Event, Number, Script, Text
from ivr.rehearsal.rooms import Rooms
from ivr.rehearsal.server import Server
from ivr.rehearsal.verbs import Over
from ivr.rehearsal.webhooks import Deliver, WebhookResponse, asking_for, over_http, signed, with_strangers


class Carrier:
    """One account at the carrier, with its numbers, the phones of the world outside, and all legs."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        pace: float = 1.0,
        deliver: Deliver = over_http,
        seed: int = 0,
    ) -> None:
        """`pace` makes every wait of the carrier shorter by that factor; `deliver` sends its requests."""
        self.account_sid, self.auth_token, self.pace, self.deliver = account_sid, auth_token, pace, deliver
        self.chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.changed = threading.Condition(threading.RLock())
        self.numbers: dict[str, Number] = {}
        self.phones: dict[str, Phone] = {}
        self.legs: dict[str, Leg] = {}
        self.scripts: dict[str, Script] = {}
        self.texts: list[Text] = []
        self.stopped, self.shut_countries, self.services = set[str](), set[str](), dict[str, str | None]()
        self.recordings: dict[str, int] = {}
        self.log: list[Event] = []
        self.surprises: list[str] = []
        self.silent_record = "action"
        self.patient_handsets = False
        self.calls_per_second: float | None = None
        self.fail_rest: Callable[[str, str], tuple[int, int] | None] = lambda _method, _path: None
        self.callbacks = Callbacks(self)
        self.rooms, self.dialling, self.door = Rooms(self), Dialling(self), Door()
        self._began = time.monotonic()
        self._threads: list[threading.Thread] = []
        self._server: Server | None = None
        self._sids = 0
        self._next_place = 0.0

    # Setting up

    def add_number(self, number: str, **urls: Any) -> None:
        """One of our numbers: `voice_url`, and what else a Number has."""
        self.numbers[number] = Number(number, **urls)

    def add_phone(self, number: str, behaviour: Behaviour = rings_out) -> Phone:
        """A handset in the world outside, or the same one with another behaviour."""
        phone = self.phones.get(number)
        if phone is None:
            phone = self.phones[number] = Phone(self, number, behaviour)
        phone.behaviour = behaviour
        return phone

    def serve(self, port: int = 0, *more: Any) -> str:
        """Start the REST API on loopback, with `more` blueprints beside it; returns its base URL."""
        self._server = Server(self, port, more)
        return self._server.url

    def close(self) -> None:
        """End every leg and stop."""
        for leg in list(self.legs.values()):
            leg.end("completed")
        for thread in list(self._threads):
            thread.join(10)
        self.callbacks.close()
        if self._server is not None:
            self._server.close()

    # Calls

    def dial(self, from_: str, to: str, extra: Mapping[str, str] | None = None) -> Leg:
        """An inbound call from a handset to one of our numbers."""
        number = self.numbers[to]
        leg = self.new_leg(from_, to, "inbound", number.voice_url)
        self.scripts[leg.sid] = Script(
            number.voice_url, number.fallback_url, number.status_callback, fallback_method=number.fallback_method
        )
        leg.status = "ringing"
        self.run(lambda: self._inbound(leg, dict(extra or {})), f"call-{leg.sid}")
        return leg

    def place(self, to: str, from_: str, script: Script) -> Leg:
        """An outbound call through the REST API: queued at once, placed when the rate allows."""
        leg = self.new_leg(from_, to, "outbound-api")
        self.scripts[leg.sid] = script
        self.run(lambda: self._outbound(leg, script), f"call-{leg.sid}")
        return leg

    def _inbound(self, leg: Leg, extra: dict[str, str]) -> None:
        try:
            play(self, leg, self.scripts[leg.sid].url, extra)
        except HungUp:
            pass
        except Over as over:
            leg.end(over.status)
        self.finish(leg, leg.ending or "completed")

    def _outbound(self, leg: Leg, script: Script) -> None:
        try:
            self._queue(leg)
            self.callbacks.tell(leg, "initiated")
            became = self.ring(leg, script.timeout + 5)
            if became != "answered":
                leg.end(became)
                raise HungUp
            self.set_status(leg, "in-progress")
            self.let_owner_act(leg)
            play(self, leg, script.url)
        except HungUp:
            pass
        except Over:
            leg.end("completed")
        self.finish(leg, leg.ending or "completed")

    def _queue(self, leg: Leg) -> None:
        if self.calls_per_second is None:
            return
        with self.changed:
            now = time.monotonic()
            turn = max(now, self._next_place)
            self._next_place = turn + 1 / self.calls_per_second / self.pace
        leg.pause((turn - now) * self.pace)

    def let_owner_act(self, leg: Leg) -> None:
        """Whoever picked up does what they do."""
        phone = self.phones[leg.to]
        self.run(lambda: phone.live(leg), f"owner-{leg.sid}")

    def ring(self, leg: Leg, seconds: float) -> str:
        """Let the called phone ring; what became of it. A number nobody expected is a surprise and fails."""
        phone = self.phones.get(leg.to)
        if phone is None:
            self.surprise(f"a call to {leg.to}, which is no phone")
            return "failed"
        return phone.ring(leg, seconds)

    # What legs tell

    def post(self, url: str, params: Mapping[str, str]) -> WebhookResponse:
        """Send one signed form. One retry when the connection fails, as the carrier does."""
        return self.ask(url, params, "POST")

    def ask(self, url: str, params: Mapping[str, str], method: str) -> WebhookResponse:
        """Send one signed request by POST or GET, with the same retry.

        The answer's `url` is the document's own: what GET appends to the query is no part of it.
        """
        request = signed(self.auth_token, url, with_strangers(dict(params), self.chance), method)
        try:
            response = self.deliver(request)
        except ConnectionError:
            response = self.deliver(request)
        return replace(response, url=url.split("#")[0]) if response.url == request.url else response

    def fetch(self, url: str) -> None:
        """Get a file that is to be played; one that cannot be had is a surprise, and silence."""
        try:
            response = self.deliver(asking_for(url))
            failed = f"HTTP {response.status}" if response.status != 200 else ""
        except (ConnectionError, TimeoutError) as error:
            failed = str(error)
        if failed:
            self.surprise(f"11200: {url}: {failed}")

    def voice_params(self, leg: Leg, status: str | None = None) -> dict[str, str]:
        """The parameters that every voice request carries."""
        params = {
            "CallSid": leg.sid,
            "AccountSid": self.account_sid,
            "From": leg.from_,
            "To": leg.to,
            "Caller": leg.from_,
            "Called": leg.to,
            "CallStatus": status or leg.status,
            "ApiVersion": "2010-04-01",
            "Direction": leg.direction,
        }
        return {**params, "ParentCallSid": leg.parent.sid} if leg.parent else params

    def last_word(self, leg: Leg, action: str, found: Mapping[str, str], method: str = "POST") -> None:
        """The action of a verb that the caller hung up in: sent, its answer ignored."""
        params = {**self.voice_params(leg, "completed"), **found}
        self.callbacks.send(action, params, method)

    def recording(self, sid: str, seconds: int) -> dict[str, str]:
        """What is told of a recording."""
        self.recordings[sid] = seconds
        api = self._server.url if self._server else "https://api.twilio.com"
        url = f"{api}/2010-04-01/Accounts/{self.account_sid}/Recordings/{sid}"
        return {"RecordingSid": sid, "RecordingUrl": url, "RecordingDuration": str(seconds)}

    def report_recording(self, leg: Leg, verb: Verb, sid: str, seconds: int) -> None:
        """The asynchronous report of a finished recording, about the parent leg."""
        url = verb.get("recordingStatusCallback")
        if url:
            about = leg.parent or leg
            params = {"AccountSid": self.account_sid, "CallSid": about.sid, "RecordingStatus": "completed"}
            self.callbacks.send(
                url,
                {
                    **params,
                    **self.recording(sid, seconds),
                    "RecordingChannels": "1",
                    "RecordingSource": "RecordVerb",
                },
            )

    def set_status(self, leg: Leg, status: str) -> None:
        """The leg moved on."""
        with self.changed:
            leg.status = status
            if status == "in-progress":
                leg.answered_at = time.monotonic()
            self.note(leg, "status", status)
        self.callbacks.tell(leg, "answered" if status == "in-progress" else status)

    def finish(self, leg: Leg, status: str) -> None:
        """The leg is over; the last report goes out."""
        with self.changed:
            leg.ending = leg.ending or status
            leg.status, leg.talks_with = status, set()
            self.note(leg, "status", status)
        self.callbacks.tell(leg, "completed")

    # Small things

    def new_leg(self, from_: str, to: str, direction: str, _url: str = "") -> Leg:
        """A leg that is known to the REST API."""
        leg = Leg(self, self.new_sid("CA"), from_, to, direction)
        with self.changed:
            self.legs[leg.sid] = leg
        return leg

    def new_sid(self, kind: str) -> str:
        """A fresh id, such as CA and 32 hex digits."""
        with self.changed:
            self._sids += 1
            return f"{kind}{self.chance.getrandbits(96):024x}{self._sids:08x}"

    def run(self, work: Callable[[], None], name: str) -> None:
        """Run something in a thread that `close` waits for."""
        thread = threading.Thread(target=work, name=name, daemon=True)
        with self.changed:
            self._threads = [t for t in self._threads if t.is_alive() or not t.ident] + [thread]
        thread.start()

    def note(self, leg: Leg | None, what: str, text: str, who: str = "") -> None:
        """Write the log, and wake whoever waits for something."""
        with self.changed:
            handset = who or (leg and (leg.from_ if leg.direction == "inbound" else leg.to)) or ""
            self.log.append(Event(self.now(), leg.sid if leg else "", handset, what, text))
            self.changed.notify_all()

    def surprise(self, text: str) -> None:
        """Something that nobody expected."""
        with self.changed:
            self.surprises.append(text)
            self.note(None, "surprise", text)

    def wait_until(
        self, condition: Callable[[], bool], timeout: float | None, also: Callable[[], bool] = lambda: False
    ) -> bool:
        """Wait until a condition holds, or `also` does (which counts as no). Real seconds; None for ever."""
        with self.changed:
            self.changed.wait_for(lambda: condition() or also(), timeout)
            return condition()

    def now(self) -> float:
        """Carrier seconds since the start."""
        return (time.monotonic() - self._began) * self.pace

    def real_now(self) -> datetime:
        """The real instant, as the REST API dates things."""
        return datetime.now(UTC)

    def seconds_since(self, moment: float | None) -> int:
        """Whole carrier seconds since a moment."""
        return round((time.monotonic() - (moment or time.monotonic())) * self.pace)
