"""The wire: where a request may go, and how long whoever answers is waited for."""

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ivr.integrations.wire import Bounds, WireFailed, ask
from tests.hosts import wait_until
from tests.integrations.services import Service


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://10.0.0.1/", "10.0.0.1 is not a public address"),
        ("https://169.254.169.254/latest/meta-data", "169.254.169.254 is not a public address"),
        ("https://[::1]/", "::1 is not a public address"),
        ("https://[::ffff:127.0.0.1]/", "is not a public address"),
        ("https://[64:ff9b::a00:1]/", "is not a public address"),
        ("https://localhost/", "localhost is not a public address"),
        ("https://2130706433/", "is not a public address"),
        ("http://127.0.0.1:1/", "127.0.0.1 is not a public address"),
        ("http://hooks.example.com/", "It must begin with https://"),
        ("https://user:secret@hooks.example.com/", "Leave out the user"),
        ("ftp://hooks.example.com/", "This is not an address"),
    ],
)
def test_nothing_is_sent_to_addresses_that_are_not_public(url: str, why: str) -> None:
    with pytest.raises(WireFailed, match=re.escape(why)) as said:
        ask("POST", url, bounds=Bounds(()), body=b"{}")
    assert said.value.refused
    assert "secret" not in str(said.value)


def test_another_address_of_the_same_host_is_tried_when_the_first_does_not_answer(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(service.url.rpartition(":")[2])
    with socket.create_server(("127.0.0.2", 0)) as closed:
        silent = closed.getsockname()[1]
    places = [("127.0.0.2", silent), ("127.0.0.1", port)]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)
    assert ask("POST", f"http://localhost:{port}/", bounds=Bounds(None), body=b"{}").status == 200


@contextlib.contextmanager
def dripping(first: bytes) -> Iterator[int]:
    """A host on loopback that answers so, and then a byte now and then; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def drip() -> None:
            with server.accept()[0] as there, contextlib.suppress(OSError):
                there.sendall(first)
                while not done.wait(0.02):
                    there.sendall(b"x")

        thread = threading.Thread(target=drip)
        thread.start()
        yield server.getsockname()[1]
        done.set()
        thread.join()


ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
UNTIL_CLOSED = b"HTTP/1.1 200 OK\r\n\r\n"


@pytest.mark.parametrize("first", [ENDLESS, UNTIL_CLOSED, b"HTTP"], ids=["endless", "until closed", "no status"])
def test_whoever_answers_byte_by_byte_is_not_waited_for(first: bytes) -> None:
    with dripping(first) as port, pytest.raises(WireFailed, match="no answer in time"):
        ask("GET", f"http://127.0.0.1:{port}/", bounds=Bounds(None), seconds=0.3)


def test_nothing_is_asked_of_a_host_whose_name_was_found_too_late(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = socket.getaddrinfo

    def slow(*args: Any, **more: Any) -> Any:
        wait_until(lambda: not any(isinstance(one, threading.Timer) for one in threading.enumerate()))
        return find(*args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with pytest.raises(WireFailed, match="no answer in time"):
        ask("POST", service.url, bounds=Bounds(None), body=b"{}", seconds=0.05)
    assert service.asked == []


def test_whoever_says_yes_and_goes_on_and_on_has_taken_it() -> None:
    with dripping(ENDLESS) as port:
        url = f"http://127.0.0.1:{port}/"
        reply = ask("POST", url, bounds=Bounds(None), body=b"{}", seconds=0.3, whole=False)
    assert reply.status == 200
