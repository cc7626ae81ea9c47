"""Wrong passwords and codes: counted by person and by address, with a wait that grows."""

from datetime import datetime
from ipaddress import IPv6Address, ip_address

from flask import request
from sqlalchemy import Connection

from ivr.console.passwords import password_matches
from ivr.store.accounts import Account
from ivr.store.limits import pin_rests, pin_was_right, pin_was_wrong

ADDRESS_FREE = 20
"""So many wrong ones in a row are free for an address: several people may be behind it."""

RESTS = "Too many wrong tries. Wait a few minutes, then try again."
WRONG_PASSWORD = "This is not your present password."  # noqa: S105 - a sentence


def address() -> str:
    """Where a request comes from, behind the proxies that are trusted; of an IPv6 address its network of 64 bits."""
    written = request.remote_addr or ""
    try:
        found = ip_address(written.split("%")[0])
    except ValueError:
        return written[:50]
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(IPv6Address(int(found) >> 64 << 64)) + "/64"
    return str(found.ipv4_mapped or found) if isinstance(found, IPv6Address) else str(found)


def of_login(login: str) -> str:
    """Under which name the wrong passwords of a login are counted."""
    return f"login:{login[:50]}"


def of_code(account: Account) -> str:
    """Under which name the wrong codes of an account are counted."""
    return f"code:{account.id}"


def rests(connection: Connection, who: str, at: datetime) -> bool:
    """Whether nothing is looked at now: neither this person's, nor what comes from this address."""
    return pin_rests(connection, [who], at) or pin_rests(connection, [_from_here()], at, ADDRESS_FREE)


def was_wrong(connection: Connection, who: str, at: datetime) -> None:
    """Count a wrong one."""
    pin_was_wrong(connection, (who, _from_here()), at)


def was_right(connection: Connection, who: str) -> None:
    """Start anew."""
    pin_was_right(connection, (who, _from_here()))


def fault_of_password(connection: Connection, account: Account, password: str, at: datetime) -> str:
    """What is wrong with the present password of somebody who is signed in; empty when it is right."""
    who = of_login(account.login)
    if rests(connection, who, at):
        return RESTS
    if not password_matches(account.password_hash, password):
        was_wrong(connection, who, at)
        return WRONG_PASSWORD
    was_right(connection, who)
    return ""


def _from_here() -> str:
    return f"from:{address()}"
