"""A rehearsal stage: Nightline in its real processes on a throw-away database, with the stand-in carrier."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Self

import requests
from sqlalchemy import Engine

from ivr.configuration.apply import apply_file
from ivr.paging.worker import prepare_queue
from ivr.rehearsal.carrier import Carrier
from ivr.rehearsal.phones import connect_phones
from ivr.store.configuration import load_configuration, load_partners
from ivr.store.engine import connect
from ivr.store.migrate import migrate
from routing.configuration import Configuration

ACCOUNT = "AC" + "0" * 32
TOKEN = "rehearsal"  # noqa: S105 - opens nothing but this stage
READY_SECONDS = 60


class StageFailed(Exception):
    """The service did not come up; the text says what it wrote."""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stage:
    """Everything on loopback. No real phone can ring: the only carrier that it knows is the stand-in."""

    def __init__(self, config: Path, *, at: datetime | None, pace: float, url: str | None = None) -> None:
        """`at` is the instant at which the rehearsal begins; `url` a database other than a throw-away SQLite."""
        self._folder = tempfile.TemporaryDirectory(prefix="nightline-")
        self._config, self._at, self._pace = config, at, pace
        self.database_url = url or f"sqlite:///{self._folder.name}/rehearsal.db"
        self.port = free_port()
        self.public_url = f"http://127.0.0.1:{self.port}"
        self.log = Path(self._folder.name) / "service.log"
        self.carrier = Carrier(account_sid=ACCOUNT, auth_token=TOKEN, pace=pace)
        self.carrier_url = self.carrier.serve()
        self.engine: Engine = connect(self.database_url)
        self.configuration: Configuration
        self.service: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Use as a context manager: what was started is stopped."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything."""
        self.close()

    def start(self, report: Callable[[str], None] = lambda _text: None) -> None:
        """Database, configuration, phones, service; returns when it can take a call. Raises StageFailed."""
        report("database and configuration")
        migrate(self.engine)
        prepare_queue(self.engine)
        with self.engine.begin() as connection:
            apply_file(connection, self._config)
            self.configuration = load_configuration(connection)
            partners = [phone for entry in load_partners(connection) for phone in entry.partner.phones]
        connect_phones(self.carrier, self.configuration, partners, self.public_url)
        report("web server and paging worker")
        self.start_service()

    def command(self) -> list[str]:
        """What the service is started with."""
        return [sys.executable, "-m", "ivr", "serve"]

    def start_service(self) -> None:
        """Start the service and wait until it is ready."""
        with self.log.open("ab") as output:
            self.service = subprocess.Popen(  # noqa: S603 - our own commands
                self.command(),
                env=self.environment(),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            if self._has_ended() or time.monotonic() > deadline:
                raise StageFailed(f"the service did not start:\n{self.log.read_text()[-2000:]}")
            threading.Event().wait(0.1)

    def stop_service(self, kill: bool = False) -> None:
        """Stop the service in good order, or kill all of its processes at once."""
        if self.service is not None and self.service.poll() is None:
            if kill:
                os.killpg(self.service.pid, signal.SIGKILL)
            else:
                self.service.terminate()
            self.service.wait(20)
        self.service = None

    def close(self) -> None:
        """Stop everything and throw the database away."""
        self.stop_service()
        self.carrier.close()
        self.engine.dispose()
        self._folder.cleanup()

    def environment(self) -> dict[str, str]:
        """The environment in which the service, or one more process of it, runs."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTLINE_", "TWILIO_"))}
        return {
            **kept,
            "NIGHTLINE_DATABASE_URL": self.database_url,
            "NIGHTLINE_PUBLIC_URL": self.public_url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": self.carrier_url,
            "NIGHTLINE_STANDBY": f"{self._folder.name}/standby",
            "NIGHTLINE_PACE": str(self._pace),
            "PORT": str(self.port),
            **({"NIGHTLINE_NOW": self._at.isoformat()} if self._at else {}),
        }

    def _has_ended(self) -> bool:
        return self.service is None or self.service.poll() is not None

    def _is_ready(self) -> bool:
        try:
            return requests.get(f"{self.public_url}/readyz", timeout=2).status_code == 200
        except requests.RequestException:
            return False
