"""Sealed tokens: what a signed link says, readable by anybody, written by nobody but this service."""

import hashlib
import hmac
from datetime import datetime
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from ivr.settings import Settings

Payload = dict[str, str]


def seal(settings: Settings, purpose: str, payload: Payload, until: datetime) -> str:
    """A token for use in a URL that says `payload` and is good before `until`, in whole seconds, for one purpose."""
    return str(_serializer(settings, purpose).dumps({**payload, "until": str(int(until.timestamp()))}))


def unseal(settings: Settings, purpose: str, token: str, at: datetime) -> Payload | None:
    """What a token says; None when it is forged, for another purpose, or over at `at`.

    Sealed with either token of a rotation, it is good as long as that one is set.
    """
    try:
        found: Any = _serializer(settings, purpose).loads(token)
        until = int(found.pop("until"))
    except (BadData, KeyError, ValueError, TypeError, AttributeError):
        return None
    return found if at.timestamp() < until else None


def _serializer(settings: Settings, purpose: str) -> URLSafeSerializer:
    keys = [key_for(token, purpose) for token in settings.auth_tokens]
    # The last key seals, each of them opens.
    return URLSafeSerializer(keys[::-1], salt=purpose, signer_kwargs={"digest_method": hashlib.sha256})


def key_for(token: str, purpose: str) -> bytes:
    """A key of its own for each purpose: it says nothing of the carrier's token, and of no other key."""
    return hmac.new(token.encode(), f"nightline {purpose}".encode(), hashlib.sha256).digest()
