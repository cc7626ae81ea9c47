"""What the stand-in carrier sends: signed form requests, with the parameters that the real one adds."""

import base64
import hashlib
import hmac
import random
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

import requests

Params = tuple[tuple[str, str], ...]

PLACES = tuple(
    f"{who}{what}" for who in ("From", "To", "Caller", "Called") for what in ("City", "State", "Zip", "Country")
)
TOTAL_SECONDS = 15
CONNECT_SECONDS = 5
MAX_REDIRECTS = 10


@dataclass(frozen=True)
class WebhookRequest:
    """One POST of a form, or one GET: its parameters stand in the query of `url`; a played file has none."""

    url: str
    params: Params
    headers: Mapping[str, str]
    method: str = "POST"


@dataclass(frozen=True)
class WebhookResponse:
    """What came back. `url` is where it came from, after redirects."""

    status: int
    body: bytes
    content_type: str | None
    url: str


Deliver = Callable[[WebhookRequest], WebhookResponse]
"""Delivers a request; raises ConnectionError or TimeoutError when nothing comes back."""


def over_http(request: WebhookRequest) -> WebhookResponse:
    """Deliver over the network, with the carrier's time-outs."""
    try:
        response = requests.request(
            request.method,
            request.url,
            data=list(request.params) or None,
            headers=dict(request.headers),
            timeout=(CONNECT_SECONDS, TOTAL_SECONDS),
        )
    except requests.Timeout as error:
        raise TimeoutError(str(error)) from error
    except requests.RequestException as error:
        raise ConnectionError(str(error)) from error
    content_type = response.headers.get("Content-Type")
    return WebhookResponse(response.status_code, response.content, content_type, response.url)


def signature(token: str, url: str, params: Iterable[tuple[str, str]]) -> str:
    """The carrier's signature of a request; a GET has no parameters besides its URL.

    The URL without its fragment, then every name with its value, sorted by name and value, each pair once;
    HMAC-SHA1 under the account's token, in base 64 (https://www.twilio.com/docs/usage/security).
    """
    text = without_fragment(url) + "".join(name + value for name, value in sorted(set(params)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def without_fragment(url: str) -> str:
    """The part of a URL that is sent and signed; HTTPS on any port is signed without the port."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port and parts.scheme != "https" else ""
    return urlunsplit((parts.scheme, host + port, parts.path, parts.query, ""))


def signed(token: str, url: str, params: Params, method: str = "POST") -> WebhookRequest:
    """A request with the headers that the carrier sends."""
    if method == "GET":
        return WebhookRequest(asked := with_query(url, params), (), sent_with(token, asked, ()), method)
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    return WebhookRequest(url.split("#")[0], params, {**sent_with(token, url, params), **form})


def sent_with(token: str, url: str, params: Params) -> dict[str, str]:
    """The headers of every request."""
    return {
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
        "X-Twilio-Signature": signature(token, url, params),
        "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
        "X-Home-Region": "us1",
    }


def with_query(url: str, params: Params) -> str:
    """A URL with the parameters appended to its query, as they are sent with GET."""
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode(params)) if part)
    return urlunsplit(parts._replace(query=query, fragment=""))


def asking_for(url: str) -> WebhookRequest:
    """A request for a file: the carrier signs none of these."""
    return WebhookRequest(url, (), {"User-Agent": "TwilioProxy/1.1", "Accept": "audio/*"}, "GET")


def with_strangers(params: dict[str, str], chance: random.Random) -> Params:
    """The parameters of a voice request, the empty places and one that nobody documented included."""
    places = dict.fromkeys(PLACES, "")
    strangers = {f"X{chance.randrange(1000)}": "new"}
    return tuple({**places, **strangers, **params}.items())
