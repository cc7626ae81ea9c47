"""The wall around a rehearsal: its process reaches this machine's loopback and nothing else, whatever it is told."""

import sys
from ipaddress import ip_address
from typing import Any

ADDRESSED = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0}
"""Audit events that name another host, and which argument does."""

STARTING = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"}
"""Audit events of starting another program, round which the wall does not reach."""


class Walled(PermissionError):
    """Something wanted to leave this machine."""


def put_up_wall() -> None:
    """From now on, and for good, this process connects to loopback only and starts no program.

    By an audit hook (PEP 578), which cannot be taken away again. Raises Walled at whoever tries.
    """
    sys.addaudithook(_refuse)


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    if event in STARTING:
        raise Walled(f"a rehearsal starts no program ({event})")
    if (place := ADDRESSED.get(event)) is not None and not is_here(args[place]):
        raise Walled(f"a rehearsal reaches this machine only, not {args[place]}")


def is_here(address: object) -> bool:
    """Whether an address (a host, or a pair that begins with one) is this machine's loopback; None is no address."""
    host = address[0] if isinstance(address, tuple) else address
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in {None, "localhost"}:
        return True
    try:
        return ip_address(str(host)).is_loopback
    except ValueError:
        return False
