"""The stand-in's server: clients that go away, and what its API refuses."""

import io
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator

import requests
from werkzeug.serving import make_server

from ivr.rehearsal.server import Quiet
from tests.hosts import serving, wait_until
from tests.rehearsal.bench import ACCOUNT, HOST, OTHER, OURS, TOKEN, Bench

Make = Callable[..., Bench]


class Body(io.BytesIO):
    """A file that is sent; its end comes only when the client has gone."""

    def __init__(self) -> None:
        super().__init__(b"x")
        self.gone = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        yield self.read()
        self.gone.wait(10)


def hang_up(client: socket.socket) -> None:
    """Go without a farewell, as a browser does with a page that is left."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def test_what_is_sent_is_closed_also_when_the_client_hung_up() -> None:
    body = Body()

    def app(_environ: object, start: object) -> Iterable[bytes]:
        start("200 OK", [("Content-Length", "1")])  # type: ignore[operator]
        return body

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)  # type: ignore[arg-type]
    with serving(server):  # type: ignore[arg-type]
        client = socket.create_connection(("127.0.0.1", server.server_port))
        client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        answer = b""
        while not answer.endswith(b"\r\n\r\nx"):
            answer += client.recv(1 << 12)
        hang_up(client)
        body.gone.set()
        wait_until(lambda: body.closed)


def test_a_call_that_is_to_be_recorded_is_refused(bench: Make) -> None:
    b = bench({"/answer": ""})
    form = {"To": OTHER, "From": OURS, "Url": f"{HOST}/answer", "Record": "true"}
    url = f"{b.carrier.serve()}/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    answer = requests.post(url, form, auth=(ACCOUNT, TOKEN), timeout=10)
    assert answer.status_code == 400
    assert "Record" in answer.json()["message"]
    assert "Record" in b.carrier.surprises[0]
    assert not b.carrier.legs
