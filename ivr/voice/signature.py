"""Whether the carrier signed a request: checked against the public URL, never the one that we see."""

from collections.abc import Mapping

from twilio.request_validator import RequestValidator


class SignatureCheck:
    """Validates webhook signatures (https://www.twilio.com/docs/usage/webhooks/webhooks-security)."""

    def __init__(self, public_url: str, tokens: tuple[str, ...]) -> None:
        """Accept any of `tokens`: during a rotation there are two."""
        self._public_url = public_url
        self._validators = [RequestValidator(token) for token in tokens if token]

    def is_signed(self, path: str, query: str, form: Mapping[str, str], signature: str) -> bool:
        """Check a POST of `form` (a multi dict is read whole) to our path, still percent-encoded."""
        url = self.public(path, query)
        return bool(signature) and any(validator.validate(url, form, signature) for validator in self._validators)

    def public(self, path: str, query: str) -> str:
        """The URL that the carrier requested. `path` is below the public URL's own prefix."""
        return self._public_url + path + (f"?{query}" if query else "")
