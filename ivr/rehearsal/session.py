"""One rehearsal in one process: web application, paging worker and stand-in carrier, on a throw-away database."""

import os
import secrets
import threading
import time
from collections.abc import Callable

from sqlalchemy import Engine
from werkzeug.serving import make_server

from ivr.app import create_app
from ivr.house import House, build_house
from ivr.paging.worker import Worker, prepare_queue
from ivr.rehearsal.carrier import Carrier
from ivr.rehearsal.door import Door
from ivr.rehearsal.handsets import BEHAVIOURS
from ivr.rehearsal.phones import connect_phones
from ivr.rehearsal.plan import Plan
from ivr.rehearsal.remote import remote
from ivr.rehearsal.server import Quiet
from ivr.rehearsal.wall import is_here
from ivr.settings import Settings
from ivr.store.announcements import add_announcement
from ivr.store.audit import Author
from ivr.store.configuration import save_configuration, save_partners
from ivr.store.engine import WORKER_WAITS, connect
from ivr.store.migrate import migrate

LOOK_SECONDS = 0.5


class Session:
    """A rehearsal. Its process ends with it, so that nothing is stopped in good order: all of it is thrown away."""

    def __init__(self, plan: Plan) -> None:
        """The database is made and filled in the plan's own folder; nothing runs yet."""
        self.plan = plan
        self.over = threading.Event()
        self.carrier = Carrier(
            account_sid=f"AC{secrets.token_hex(16)}", auth_token=secrets.token_urlsafe(24), pace=plan.pace
        )
        self.carrier.door = Door(plan.token)
        self.url = self.carrier.serve(0, remote(self))
        self.engine: Engine = connect(f"sqlite:///{plan.folder}/rehearsal.db")
        migrate(self.engine)
        prepare_queue(self.engine)
        with self.engine.begin() as connection:
            save_configuration(connection, plan.configuration)
            save_partners(connection, plan.partners, ())
            for announcement in plan.announcements:
                add_announcement(connection, Author(plan.by, plan.at), announcement)
        self.house: House

    def start(self) -> None:
        """Start the web application and the worker, and connect every phone of the copy with them."""
        server = make_server("127.0.0.1", 0, _unbuilt, threaded=True, request_handler=Quiet)
        settings = self.settings(f"http://127.0.0.1:{server.server_port}")
        self.house = build_house(settings, self.engine)
        server.app = create_app(settings, self.house)
        threading.Thread(target=server.serve_forever, name="web", daemon=True).start()
        callers = [phone for entry in self.plan.partners for phone in entry.partner.phones]
        connect_phones(self.carrier, self.plan.configuration, callers, settings.public_url)
        for number, name in self.plan.behaviours.items():
            self.carrier.add_phone(number, BEHAVIOURS[name])
        Worker(build_house(settings, connect(settings.database_url, WORKER_WAITS))).start()

    def settings(self, public_url: str) -> Settings:
        """The only carrier that they name is the stand-in of this process."""
        assert is_here(self.url.removeprefix("http://").split(":")[0]), "a rehearsal never rings a real phone"
        return Settings.model_validate(
            {
                "database_url": str(self.engine.url),
                "public_url": public_url,
                "account_sid": self.carrier.account_sid,
                "auth_token": self.carrier.auth_token,
                "twilio_api_url": self.url,
                "now": self.plan.at,
                "pace": self.plan.pace,
                "standby_folder": self.plan.folder / "standby",
            }
        )

    def wait_until_over(self) -> str:
        """Return, with the reason in words, once it is to end: asked to, unused, too long, or alone."""
        began = time.monotonic()
        while not self.over.wait(LOOK_SECONDS):
            now = time.monotonic()
            if now - self.carrier.door.used_at > self.plan.idle_seconds:
                return "nobody used it"
            if now - began > self.plan.longest_seconds:
                return "its time was up"
        return "it was stopped"


def _unbuilt(_environ: object, _start: Callable[..., object]) -> list[bytes]:
    raise RuntimeError("nobody asks before there is an application")


def end_with(lifeline: int, over: threading.Event) -> None:
    """Set `over` when the other end of a pipe (a file descriptor) is closed: whoever started us has gone."""

    def wait() -> None:
        while os.read(lifeline, 1 << 12):
            pass
        over.set()

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
