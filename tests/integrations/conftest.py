"""What tests of integrations may ask for: the application and its database, and a service that is told."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ivr.configuration.apply import apply_file
from ivr.settings import Settings
from ivr.store.engine import connect
from tests.api.conftest import desk, prepared_for_api
from tests.integrations.services import Service, running
from tests.line import EXAMPLE, NIGHT, TOKEN

__all__ = ["desk", "prepared_for_api"]


@pytest.fixture
def service() -> Iterator[Service]:
    with running(Service()) as found:
        yield found


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[[str], Settings]:
    """Settings of a service that is tried out on this machine, on a database with the sample configuration."""

    def make(url: str) -> Settings:
        engine = connect(url)
        with engine.begin() as connection:
            apply_file(connection, EXAMPLE, at=NIGHT)
        engine.dispose()
        values = {"public_url": "http://127.0.0.1:1", "account_sid": "AC" + "0" * 32, "auth_token": TOKEN, "pace": 30}
        more = {"database_url": url, "standby_folder": tmp_path / "standby", "twilio_api_url": "http://127.0.0.1:1"}
        return Settings.model_validate({**values, **more})

    return make
