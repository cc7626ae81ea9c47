"""The wire: one request to somebody else's service, bounded in where it goes, how long it takes and what is read."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from ivr.out_settings import Network
from ivr.sign_in_settings import LOOPBACK

CONNECT_SECONDS, READ_SECONDS, ALL_SECONDS = 5.0, 15.0, 20.0
MOST_READ = 1_000_000
MOST_ADDRESSES = 3
"""Of one host so many are tried."""

PORTS = {"https": 443, "http": 80}
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NOT_PUBLIC = (
    ipaddress.ip_network("64:ff9b::/96"),  # the same IPv4 addresses once more, behind a translator
    ipaddress.ip_network("2002::/16"),
    ipaddress.ip_network("100.64.0.0/10"),
)


class WireFailed(Exception):
    """There is no answer. The text says why, without the URL; `refused`: it may not be asked at all."""

    def __init__(self, text: str, refused: bool = False) -> None:
        """`refused` tells whether trying again is pointless until somebody changes something."""
        super().__init__(text)
        self.refused = refused


@dataclass(frozen=True)
class Reply:
    """What a service answered. Header names are in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The body as text, whatever is in it."""
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Bounds:
    """Where a request may go. None: anywhere, for addresses out of the operator's own file."""

    allowed: tuple[Network, ...] | None = None

    def fault(self, address: Address) -> str:
        """Why an address may not be reached; empty when it may."""
        if self.allowed is None or any(address in network for network in self.allowed):
            return ""
        mapped = getattr(address, "ipv4_mapped", None)
        if mapped is not None:
            return self.fault(mapped)
        public = address.is_global and not address.is_multicast
        return "" if public and not any(address in network for network in NOT_PUBLIC) else "is not a public address"


def fault_of_url(url: str) -> str:
    """What is wrong with an address before anybody is asked: empty, or words for a form."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "This is not an address such as https://example.com/hook."
    if parts.scheme not in {"https", "http"} or not parts.hostname or port == 0:
        return "This is not an address such as https://example.com/hook."
    if parts.username or parts.password or parts.fragment:
        return "Leave out the user, the password and what follows #."
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return "It must begin with https:// (http:// is for this machine only)."
    return ""


def ask(
    method: str,
    url: str,
    *,
    bounds: Bounds,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    seconds: float = ALL_SECONDS,
) -> Reply:
    """One request, without redirects, proxies or another try; answered within `seconds`. Raises WireFailed.

    The name is looked up once, and what was looked at is what is connected to, so that it cannot change in between.
    """
    if fault := fault_of_url(url):
        raise WireFailed(fault, refused=True)
    parts = urlsplit(url)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme], bounds)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    late = _Late(seconds, connection)
    late.start()
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}), preload_content=False)
        late.held = connection.sock  # the answer takes the connection's own
        reply = connection.getresponse()
        return Reply(reply.status, _read(reply), {name.lower(): value for name, value in reply.headers.items()})
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        why = "no answer in time" if late.has_cut_off else _why(error)
        raise WireFailed(why, refused=isinstance(error, _Refused)) from None
    finally:
        late.cancel()
        connection.close()


class _Refused(OSError):
    """The address may not be reached."""


def _read(reply: Any) -> bytes:
    found = b"".join(_some(reply.stream(16_384, decode_content=True)))
    if len(found) > MOST_READ:
        raise OSError("it answered more than is read")
    return found


def _some(chunks: Iterable[bytes]) -> Iterable[bytes]:
    read = 0
    for chunk in chunks:
        yield chunk
        read += len(chunk)
        if read > MOST_READ:
            return


def _connection(scheme: str, host: str, port: int, bounds: Bounds) -> HTTPConnection:
    if scheme == "http":
        found: _Guarded | _GuardedTls = _Guarded(host, port, timeout=READ_SECONDS)
    else:
        found = _GuardedTls(host, port, timeout=READ_SECONDS, ssl_context=ssl.create_default_context())
    found.bounds = bounds
    return found


class _Guard:
    """Connects to the first address of a host that answers, and to none when one is out of bounds."""

    bounds: Bounds

    def _new_conn(self) -> socket.socket:
        host, port = self._dns_host, self.port  # type: ignore[attr-defined]
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for *_, place in found:
            if fault := self.bounds.fault(ipaddress.ip_address(str(place[0]).partition("%")[0])):
                raise _Refused(f"{host} {fault}")
        failed: OSError = OSError(f"{host} has no address")
        for family, kind, protocol, _, place in found[:MOST_ADDRESSES]:
            made = socket.socket(family, kind, protocol)
            try:
                made.settimeout(CONNECT_SECONDS)
                made.connect(place)
                made.settimeout(READ_SECONDS)
            except OSError as error:
                made.close()
                failed = error
            else:
                return made
        raise failed


class _Guarded(_Guard, HTTPConnection):
    pass


class _GuardedTls(_Guard, HTTPSConnection):
    pass


class _Late(threading.Timer):
    """Ends a connection after so many seconds: whoever answers a byte now and then is not waited for."""

    def __init__(self, seconds: float, connection: HTTPConnection) -> None:
        super().__init__(seconds, self._cut_off)
        self.daemon = True
        self.held: socket.socket | None = None
        self.has_cut_off = False
        self._connection = connection

    def _cut_off(self) -> None:
        self.has_cut_off = True
        for made in (self.held, self._connection.sock):
            with suppress(OSError):
                if made is not None:
                    made.shutdown(socket.SHUT_RDWR)


def _why(error: Exception) -> str:
    if isinstance(error, _Refused):
        return str(error)
    if isinstance(error, socket.gaierror):
        return "the host has no address"
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "the host refuses connections"
    return f"no answer ({type(error).__name__})"
