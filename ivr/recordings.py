"""Recordings: fetched from the carrier with the account's credentials, which go nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import SplitResult, urlsplit

import requests
from requests.auth import HTTPBasicAuth

from ivr.settings import Settings

TIMEOUT_SECONDS = 5
CHUNK_BYTES = 16 * 1024


class RecordingFailed(Exception):
    """The carrier did not give the recording; the text says why, for the log or the operator."""


@contextmanager
def fetch(settings: Settings, url: str) -> Iterator[requests.Response]:
    """The carrier's answer with the audio, not read yet. Raises RecordingFailed."""
    found = ask(settings, url)
    try:
        yield found
    finally:
        found.close()


def fetched(settings: Settings, url: str) -> tuple[bytes, str]:
    """The carrier's audio whole, with its content type. Raises RecordingFailed, or OSError when it breaks off."""
    with fetch(settings, url) as audio:
        return audio.content, audio.headers["Content-Type"]


def ask(settings: Settings, url: str) -> requests.Response:
    """The same for a caller who closes it. After a redirect to another host no credentials are sent."""
    if not is_carriers(settings, url):
        raise RecordingFailed("the recording is not at the carrier: credentials are sent nowhere else")
    credentials = HTTPBasicAuth(settings.account_sid, settings.auth_token.get_secret_value())
    try:
        found = requests.get(url, auth=credentials, timeout=TIMEOUT_SECONDS, stream=True)
    except requests.RequestException as error:
        raise RecordingFailed(f"the carrier does not answer: {type(error).__name__}") from error
    kind = found.headers.get("Content-Type", "")
    if found.status_code == requests.codes.ok and kind.startswith("audio/"):
        return found
    found.close()
    raise RecordingFailed(f"the carrier answered {found.status_code} {kind or 'without a content type'}")


def is_carriers(settings: Settings, url: str) -> bool:
    """Whether a URL is the carrier's own, by HTTPS, or at the configured address of its API."""
    try:
        asked = urlsplit(requests.Request("GET", url).prepare().url or "")  # as it will be understood when it is sent
        if asked.username or asked.password:
            return False
        host = asked.hostname or ""
        twilio = asked.scheme == "https" and asked.port in {None, 443}
        return (twilio and host.endswith(".twilio.com")) or _place(asked) == _place(urlsplit(settings.twilio_api_url))
    except (requests.RequestException, ValueError):
        return False


def _place(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port
