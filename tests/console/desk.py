"""A console for tests: the real application on a database of its own, served on loopback, and people signed in."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine
from werkzeug.serving import make_server

from ivr.app import create_app
from ivr.configuration.apply import apply_file
from ivr.house import build_house
from ivr.rehearsal.server import Quiet
from ivr.settings import Settings
from ivr.store.accounts import account_by, add_account, open_session
from ivr.store.engine import connect
from tests.databases import migrated
from tests.line import EXAMPLE, NIGHT

PASSWORD = "four words put together"
PEOPLE = {"viewer": "Vera View", "engineer": "Jon Bell", "manager": "Sara Vogel", "operator": "Olga Ops"}
"""One account a role; its login is the role. The engineer is Jon."""


def prepare(url: str) -> None:
    """A database with the sample configuration and one account a role."""
    migrated(url)
    furnish(url)


def furnish(url: str) -> None:
    """Into a database in the present shape: the sample configuration and one account a role."""
    engine = connect(url)
    with engine.begin() as connection:
        apply_file(connection, EXAMPLE)
        hashed = PasswordHasher(1, 8, 1).hash(PASSWORD)  # cheap: what a hash costs is a story of its own
        for role, name in PEOPLE.items():
            engineer = {"engineer": "jon", "manager": "sara"}.get(role)
            add_account(connection, login=role, name=name, role=role, at=NIGHT, engineer=engineer, password_hash=hashed)
    engine.dispose()


@dataclass
class Desk:
    """The console at an instant that tests choose: `at` moves only when a test moves it."""

    app: Flask
    engine: Engine
    at: datetime
    url: str = ""
    secrets: dict[str, str] = field(default_factory=dict)

    def client(self, role: str = "manager") -> FlaskClient:
        """A client that is signed in, and sends the token of forms with whatever it posts."""
        client = self.app.test_client()
        client.set_cookie("nightline", self.secret_of(role))
        return client

    def post(self, client: FlaskClient, path: str, **form: Any) -> Any:
        """Send a form of ours."""
        page = client.get("/console/account").get_data(as_text=True)
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        return client.post(path, data={"csrf_token": token, **form})

    def secret_of(self, role: str) -> str:
        """The cookie of somebody with this role."""
        if role not in self.secrets:
            with self.engine.begin() as connection:
                account = account_by(connection, login=role)
                assert account is not None
                self.secrets[role] = open_session(connection, account, self.at, "test", is_complete=True)
        return self.secrets[role]

    def do(self, work: Callable[[Connection], Any]) -> Any:
        """Something in one transaction."""
        with self.engine.begin() as connection:
            return work(connection)


def open_desk(url: str, folder: Path, at: datetime = NIGHT, carrier: str = "http://127.0.0.1:1", **more: Any) -> Desk:
    """The application on a prepared database; `carrier` is its API's address, `more` settings by their names."""
    settings = Settings.model_validate(
        {
            "database_url": url,
            "public_url": "http://127.0.0.1:1",
            "account_sid": "AC" + "0" * 32,
            "auth_token": "a-token-for-tests",
            "twilio_api_url": carrier,
            "standby_folder": folder / "standby",
            **more,
        }
    )
    engine = connect(url)
    found: list[Desk] = []
    house = build_house(settings, engine, lambda: found[0].at)
    found.append(Desk(create_app(settings, house), engine, at))
    return found[0]


class Serving:
    """A desk on loopback, for a browser; on its public URL, where that has a name."""

    def __init__(self, desk: Desk, public_url: str = "") -> None:
        port = urlsplit(public_url).port or 0
        self._server = make_server("127.0.0.1", port, desk.app, threaded=True, request_handler=Quiet)
        desk.url = public_url or f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()
