"""The wire: one request to somebody else's service, bounded in where it goes, how long it takes and what is read."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
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

FAILURES = (HTTPError, HTTPException, OSError, ValueError)
"""How asking and reading fail."""

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
    whole: bool = True,
) -> Reply:
    """One request, without redirects, proxies or another try; answered within `seconds`. Raises WireFailed.

    The name is looked up once, and what was looked at is what is connected to, so that it cannot change in between.
    Not `whole`: the status is the answer, and of the body there is what could be read.
    """
    if fault := fault_of_url(url):
        raise WireFailed(fault, refused=True)
    parts = urlsplit(url)
    late = _Late(seconds)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme], bounds, late)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    late.start()
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}), preload_content=False)
        reply = connection.getresponse()
        found = _read(reply, whole)
        if whole and late.has_cut_off:
            raise TimeoutError
        return Reply(reply.status, found, {name.lower(): value for name, value in reply.headers.items()})
    except FAILURES as error:
        why = "no answer in time" if late.has_cut_off else _why(error)
        raise WireFailed(why, refused=isinstance(error, _Refused)) from None
    finally:
        late.end()
        connection.close()


class _Refused(OSError):
    """The address may not be reached."""


def _read(reply: Any, whole: bool) -> bytes:
    found = bytearray()
    try:
        for chunk in reply.stream(16_384, decode_content=True):
            found += chunk
            if len(found) > MOST_READ:
                raise OSError("it answered more than is read")
    except FAILURES:
        if whole:
            raise
    return bytes(found)


class _Late(threading.Timer):
    """Ends a connection after so many seconds: whoever answers a byte now and then is not waited for."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds, self._cut_off)
        self.daemon = True
        self.has_cut_off = False
        self._held: socket.socket | None = None

    def hold(self, made: socket.socket) -> None:
        """Cut this connection off when it is time; TimeoutError when it is. A second hold: TLS takes the first."""
        self._held = made.dup()
        if self.has_cut_off:
            made.close()
            raise TimeoutError

    def end(self) -> None:
        """There is nothing left to cut off."""
        self.cancel()
        if self._held is not None:
            self._held.close()

    def _cut_off(self) -> None:
        self.has_cut_off = True
        with suppress(OSError):
            if self._held is not None:
                self._held.shutdown(socket.SHUT_RDWR)


def _connection(scheme: str, host: str, port: int, bounds: Bounds, late: _Late) -> HTTPConnection:
    if scheme == "http":
        found: _Guarded | _GuardedTls = _Guarded(host, port, timeout=READ_SECONDS)
    else:
        found = _GuardedTls(host, port, timeout=READ_SECONDS, ssl_context=ssl.create_default_context())
    found.bounds, found.late = bounds, late
    return found


class _Guard:
    """Connects to the first address of a host that answers, and to none when one is out of bounds."""

    bounds: Bounds
    late: _Late

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
                self.late.hold(made)
                return made
        raise failed


class _Guarded(_Guard, HTTPConnection):
    pass


class _GuardedTls(_Guard, HTTPSConnection):
    pass


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
