"""What the doctor tries from outside: the public URL with and without a signature, and the fallback documents."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import requests
from requests.exceptions import RequestException
from twilio.request_validator import RequestValidator

from ivr.fallback.publish import place_of
from ivr.operations.findings import Finding, error, good, warning
from ivr.settings import BadSettings, Settings
from routing.configuration import Configuration

TIMEOUT_SECONDS = 10
STALE = timedelta(hours=2)
NO_CALL = {"CallSid": "CA" + "0" * 32, "CallStatus": "completed"}
"""A report about a call that never was: it changes nothing."""


def webhook_findings(settings: Settings) -> Iterator[Finding]:
    """Whether a webhook gets through to us signed, and does not unsigned."""
    url = f"{settings.public_url}/voice/status"
    signature = RequestValidator(settings.auth_tokens[0]).compute_signature(url, NO_CALL)
    signed, unsigned = _post(url, {"X-Twilio-Signature": signature}), _post(url, {})
    if signed is None or unsigned is None:
        remedy = "Check the name, the proxy and its certificate: the carrier must reach NIGHTLINE_PUBLIC_URL."
        yield error("webhooks", f"{settings.public_url} does not answer", remedy)
    elif signed == 403:
        remedy = "NIGHTLINE_PUBLIC_URL must be the address that callers' webhooks use, to the letter; then the token."
        yield error("webhooks", "a signed request is refused", remedy)
    elif signed != 204:
        remedy = "See that the proxy hands /voice, /sms, /media, /take and /static on to Nightline."
        yield error("webhooks", f"a signed request is answered with {signed}", remedy)
    elif unsigned != 403:
        yield error("webhooks", "an unsigned request is heard", "Something else answers there. Check the proxy.")
    else:
        yield good("webhooks", f"{settings.public_url} hears what is signed, and nothing else")


def fallback_findings(settings: Settings, known: Configuration | None, at: datetime) -> Iterator[Finding]:
    """Whether the documents that answer without us are there, are valid, and are fresh."""
    try:
        if settings.fallback:
            place_of(settings.fallback, settings)
    except BadSettings as wrong:
        yield error("fallback", str(wrong), "Correct the environment of the worker, and start it anew.")
    if settings.fallback_url is None or known is None:
        remedy = "See docs/fallback.md, then set NIGHTLINE_FALLBACK and NIGHTLINE_FALLBACK_URL."
        yield warning("fallback", "nobody answers should the whole service be down", remedy)
        return
    for region in known.regions.values():
        yield _document(f"{settings.fallback_url}/{region.key}.xml", at)


def _document(url: str, at: datetime) -> Finding:
    remedy = "Run: nightline fallback WHERE; and see that the worker has NIGHTLINE_FALLBACK set."
    try:
        answer = requests.get(url, timeout=TIMEOUT_SECONDS)
        is_twiml = answer.ok and ElementTree.fromstring(answer.content).tag == "Response"  # noqa: S314 - our own file
    except (RequestException, ElementTree.ParseError):
        is_twiml = False
    if not is_twiml:
        return error("fallback", f"{url} is no TwiML document", remedy)
    written = answer.headers.get("Last-Modified")
    if written is not None and at - parsedate_to_datetime(written) > STALE:
        return warning("fallback", f"{url} was last written {written}", remedy)
    return good("fallback", f"{url} is there")


def _post(url: str, headers: dict[str, str]) -> int | None:
    try:
        return requests.post(url, data=NO_CALL, headers=headers, timeout=TIMEOUT_SECONDS).status_code
    except RequestException:
        return None
