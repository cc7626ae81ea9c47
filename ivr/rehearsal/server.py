"""The stand-in carrier's HTTP server: its REST API and the handsets' remote control, on loopback only."""

import io
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from ivr.rehearsal.carrier import Carrier


class UntilGone(io.RawIOBase):
    """What a client sends; a client that hung up has sent all."""

    def __init__(self, connection: io.RawIOBase) -> None:
        self._connection = connection

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """0 at the end, and when the connection broke."""
        try:
            found: int | None = self._connection.readinto(buffer)
        except ConnectionError:
            return 0
        return found

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()
        super().close()


class Quiet(WSGIRequestHandler):
    """Writes no access log, and minds no client that goes away."""

    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        """Werkzeug reads on after an answer; an error then would leave the file that was sent open."""
        super().setup()
        self.rfile = io.BufferedReader(UntilGone(self.rfile.detach()))

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


class Server:
    """The REST API in a thread."""

    def __init__(self, carrier: "Carrier", port: int, more: Iterable[Blueprint] = ()) -> None:
        """Port 0 takes a free one."""
        from ivr.rehearsal import account, recordings, rest
        from ivr.rehearsal.control import control

        app = Flask("carrier")
        app.extensions["carrier"] = carrier
        assert account, recordings  # they add their resources to the API
        app.register_blueprint(rest.rest)
        for blueprint in (account.account_itself, account.beside, control, *more):
            app.register_blueprint(blueprint)
        self._server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
        self._server.daemon_threads = True  # type: ignore[attr-defined]  # of the threading mixin
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, name="carrier-api", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()
