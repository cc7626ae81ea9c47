"""The lean carrier: Twilio's REST API and all legs in one event loop, in a process of its own."""

import asyncio
import multiprocessing
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from multiprocessing.connection import Connection
from typing import Any, Self

import aiohttp
from aiohttp import web

from bench.handsets import CallerLeg, EngineerLeg
from bench.legs import OVER, Leg, World
from bench.world import Caller, Engineers, Report, Rung
from ivr.rehearsal.stage import ACCOUNT

CALLS, MESSAGES = (f"/2010-04-01/Accounts/{ACCOUNT}/{what}" for what in ("Calls", "Messages"))
STARTS_WITHIN = 30
NOT_LIVE = {"code": 21220, "message": "Call is not in-progress. Cannot redirect.", "status": 400}


class Api:
    """The part of the REST API that Nightline uses."""

    def __init__(self) -> None:
        """No call yet."""
        self.world: World | None = None

    def routes(self) -> web.Application:
        """The API as an application."""
        app = web.Application()
        app.add_routes(
            [
                web.post(f"{CALLS}.json", self.create),
                web.get(f"{CALLS}.json", self.list),
                web.post(f"{CALLS}/{{sid}}.json", self.change),
                web.get(f"{CALLS}/{{sid}}.json", self.read),
                web.post(f"{MESSAGES}.json", self.text),
            ]
        )
        return app

    async def create(self, request: web.Request) -> web.Response:
        """Place a call: queued at once. The instant is that of the request, before its form is read."""
        at, form, world = time.monotonic(), await request.post(), self._world()
        leg = EngineerLeg(
            world, {k: str(v) for k, v in form.items()}, tuple(map(str, form.getall("StatusCallbackEvent")))
        )
        world.report.rung.append(Rung(leg.to, leg.attempt, at))
        world.start(leg.live())
        return web.json_response(about(leg), status=201)

    async def list(self, request: web.Request) -> web.Response:
        """The calls to a number."""
        legs = [leg for leg in self._world().legs.values() if leg.to == request.query.get("To")]
        page = {"calls": [about(leg) for leg in legs], "page": 0, "page_size": 50, "next_page_uri": None}
        return web.json_response(page)

    async def change(self, request: web.Request) -> web.Response:
        """Give a live call another document, or end it."""
        leg, form = self._world().legs[request.match_info["sid"]], await request.post()
        if leg.status in OVER:
            return web.json_response(NOT_LIVE, status=400)
        if form.get("Url"):
            leg.send_on(str(form["Url"]))
        else:
            leg.end("completed" if leg.status == "in-progress" else "canceled")
        return web.json_response(about(leg))

    async def read(self, request: web.Request) -> web.Response:
        """One call."""
        return web.json_response(about(self._world().legs[request.match_info["sid"]]))

    async def text(self, request: web.Request) -> web.Response:
        """Send a text, and report that it was delivered."""
        form, world = await request.post(), self._world()
        sid, to, sender = world.new_sid("SM"), str(form["To"]), str(form["From"])
        world.report.texts += 1
        for status in ("sent", "delivered"):
            params = {"MessageSid": sid, "MessageStatus": status, "AccountSid": ACCOUNT, "From": sender, "To": to}
            world.tell(str(form["StatusCallback"]), params)
        return web.json_response({"sid": sid, "status": "queued", "to": to, "from": sender}, status=201)

    def _world(self) -> World:
        assert self.world is not None
        return self.world


def about(leg: Leg) -> dict[str, Any]:
    """A call as the API writes it."""
    return {
        "sid": leg.sid,
        "account_sid": ACCOUNT,
        "to": leg.to,
        "from": leg.number,
        "status": leg.status,
        "direction": leg.direction,
        "start_time": format_datetime(datetime.now(UTC)),
    }


async def run(pipe: Connection) -> None:
    """Serve the API; play what the pipe asks for, one thing after the other, and report on it. None ends it."""
    api = Api()
    runner = web.AppRunner(api.routes())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    pipe.send(site._server.sockets[0].getsockname()[1])  # type: ignore[union-attr]  # aiohttp tells no other way
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        while (asked := await loop.run_in_executor(None, pipe.recv)) is not None:
            public_url, callers, engineers, patience = asked
            began, api.world = time.process_time(), World(session, public_url, engineers)
            for caller in callers:
                api.world.start(CallerLeg(api.world, caller).live())
            await api.world.rest(patience)
            api.world.report.cpu = time.process_time() - began
            pipe.send(api.world.report)
    await runner.cleanup()


def process(pipe: Connection) -> None:
    """The carrier's process."""
    asyncio.run(run(pipe))


class LeanCarrier:
    """The carrier as the benchmark has it."""

    def __init__(self) -> None:
        """Start its process."""
        self._pipe, other = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(target=process, args=[other], daemon=True)
        self._process.start()
        other.close()
        if not self._pipe.poll(STARTS_WITHIN):
            raise RuntimeError("the carrier did not start")
        self.url = f"http://127.0.0.1:{self._pipe.recv()}"

    def __enter__(self) -> Self:
        """Use as a context manager: it is stopped."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop its process."""
        self._pipe.send(None)
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid or 0

    def play(self, public_url: str, callers: Iterable[Caller], engineers: Engineers, patience: float) -> Report:
        """Let these callers call, until all lines have ended or `patience` seconds have passed."""
        self.begin(public_url, callers, engineers, patience)
        return self.report(patience)

    def begin(self, public_url: str, callers: Iterable[Caller], engineers: Engineers, patience: float) -> None:
        """Let these callers call; `report` waits for them."""
        self._pipe.send((public_url, list(callers), engineers, patience))

    def report(self, patience: float) -> Report:
        """What happened since `begin`."""
        if not self._pipe.poll(patience + STARTS_WITHIN):
            raise RuntimeError("the carrier does not answer")
        found: Report = self._pipe.recv()
        return found
