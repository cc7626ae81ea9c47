"""What the line is measured against: a Flask route that returns fixed TwiML, on the gunicorn of the service."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import click
from flask import Flask, Response, abort, request
from sqlalchemy import Column, Engine, MetaData, String, Table, insert

from bench.processes import cpu_seconds
from bench.service import wait_for_port
from ivr.commands.run import gunicorn_options
from ivr.rehearsal.stage import free_port
from ivr.settings import read_settings
from ivr.store.engine import connect
from ivr.voice.signature import SignatureCheck
from ivr.web import Server

TWIML = (
    '<?xml version="1.0" encoding="UTF-8"?><Response>'
    '<Gather action="https://nightline.example.com/voice/heard_answer?question=symptom&amp;try=1" finishOnKey="" '
    'input="dtmf speech" language="en-GB" method="POST" numDigits="1" speechTimeout="2" timeout="5">'
    '<Say language="en-GB" voice="Polly.Amy">Welcome to the support line. Is your platform available?</Say></Gather>'
    '<Redirect method="POST">https://nightline.example.com/voice/ask_question?question=symptom&amp;try=2</Redirect>'
    "</Response>"
)


STORED = Table("bench_stored", MetaData(), Column("sid", String, primary_key=True))
STORE = insert(STORED)


def plain_app(check: SignatureCheck | None, engine: Engine | None = None) -> Flask:
    """One route; with `check` it refuses what the carrier did not sign, with `engine` it first stores a row there."""
    app = Flask(__name__)

    @app.post("/voice/answer")
    def answer() -> Response:
        if check is not None and not check.is_signed(
            request.path,
            request.query_string.decode(),
            request.form.items(multi=True),
            request.headers.get("X-Twilio-Signature", ""),
        ):
            abort(403)
        if engine is not None:
            with engine.begin() as connection:
                connection.execute(STORE, {"sid": request.form["CallSid"]})
        return Response(TWIML, content_type="text/xml; charset=utf-8")

    return app


class PlainServer(Server):
    """The service's gunicorn around another application."""

    def __init__(self, options: dict[str, object], build: Callable[[], Flask]) -> None:
        """`options` as the service has them; `build` makes the application, in each process anew."""
        super().__init__(options)
        self._build = build

    def load(self) -> Flask:
        """The application."""
        return self._build()


class Plain:
    """A plain server that runs."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        """It listens on `port` of this machine."""
        self._process, self.port = process, port

    def cpu_seconds(self) -> float:
        """CPU time that it used so far."""
        return cpu_seconds(self._process.pid)


@contextmanager
def plain_server(environment: Mapping[str, str], *options: str) -> Iterator[Plain]:
    """A plain server in the environment of a service, but for its port; `options` are those of `main`."""
    port = free_port()
    command = [sys.executable, "-m", "bench.plain", *options]
    process = subprocess.Popen(command, env={**environment, "PORT": str(port)})
    try:
        wait_for_port(port)
        yield Plain(process, port)
    finally:
        process.terminate()
        process.wait(20)


@click.command()
@click.option("--signed", is_flag=True, help="Check the signature of each request.")
@click.option("--stored", is_flag=True, help="Store a row for each request, in the service's database.")
def main(signed: bool, stored: bool) -> None:
    """Run the plain server, in the environment of a service."""
    settings = read_settings()
    check = SignatureCheck(settings.public_url, settings.auth_tokens) if signed else None
    if stored:
        engine = connect(settings.database_url)
        STORED.metadata.create_all(engine)
        engine.dispose()  # each process has connections of its own

    def build() -> Flask:
        return plain_app(check, connect(settings.database_url) if stored else None)

    PlainServer(gunicorn_options(settings), build).run()


if __name__ == "__main__":
    main()
