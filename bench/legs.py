"""Legs of calls, played in one event loop: what is asked for, and how TwiML is heard."""

import asyncio
import time
from collections.abc import Coroutine, Mapping
from itertools import count
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import aiohttp

from bench.world import Asked, Engineers, Report
from ivr.rehearsal.leg import seconds_of
from ivr.rehearsal.stage import ACCOUNT, TOKEN
from ivr.rehearsal.webhooks import signed

MUSIC_SECONDS = 5.0
PATIENCE = aiohttp.ClientTimeout(total=15)
OVER = {"completed", "canceled", "busy", "no-answer", "failed"}
Verb = ElementTree.Element
Next = tuple[str, Mapping[str, str]]
"""A document to ask for, and with which parameters."""


class HungUp(Exception):
    """The leg has ended."""


class SentOn(Exception):
    """The REST API gave the leg another document."""


class World:
    """All legs of one carrier, its rooms, and what is told of them."""

    def __init__(self, session: aiohttp.ClientSession, public_url: str, engineers: Engineers) -> None:
        """`session` sends the webhooks."""
        self.session, self.public_url, self.engineers = session, public_url, engineers
        self.report = Report()
        self.legs: dict[str, Leg] = {}
        self.rooms: dict[str, set[Leg]] = {}
        self.work: set[asyncio.Task[None]] = set()
        self._sids = count(1)

    def new_sid(self, kind: str) -> str:
        """A fresh id."""
        return f"{kind}{time.time_ns():024x}{next(self._sids):08x}"

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside everything else; `rest` waits for it."""
        task = asyncio.ensure_future(work)
        self.work.add(task)
        task.add_done_callback(self.work.discard)

    async def rest(self, seconds: float) -> None:
        """Until no leg lives and no report is under way, or so many seconds have passed."""
        until = time.monotonic() + seconds
        while self.work and time.monotonic() < until:
            await asyncio.wait(set(self.work), timeout=until - time.monotonic())

    async def post(self, url: str, params: Mapping[str, str]) -> bytes:
        """Send one signed form and note how long the answer took; empty for what failed."""
        request = signed(TOKEN, url, tuple(params.items()))
        began, status, body = time.monotonic(), 0, b""
        try:
            async with self.session.post(
                request.url, data=dict(request.params), headers=dict(request.headers), timeout=PATIENCE
            ) as answer:
                status, body = answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            pass
        step = urlsplit(url).path.rsplit("/", 1)[-1]
        self.report.asked.append(Asked(step, began, time.monotonic() - began, status))
        return body if status == 200 else b""

    def tell(self, url: str, params: Mapping[str, str]) -> None:
        """Send a report whose answer does not matter."""
        self.start(self._tell(url, params))

    async def _tell(self, url: str, params: Mapping[str, str]) -> None:
        await self.post(url, params)


class Leg:
    """One leg. `keys` are pressed one for each question, after `listens` seconds."""

    def __init__(self, world: World, number: str, to: str, direction: str) -> None:
        """`direction` in the carrier's words."""
        self.world, self.number, self.to, self.direction = world, number, to, direction
        self.sid, self.status = world.new_sid("CA"), "queued"
        self.keys: list[str] = []
        self.listens = self.speaks = 0.0
        self.room: str | None = None
        self._woken = asyncio.Event()
        self._sent_on: str | None = None
        self._ending = ""
        world.legs[self.sid] = self

    def params(self) -> dict[str, str]:
        """What every voice request carries."""
        return {
            "CallSid": self.sid,
            "AccountSid": ACCOUNT,
            "From": self.number,
            "To": self.to,
            "CallStatus": self.status,
            "Direction": self.direction,
            "ApiVersion": "2010-04-01",
        }

    # What others do to it

    def end(self, status: str) -> None:
        """End the leg, once."""
        self._ending = self._ending or status
        self._woken.set()

    def send_on(self, url: str) -> None:
        """Give it another document in the middle of what it hears."""
        self._sent_on = url
        self._woken.set()

    # What it hears

    async def play(self, url: str) -> None:
        """Ask for documents and play them until one ends the call. Raises HungUp."""
        following: Next | None = (url, {})
        while following is not None:
            try:
                following = await self._perform(await self._fetch(*following))
            except SentOn as sent:
                following = str(sent), {}

    async def _fetch(self, url: str, params: Mapping[str, str]) -> Verb:
        self._check()
        began = time.monotonic()
        body = await self.world.post(url, {**self.params(), **params})
        self._check()
        self.fetched(body.decode(), began)
        return ElementTree.fromstring(body or b"<Response/>")  # noqa: S314 - our own service wrote it

    def fetched(self, _document: str, _asked_at: float) -> None:
        """A document came."""

    async def _perform(self, document: Verb) -> Next | None:
        for verb in document:
            match verb.tag:
                case "Say" | "Play":
                    await self.pause(length_of(verb))
                case "Redirect":
                    return verb.text or "", {}
                case "Gather":
                    if keys := await self._gather(verb):
                        return keys
                case "Record":
                    return await self._record(verb)
                case "Dial":
                    return await self._dial(verb)
                case _:
                    return None
        return None

    async def _gather(self, verb: Verb) -> Next | None:
        says = sum(length_of(child) for child in verb)
        if not self.keys:
            await self.pause(says + float(verb.get("timeout", "5")))
            return None
        await self.pause(min(self.listens, says))
        return verb.get("action", ""), {"Digits": self.keys.pop(0)}

    async def _record(self, verb: Verb) -> Next:
        await self.pause(self.speaks)
        sid = self.world.new_sid("RE")
        about = {
            "RecordingSid": sid,
            "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{sid}",
            "RecordingDuration": str(round(self.speaks)),
        }
        report = {"AccountSid": ACCOUNT, "CallSid": self.sid, "RecordingStatus": "completed", **about}
        self.world.tell(verb.get("recordingStatusCallback", ""), report)
        return verb.get("action", ""), {**about, "Digits": "#"}

    async def _dial(self, verb: Verb) -> Next:
        """Stay in the room until it is over; any other number does not answer. Raises HungUp."""
        action, room = verb.get("action", ""), verb.find("Conference")
        if room is None:
            await self.pause(float(verb.get("timeout", "20")))
            return action, {"DialCallStatus": "no-answer"}
        self.room = room.text or ""
        others = self.world.rooms.setdefault(self.room, set())
        others.add(self)
        try:
            self.joined()
            await self.pause(None)
        except HungUp:
            self.world.tell(action, {**self.params(), "CallStatus": "completed"})
        finally:
            others.discard(self)
            self.room = None
            if room.get("endConferenceOnExit") == "true":
                for other in list(others):
                    other.end("completed")  # whoever is left alone hangs up at once
        raise HungUp

    def joined(self) -> None:
        """The leg is in a room."""

    async def pause(self, seconds: float | None) -> None:
        """Let time pass; None for ever. Raises HungUp or SentOn as soon as that happens."""
        until = None if seconds is None else time.monotonic() + seconds
        while True:
            self._check()
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                return
            self._woken.clear()
            try:
                await asyncio.wait_for(self._woken.wait(), left)
            except TimeoutError:
                return

    def _check(self) -> None:
        if self._ending:
            raise HungUp
        if self._sent_on is not None:
            url, self._sent_on = self._sent_on, None
            raise SentOn(url)

    def over(self) -> str:
        """Note how it ended."""
        self.status = self._ending or "completed"
        self._ending = self.status
        return self.status


def length_of(verb: Verb) -> float:
    """How long a verb is heard, in seconds."""
    if verb.tag == "Play":
        return MUSIC_SECONDS
    return seconds_of(verb.text or "")
