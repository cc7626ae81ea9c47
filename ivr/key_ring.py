"""Key rings: keys of the environment, of which the first one seals and all of them open."""

from collections.abc import Sequence
from functools import cached_property

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class NotOpened(Exception):
    """No key of the environment opens what is kept; the text says so."""


class KeyRing:
    """Seals and opens. Without keys it does neither."""

    def __init__(self, keys: Sequence[str], shut: str) -> None:
        """`shut` is what is said wherever no key opens something: in logs, at deliveries, at a terminal."""
        self._keys, self._shut = keys, shut

    @property
    def has_keys(self) -> bool:
        """Whether anything can be sealed."""
        return bool(self._keys)

    @cached_property
    def _all(self) -> list[Fernet]:
        return [Fernet(key) for key in self._keys]

    def seal(self, content: bytes) -> str:
        """Content as it is kept."""
        return self._all[0].encrypt(content).decode()

    def open(self, sealed: str) -> bytes:
        """Content as it was. Raises NotOpened."""
        try:
            return MultiFernet(self._all).decrypt(sealed.encode())
        except (InvalidToken, ValueError):  # no key at all is a ValueError
            raise NotOpened(self._shut) from None

    def is_newest(self, sealed: str) -> bool:
        """Whether the first key sealed it."""
        try:
            self._all[0].decrypt(sealed.encode())
        except (InvalidToken, IndexError):
            return False
        return True
