"""What tests of the operator's commands may ask for: a service on loopback, with the carrier's account beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from werkzeug.serving import BaseWSGIServer, make_server

from ivr.app import create_app
from ivr.cli import nightline
from ivr.configuration.apply import apply_file
from ivr.house import build_house
from ivr.rehearsal.carrier import Carrier
from ivr.rehearsal.server import Quiet
from ivr.settings import Settings, read_settings
from ivr.store.configuration import load_configuration
from ivr.store.engine import connect
from ivr.store.workers import beat
from tests.databases import Templates
from tests.hosts import serving
from tests.line import EXAMPLE, TOKEN, ringing_for


class Operator:
    """Somebody at a terminal, whose environment leads to a service that runs."""

    def __init__(self, carrier: Carrier, settings: Settings) -> None:
        self.carrier, self.settings = carrier, settings

    def type(self, *words: str) -> Result:
        """Type a command; both streams are in the result's output."""
        return CliRunner().invoke(nightline, words, catch_exceptions=False)

    def work(self) -> None:
        """A paging worker beats."""
        engine = connect(self.settings.database_url)
        with engine.begin() as connection:
            beat(connection, "a-worker", build_house(self.settings, engine).clock())
        engine.dispose()


@pytest.fixture
def operator(templates: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    """An operator of a service with the sample configuration, all of whose numbers lead to it."""
    carrier = Carrier(account_sid="AC" + "1" * 32, auth_token=TOKEN)
    server, port = reserved()
    environment = {
        "NIGHTLINE_DATABASE_URL": templates.prepared("sqlite", tmp_path),
        "NIGHTLINE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TWILIO_ACCOUNT_SID": carrier.account_sid,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": carrier.serve(),
        "NIGHTLINE_STANDBY": str(tmp_path / "standby"),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    engine = connect(settings.database_url)
    with engine.begin() as connection:
        apply_file(connection, ringing_for(EXAMPLE, 20, tmp_path))
        regions = load_configuration(connection).regions.values()
    for region in regions:
        carrier.add_number(
            region.number,
            voice_url=f"{settings.public_url}/voice/answer",
            status_callback=f"{settings.public_url}/voice/status",
            sms_url=f"{settings.public_url}/sms/incoming",
        )
    app = create_app(settings, build_house(settings, engine))
    server.app = app
    with serving(server):
        yield Operator(carrier, settings)
    app.extensions["houses"].close()
    engine.dispose()
    carrier.close()


def reserved() -> tuple[BaseWSGIServer, int]:
    """A server whose application comes later, and its port."""
    server = make_server("127.0.0.1", 0, None, threaded=True, request_handler=Quiet)  # type: ignore[arg-type]
    return server, server.server_port
