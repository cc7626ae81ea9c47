"""Nightline's web application alone, on a database of either kind, with a clock that is set by hand."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ivr.app import create_app
from ivr.calendars.door import new_token
from ivr.configuration.apply import apply_file
from ivr.house import build_house
from ivr.settings import Settings
from ivr.store.configuration import load_configuration, save_configuration
from ivr.store.engine import connect
from ivr.store.feeds import FeedRecord, create_feed
from routing.configuration import Configuration
from schedules.rota import Override
from tests.line import EXAMPLE, PUBLIC_URL, TOKEN


class Desk:
    """The application, its database (in the present shape) and its clock."""

    def __init__(self, url: str, folder: Path, at: datetime, mail_url: str = "") -> None:
        self.at = at
        self.settings = Settings.model_validate(
            {
                "database_url": url,
                "public_url": PUBLIC_URL,
                "account_sid": "AC" + "0" * 32,
                "auth_token": TOKEN,
                "standby_folder": folder / "standby",
                "mail_url": mail_url or None,
            }
        )
        self.engine = connect(url)
        with self.engine.begin() as connection:
            apply_file(connection, EXAMPLE, at=at)
        self.house = build_house(self.settings, self.engine, lambda: self.at)
        self.app = create_app(self.settings, self.house)
        self.client = self.app.test_client()

    def close(self) -> None:
        self.app.extensions["houses"].close()
        self.engine.dispose()

    def feed(self, *, engineer: str | None = None, rota: str | None = None) -> tuple[str, FeedRecord]:
        """A new feed: its path, and its row."""
        token = new_token()
        with self.engine.begin() as connection:
            record = create_feed(connection, token, self.at, "sara", engineer=engineer, rota=rota)
        return f"/calendar/{token}.ics", record

    def known(self) -> Configuration:
        with self.engine.begin() as connection:
            return load_configuration(connection)

    def save(self, known: Configuration) -> None:
        with self.engine.begin() as connection:
            save_configuration(connection, known)

    def set(self, **rules: Any) -> None:
        """Other settings of the line as a whole."""
        known = self.known()
        self.save(replace(known, rules=replace(known.rules, **rules)))

    def person(self, key: str, **values: Any) -> None:
        """Another state of an engineer."""
        known = self.known()
        self.save(replace(known, engineers={**known.engineers, key: replace(known.engineers[key], **values)}))

    def override(self, rota: str, *overrides: Override) -> None:
        """These overrides beside those of the file."""
        known = self.known()
        self.overrides(rota, *known.rotas[rota].overrides, *overrides)

    def overrides(self, rota: str, *overrides: Override) -> None:
        """These overrides and no others."""
        known = self.known()
        changed = replace(known.rotas[rota], overrides=overrides)
        self.save(replace(known, rotas={**known.rotas, rota: changed}))
