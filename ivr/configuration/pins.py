"""PINs: kept as argon2 hashes only."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
"""The OWASP minimum for argon2id: a caller waits for it."""


def hash_pin(pin: str) -> str:
    """The hash to store."""
    return HASHER.hash(pin)


def pin_matches(hashed: str, pin: str) -> bool:
    """Whether a PIN is the one that was hashed; False for an empty or broken hash."""
    try:
        return bool(hashed) and HASHER.verify(hashed, pin)
    except (VerificationError, InvalidHashError):
        return False
