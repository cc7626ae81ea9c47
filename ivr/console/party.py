"""Passkeys as the standard has them (WebAuthn): what a browser is asked, and whether its answer is good."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from ivr.settings import Settings
from ivr.store.accounts import Account
from ivr.store.factors import Passkey

LONGEST_ID = 400


class NotVerified(Exception):
    """An answer that is not what was asked for, or not from the passkey that it names."""


@dataclass(frozen=True)
class Party:
    """The relying party: the host that passkeys are bound to, and the origin of its pages."""

    host: str
    origin: str

    def ask_to_make(self, account: Account, known: Iterable[Passkey]) -> tuple[str, str]:
        """What a browser needs to make a passkey, as JSON, and the challenge in it."""
        options = generate_registration_options(
            rp_id=self.host,
            rp_name="Nightline",
            user_id=handle_of(account.id),
            user_name=account.login,
            user_display_name=account.name,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=_named(known),
        )
        return options_to_json(options), bytes_to_base64url(options.challenge)

    def ask_to_use(self, known: Iterable[Passkey]) -> tuple[str, str]:
        """What a browser needs to use one of these passkeys (none: any that it has for us), and the challenge in it."""
        options = generate_authentication_options(
            rp_id=self.host,
            allow_credentials=_named(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options), bytes_to_base64url(options.challenge)

    def made(self, answer: str, challenge: str) -> tuple[str, str, int]:
        """Id, public key and counter of the passkey that was made. Raises NotVerified."""
        try:
            found = verify_registration_response(
                credential=answer,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self.host,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise NotVerified(str(error)) from error
        return (
            bytes_to_base64url(found.credential_id),
            bytes_to_base64url(found.credential_public_key),
            found.sign_count,
        )

    def used(self, answer: str, challenge: str, passkey: Passkey) -> int:
        """The counter of a passkey after it answered. Raises NotVerified."""
        try:
            found = verify_authentication_response(
                credential=answer,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self.host,
                expected_origin=self.origin,
                credential_public_key=base64url_to_bytes(passkey.public_key),
                credential_current_sign_count=passkey.uses,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise NotVerified(str(error)) from error
        return found.new_sign_count


def party_of(settings: Settings) -> Party | None:
    """Who we are to passkeys, by the public URL. None: browsers bind none to an address without a name, or to http."""
    parts = urlsplit(settings.public_url)
    host = parts.hostname or ""
    if _is_number(host) or (parts.scheme != "https" and host != "localhost"):
        return None
    return Party(host, f"{parts.scheme}://{parts.netloc}")


def challenge_in(answer: str) -> str:
    """The challenge that an answer says it answers. Raises NotVerified."""
    try:
        said: Any = json.loads(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
        return str(said["challenge"])
    except (ValueError, KeyError, TypeError) as error:
        raise NotVerified("unreadable") from error


def passkey_in(answer: str) -> tuple[str, bytes | None]:
    """Id and user handle that an answer names; to be read after `challenge_in`. Raises NotVerified."""
    try:
        found: Any = json.loads(answer)
        handle = found["response"].get("userHandle")
        return str(found["id"]), base64url_to_bytes(handle) if handle else None
    except (ValueError, KeyError, TypeError) as error:
        raise NotVerified("unreadable") from error


def handle_of(user: int) -> bytes:
    """What a passkey knows its account by: nothing that says who it is."""
    return f"nightline-{user}".encode()


def _named(known: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.id)) for passkey in known]


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
