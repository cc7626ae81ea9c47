"""Whether the carrier signed a request: checked against the public URL, never the one that we see."""

import base64
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit


class SignatureCheck:
    """Validates webhook signatures (https://www.twilio.com/docs/usage/webhooks/webhooks-security)."""

    def __init__(self, public_url: str, tokens: tuple[str, ...]) -> None:
        """Accept any of `tokens`: during a rotation there are two."""
        self._public_urls = spellings(public_url)
        self._tokens = [token.encode() for token in tokens if token]

    def is_signed(self, path: str, query: str, form: Iterable[tuple[str, str]], signature: str) -> bool:
        """Check a POST of `form` (every name with every value) to our path, still percent-encoded.

        What is signed: the URL, then every name with its value, sorted by name and value, each pair once.
        """
        below = path + (f"?{query}" if query else "") + "".join(name + value for name, value in sorted(set(form)))
        return any(
            hmac.compare_digest(signed(token, url + below), signature.encode())
            for token in self._tokens
            for url in self._public_urls
        )


def signed(token: bytes, text: str) -> bytes:
    """The signature of a text: HMAC-SHA1 in base 64."""
    return base64.b64encode(hmac.digest(token, text.encode(), "sha1"))


def spellings(public_url: str) -> tuple[str, ...]:
    """The public URL without its port and with it: the carrier does not always sign it alike, as its library says.

    First the one that is usual: a port is signed with http alone.
    """
    parts = urlsplit(public_url)
    bare = parts.netloc.removesuffix(f":{parts.port}") if parts.port else parts.netloc
    port = parts.port or (443 if parts.scheme == "https" else 80)
    without, with_port = (f"{parts.scheme}://{host}{parts.path}" for host in (bare, f"{bare}:{port}"))
    return (with_port, without) if parts.scheme == "http" and parts.port else (without, with_port)
