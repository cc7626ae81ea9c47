"""Who has the handsets of a benchmark: callers who report what is wrong, and engineers who take it."""

import asyncio
import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from bench.legs import HungUp, Leg, World
from bench.world import Caller, Heard

TICKET = re.compile(r"Your ticket is ((?:\d )*\d)")


class CallerLeg(Leg):
    """A caller's leg."""

    def __init__(self, world: World, caller: Caller) -> None:
        """The caller has not dialled yet."""
        super().__init__(world, caller.number, caller.to, "inbound")
        self.keys, self.listens, self.speaks = list(caller.keys), caller.listens, caller.speaks
        self._caller, self.heard = caller, Heard(caller.number, self.sid)
        world.report.callers.append(self.heard)

    async def live(self) -> None:
        """Dial, listen, press, speak and wait."""
        await asyncio.sleep(self._caller.at)
        self.status = "in-progress"
        try:
            await self.play(f"{self.world.public_url}/voice/answer")
        except HungUp:
            pass
        except Exception as error:
            self.heard.trouble = repr(error)[:200]
        self.over()
        self.world.tell(f"{self.world.public_url}/voice/status", self.params())

    def fetched(self, document: str, asked_at: float) -> None:
        """Note the ticket's number when it is first told, and how often the caller was kept on hold."""
        found = TICKET.search(document)
        if found and not self.heard.ticket:
            self.heard.ticket, self.heard.key_at = int(found[1].replace(" ", "")), asked_at
        if "hold.wav" in document:
            self.heard.holds += 1
            if self.heard.holds == 1:
                asyncio.get_running_loop().call_later(self._caller.stays, self._give_up)

    def joined(self) -> None:
        """An engineer is there, or comes at once."""
        self.heard.met = True

    def _give_up(self) -> None:
        if self.room is None:
            self.end("completed")


class EngineerLeg(Leg):
    """The leg of a phone that the service rang."""

    def __init__(self, world: World, form: Mapping[str, str], events: tuple[str, ...]) -> None:
        """`form` is what the REST API was sent."""
        super().__init__(world, form["From"], form["To"], "outbound-api")
        self._url, self._reports, self._events = form["Url"], form["StatusCallback"], events
        self._rings_until = float(form["Timeout"]) + 5
        self.keys, self.listens = list(world.engineers.keys), world.engineers.listens

    @property
    def attempt(self) -> str:
        """The attempt that it rings for; empty for other calls."""
        return parse_qs(urlsplit(self._url).query).get("attempt", [""])[0]

    async def live(self) -> None:
        """Ring, pick up, listen, press, and talk."""
        try:
            await self._tell("initiated")
            if self.to in self.world.engineers.busy:
                self.end("busy")
            await self.pause(0)
            self.status = "ringing"
            await self._tell("ringing")
            await self.pause(min(self.world.engineers.rings, self._rings_until))
            if self.world.engineers.rings > self._rings_until:
                self.end("no-answer")
                raise HungUp
            self.status = "in-progress"
            self.world.start(self._tell("answered"))
            await self.play(self._url)
        except HungUp:
            pass
        self.over()
        await self._tell("completed")

    async def _tell(self, event: str) -> None:
        if event in self._events:
            status = {"initiated": "initiated", "answered": "in-progress"}.get(event, self.status)
            await self.world.post(self._reports, {**self.params(), "CallStatus": status})

    def fetched(self, _document: str, _asked_at: float) -> None:
        """The last key was answered: enough, for those who leave then."""
        if self.world.engineers.leaves and not self.keys:
            self.end("completed")

    def joined(self) -> None:
        """In the room: talk, then hang up."""
        asyncio.get_running_loop().call_later(self.world.engineers.talks, self.end, "completed")
