"""Passwords of the console: argon2 hashes, and what a password must have."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ivr.gate import Gate

HASHER = PasswordHasher()
GATE = Gate()
"""Each hash takes 64 MiB and a core: one at a time in a process, so that a flood of sign-ins leaves the calls alone."""

SHORTEST = 12


@cache
def nobodys_hash() -> str:
    """Checked for a login that does not exist, so that it takes as long as one that does."""
    return HASHER.hash("the password of nobody")


class WeakPassword(ValueError):
    """A password that is not taken; the text says why."""


def hash_password(password: str, login: str) -> str:
    """The hash to store. Raises WeakPassword."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"Take at least {SHORTEST} characters: four words that nobody would put together are fine.")
    name = login.split("@")[0].lower()
    if len(name) > 3 and name in password.lower():
        raise WeakPassword("Take one that does not contain the login.")
    with GATE:
        return HASHER.hash(password)


def password_matches(hashed: str, password: str) -> bool:
    """Whether a password is the one that was hashed. Takes as long for an empty hash, and is False then."""
    try:
        with GATE:
            return HASHER.verify(hashed or nobodys_hash(), password) and bool(hashed)
    except (VerificationError, InvalidHashError):
        return False
