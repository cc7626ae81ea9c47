"""What tests of integrations may ask for: the application and its database, and a service that is told."""

import shutil
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import pytest
from flask import Flask

from ivr.app import create_app
from ivr.configuration.apply import apply_file
from ivr.house import House, build_house
from ivr.settings import Settings
from ivr.store.engine import connect
from tests.api.conftest import prepared_for_api
from tests.console.desk import Desk
from tests.integrations.services import Service, running
from tests.line import EXAMPLE, NIGHT, TOKEN

__all__ = ["prepared_for_api"]


class QuickDesk(Desk):
    """A desk whose web application is built only when somebody looks at a page."""

    def __init__(self, settings: Settings) -> None:
        self.engine, self.at, self.url, self.secrets = connect(settings.database_url), NIGHT, "", {}
        self.house: House = build_house(settings, self.engine, lambda: self.at)

    @cached_property
    def app(self) -> Flask:  # type: ignore[override]
        return create_app(self.house.settings, self.house)

    def close(self) -> None:
        if "app" in self.__dict__:
            self.app.extensions["houses"].close()
        self.engine.dispose()


@pytest.fixture
def desk(prepared_for_api: Path, tmp_path: Path) -> Iterator[Desk]:
    """The service on a database of its own (SQLite), at three in the morning."""
    shutil.copy(prepared_for_api, tmp_path / "nightline.db")
    found = QuickDesk(settings_of(f"sqlite:///{tmp_path}/nightline.db", tmp_path))
    yield found
    found.close()


@pytest.fixture
def service() -> Iterator[Service]:
    with running(Service()) as found:
        yield found


def settings_of(url: str, folder: Path) -> Settings:
    """Settings of a service that is tried out on this machine."""
    values = {"public_url": "http://127.0.0.1:1", "account_sid": "AC" + "0" * 32, "auth_token": TOKEN, "pace": 30}
    more = {"database_url": url, "standby_folder": folder / "standby", "twilio_api_url": "http://127.0.0.1:1"}
    return Settings.model_validate({**values, **more})


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[[str], Settings]:
    """Settings of such a service on a database with the sample configuration."""

    def make(url: str) -> Settings:
        engine = connect(url)
        with engine.begin() as connection:
            apply_file(connection, EXAMPLE, at=NIGHT)
        engine.dispose()
        return settings_of(url, tmp_path)

    return make
