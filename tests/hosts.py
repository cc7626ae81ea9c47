"""Hosts on loopback: a very small S3, which keeps what is put and who signed it; and how to run one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

DENIED = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


class S3(ThreadingHTTPServer):
    """Objects by path. `refuses` makes it answer 403 to everything."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, str] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.puts: list[str] = []
        self.refuses = False
        self.url = f"http://127.0.0.1:{self.server_port}"

    def listing(self) -> str:
        found = "".join(f"<Contents><Key>{path.split('/', 2)[2]}</Key></Contents>" for path in self.objects)
        return f"<ListBucketResult><Name>calls</Name><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"


class Handler(BaseHTTPRequestHandler):
    """PUT, DELETE, and GET for a listing."""

    protocol_version = "HTTP/1.1"
    server: S3

    def do_PUT(self) -> None:
        path, body = urlsplit(self.path).path, self.rfile.read(int(self.headers["Content-Length"]))
        if not self._refused():
            self.server.puts.append(path)
            self.server.objects[path] = body.decode()
            self.server.headers[path] = {name.lower(): value for name, value in self.headers.items()}
            self._answer(200)

    def do_DELETE(self) -> None:
        if not self._refused():
            self.server.objects.pop(urlsplit(self.path).path)
            self._answer(204)

    def do_GET(self) -> None:
        if not self._refused():
            self._answer(200, self.server.listing())

    def _refused(self) -> bool:
        refused = self.server.refuses
        if refused:
            self._answer(403, DENIED)
        return refused

    def _answer(self, status: int, body: str = "") -> None:
        self.send_response(status)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[None]:
    """A server in a thread, for a while."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(400):
        if condition():
            return
        threading.Event().wait(0.05)
    raise AssertionError("never came true")
