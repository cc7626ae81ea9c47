"""Sealing: secrets that the service must read again, kept encrypted with keys of the environment."""

from enum import StrEnum

from ivr.key_ring import KeyRing, NotOpened
from ivr.settings import Settings

MARK = "sealed:"
"""What a sealed secret begins with; no secret does that webhooks or authenticator apps use."""

SHUT = "a secret is sealed with a key that NIGHTLINE_SECRET_KEYS of this process has not"


class Kept(StrEnum):
    """How a secret is kept. `older`: sealed with a key that is not the first any more; `shut`: no key opens it."""

    PLAIN = "plain"
    SEALED = "sealed"
    OLDER = "older"
    SHUT = "shut"


class Sealer:
    """Seals and opens secrets. Without keys it leaves them as they are."""

    def __init__(self, settings: Settings) -> None:
        """Of several keys the first one seals, and all of them open."""
        self._ring = KeyRing(settings.secret_key_list, SHUT)

    @property
    def has_keys(self) -> bool:
        """Whether secrets are sealed when they are written."""
        return self._ring.has_keys

    def seal(self, secret: str) -> str:
        """A secret as it is kept."""
        return MARK + self._ring.seal(secret.encode()) if self.has_keys else secret

    def open(self, kept: str) -> str:
        """A secret as it was, also one that was kept before there was a key. Raises NotOpened."""
        return self._ring.open(kept.removeprefix(MARK)).decode() if kept.startswith(MARK) else kept

    def sealed_anew(self, kept: str) -> str:
        """The same, sealed with the first key. Raises NotOpened."""
        return self.seal(self.open(kept))

    def how(self, kept: str) -> Kept:
        """How a secret is kept."""
        if not kept.startswith(MARK):
            return Kept.PLAIN
        if self._ring.is_newest(kept.removeprefix(MARK)):
            return Kept.SEALED
        try:
            self.open(kept)
        except NotOpened:
            return Kept.SHUT
        return Kept.OLDER
