"""The OpenID provider: where people are sent, and what it says of those who come back."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import requests
from authlib.common.errors import AuthlibBaseError
from flask import Flask
from joserfc.errors import JoseError

from ivr.gate import Gate
from ivr.settings import Settings

TIMEOUT_SECONDS = 5
Claims = dict[str, Any]
Answer = TypeVar("Answer")


class ProviderFailed(Exception):
    """The provider did not answer, or what it answered does not hold."""


@dataclass(frozen=True)
class Departure:
    """Where somebody is sent, and what must come back with them."""

    url: str
    state: str
    nonce: str
    verifier: str


class Provider:
    """One provider, found by discovery when it is first needed. Safe for threads."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        """`settings` name the provider."""
        from authlib.integrations.flask_client import OAuth  # slow: only whoever has a provider waits for it

        issuer = settings.oidc_issuer or ""
        self._issuer, self._back = issuer, f"{settings.public_url}/console/openid/back"
        self._gate = Gate()
        self._client = OAuth(app).register(
            "nightline",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
            server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings.oidc_scopes,
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT_SECONDS,
            },
        )

    def send_there(self) -> Departure:
        """Where to send somebody who wants to sign in: code flow with state, nonce and PKCE. Raises ProviderFailed."""
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)

        def begin() -> Departure:
            self._discover()
            made = self._client.create_authorization_url(self._back, nonce=nonce, code_verifier=verifier)
            return Departure(made["url"], made["state"], nonce, verifier)

        return self._ask(begin)

    def claims_behind(self, code: str, verifier: str, nonce: str) -> Claims:
        """What the provider says of whoever came back with a code. Raises ProviderFailed.

        The ID token is checked (signature, issuer, audience, times, nonce); what only the userinfo endpoint tells is
        added when it speaks of the same subject.
        """

        def redeem() -> Claims:
            metadata = self._discover()
            token = self._client.fetch_access_token(self._back, code=code, code_verifier=verifier)
            known = {"iss": {"value": self._issuer}, "aud": {"value": self._client.client_id}}
            said = self._client.parse_id_token(token, nonce=nonce, claims_options=known)
            if said is None or said.get("nonce") != nonce:
                raise ProviderFailed("no ID token for this sign-in")
            more = self._client.userinfo(token=token) if metadata.get("userinfo_endpoint") else {}
            return {**(more if more.get("sub") == said["sub"] else {}), **said}

        return self._ask(redeem)

    def is_from(self, issuer: str | None) -> bool:
        """Whether an answer that names its issuer (RFC 9207) is from this provider."""
        return issuer in (None, self._issuer)

    def _discover(self) -> dict[str, Any]:
        metadata: dict[str, Any] = self._client.load_server_metadata()
        if metadata.get("issuer") != self._issuer:
            metadata.pop("_loaded_at", None)
            raise ProviderFailed(f"the provider calls itself {metadata.get('issuer')}")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name[:2] in SIGNED_BY_KEY]
        if "client_secret_basic" not in metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
            self._client.client_kwargs["token_endpoint_auth_method"] = "client_secret_post"  # noqa: S105 - its name
        return metadata

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        try:
            with self._gate:
                return question()
        except (requests.RequestException, AuthlibBaseError, JoseError, KeyError, ValueError, RuntimeError) as error:
            raise ProviderFailed(f"{type(error).__name__}: {error}") from error


SIGNED_BY_KEY = {"RS", "ES", "PS", "Ed"}
"""Signatures by the provider's own key; none by a shared secret, and never none at all."""
