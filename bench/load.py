"""A cheap load: signed requests, built before, sent by a process of its own."""

import multiprocessing
import selectors
import socket
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlencode, urlsplit

from ivr.rehearsal.webhooks import PLACES, signed

PATIENCE_SECONDS = 30
RECEIVED_AT_ONCE = 1 << 16


@dataclass(frozen=True)
class Answers:
    """What a load got: how long it all took, how long each request took (seconds, in order of their answers)."""

    seconds: float
    waits: tuple[float, ...]
    statuses: Mapping[int, int]
    last_body: str

    @property
    def per_second(self) -> float:
        """Requests that were answered in a second."""
        return len(self.waits) / self.seconds

    def within(self, share: float) -> float:
        """The time within which this share of the requests was answered: 0.5 is the median, 1 the worst."""
        ordered = sorted(self.waits)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def voice_request(token: str, url: str, params: Mapping[str, str]) -> bytes:
    """A signed webhook as it goes over the wire; the carrier's empty parameters are added to those given."""
    sent = tuple({**dict.fromkeys(PLACES, ""), "ApiVersion": "2010-04-01", **params}.items())
    request = signed(token, url, sent)
    parts = urlsplit(request.url)
    body = urlencode(request.params).encode()
    headers = {"Host": parts.netloc, **request.headers, "Content-Length": str(len(body))}
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    lines = [f"POST {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body


class Load:
    """The process that sends. As a context manager it ends with the context."""

    def __init__(self) -> None:
        """The process starts at once."""
        self._process = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
        self._process.submit(time.monotonic).result()

    def __enter__(self) -> Self:
        """Use as a context manager."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """The process ends."""
        self._process.shutdown()

    def send(self, port: int, requests: Sequence[bytes], at_once: int, *, kept: bool = False) -> Answers:
        """Send all requests to this machine, so many at once: with each answer the next is sent.

        Each over a connection of its own, as a proxy does that keeps none open, or over connections that are `kept`.
        Raises OSError when a connection breaks or an answer takes longer than half a minute.
        """
        return self.begin(port, requests, at_once, kept=kept).result()

    def begin(self, port: int, requests: Sequence[bytes], at_once: int, *, kept: bool = False) -> Future[Answers]:
        """What `send` does, to be waited for later."""
        return self._process.submit(send, port, requests, at_once, kept)


class Conversation:
    """One connection: a request, its answer, and the next request if it is kept."""

    def __init__(self, port: int) -> None:
        """Connects to this machine."""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received, self.asked_at = b"", 0.0

    def ask(self, request: bytes) -> None:
        """Send a request."""
        self._received, self.asked_at = b"", time.perf_counter()
        self.socket.sendall(request)

    def answer(self) -> tuple[int, bytes] | None:
        """Read what came: status and body, or None while a part of the answer is still under way."""
        received = self.socket.recv(RECEIVED_AT_ONCE)
        if not received:
            raise ConnectionResetError("the server closed the connection")
        self._received += received
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end or len(body) < length_of(head):
            return None
        return int(head[9:12]), body


def length_of(head: bytes) -> int:
    """The length of the body that an answer's head announces; 0 without one."""
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


def send(port: int, requests: Iterable[bytes], at_once: int, kept: bool) -> Answers:
    """What `Load.send` does, in this process."""
    waiting = deque(requests)
    waits: list[float] = []
    statuses: Counter[int] = Counter()
    idle: list[Conversation] = []
    body = b""
    with selectors.DefaultSelector() as selector:

        def ask_next() -> None:
            conversation = idle.pop() if idle else Conversation(port)
            selector.register(conversation.socket, selectors.EVENT_READ, conversation)
            conversation.ask(waiting.popleft())

        began = time.perf_counter()
        for _ in range(min(at_once, len(waiting))):
            ask_next()
        while selector.get_map():
            ready = selector.select(PATIENCE_SECONDS)
            if not ready:
                raise TimeoutError("no answer")
            for key, _ in ready:
                answered = key.data.answer()
                if answered is None:
                    continue
                waits.append(time.perf_counter() - key.data.asked_at)
                statuses[answered[0]] += 1
                body = answered[1]
                selector.unregister(key.fileobj)
                if kept:
                    idle.append(key.data)
                else:
                    key.data.socket.close()
                if waiting:
                    ask_next()
        seconds = time.perf_counter() - began
    for conversation in idle:
        conversation.socket.close()
    return Answers(seconds, tuple(waits), dict(statuses), body.decode())
