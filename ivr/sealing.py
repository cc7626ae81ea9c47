"""Sealing: secrets that the service must read again, kept encrypted with keys of the environment."""

from enum import StrEnum
from functools import cached_property

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from ivr.settings import Settings

MARK = "sealed:"
"""What a sealed secret begins with; no secret does that webhooks or authenticator apps use."""


class Kept(StrEnum):
    """How a secret is kept. `older`: sealed with a key that is not the first any more; `shut`: no key opens it."""

    PLAIN = "plain"
    SEALED = "sealed"
    OLDER = "older"
    SHUT = "shut"


class NotOpened(Exception):
    """No key of the environment opens a secret; the text says so."""

    def __init__(self) -> None:
        """The same words wherever it is met: in logs, at deliveries, at a terminal."""
        super().__init__("a secret is sealed with a key that NIGHTLINE_SECRET_KEYS of this process has not")


class Sealer:
    """Seals and opens secrets. Without keys it leaves them as they are."""

    def __init__(self, settings: Settings) -> None:
        """Of several keys the first one seals, and all of them open."""
        self._keys = settings.secret_key_list

    @property
    def has_keys(self) -> bool:
        """Whether secrets are sealed when they are written."""
        return bool(self._keys)

    @cached_property
    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self._keys])

    def seal(self, secret: str) -> str:
        """A secret as it is kept."""
        return MARK + self._fernet.encrypt(secret.encode()).decode() if self.has_keys else secret

    def open(self, kept: str) -> str:
        """A secret as it was, also one that was kept before there was a key. Raises NotOpened."""
        if not kept.startswith(MARK):
            return kept
        try:
            return _opened(self._fernet, kept) if self.has_keys else _shut()
        except InvalidToken:
            return _shut()

    def sealed_anew(self, kept: str) -> str:
        """The same, sealed with the first key. Raises NotOpened."""
        return self.seal(self.open(kept))

    def how(self, kept: str) -> Kept:
        """How a secret is kept."""
        if not kept.startswith(MARK):
            return Kept.PLAIN
        try:
            self.open(kept)
            _opened(MultiFernet([Fernet(self._keys[0])]), kept)
        except NotOpened:
            return Kept.SHUT
        except InvalidToken:
            return Kept.OLDER
        return Kept.SEALED


def _opened(fernet: MultiFernet, kept: str) -> str:
    return fernet.decrypt(kept.removeprefix(MARK).encode()).decode()


def _shut() -> str:
    raise NotOpened from None
