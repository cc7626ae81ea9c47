"""Other people's services on loopback: they keep what they were asked, and answer as they are told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from tests.hosts import serving


@dataclass
class Asked:
    """One request as it came in; header names in lower case."""

    method: str
    url: SplitResult
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.url.path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(self.url.query, keep_blank_values=True).items()}

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Given:
    """An answer: JSON, or the very bytes."""

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)


class Service(ThreadingHTTPServer):
    """A service. `answers` are given first, in their order; then whatever `answer` says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[Asked] = []
        self.answers: list[Given] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def answer(self, _asked: Asked) -> Given:
        return Given(200)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Service

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, urlsplit(self.path), headers, body)
        self.server.asked.append(asked)
        given = self.server.answers.pop(0) if self.server.answers else self.server.answer(asked)
        text = given.body if isinstance(given.body, bytes) else json.dumps(given.body).encode()
        self.send_response(given.status)
        for name, value in {"Content-Type": "application/json", **given.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def running(service: Service) -> Iterator[Service]:
    with serving(service):
        yield service
