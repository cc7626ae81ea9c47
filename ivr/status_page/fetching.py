"""Fetching the status page: within a time, up to a size, and only when it changed."""

import json
import time
from dataclasses import dataclass
from typing import Any

import requests
from pydantic import SecretStr
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import RequestException, Timeout
from urllib3.exceptions import HTTPError

WAITS_SECONDS = 5
TAKES_SECONDS = 15
LARGEST = 2_000_000
CHUNK = 65536


class NotFetched(Exception):
    """The status page could not be read; the text says why, without its address."""


@dataclass(frozen=True)
class Fetched:
    """What came. `document` is None when it is as it was at `etag`."""

    document: Any
    etag: str


def fetch(url: SecretStr, etag: str = "") -> Fetched:
    """Ask for the document, unless it is still the one of `etag`. Raises NotFetched."""
    ends = time.monotonic() + TAKES_SECONDS
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Nightline"}
    if etag:
        headers["If-None-Match"] = etag
    try:
        with requests.get(url.get_secret_value(), headers=headers, timeout=WAITS_SECONDS, stream=True) as answer:
            if answer.status_code == 304 and etag:
                return Fetched(None, etag)
            if answer.status_code != 200:
                raise NotFetched(f"it answers {answer.status_code}")
            return Fetched(parsed(body_of(answer, ends)), answer.headers.get("ETag", "")[:200])
    except Timeout:
        raise NotFetched("it does not answer in time") from None
    except NoConnection:
        raise NotFetched("it cannot be reached") from None
    except (RequestException, HTTPError, OSError) as error:
        raise NotFetched(f"it cannot be read ({type(error).__name__})") from None


def body_of(answer: requests.Response, ends: float) -> bytes:
    """The body as it comes, until it is too large or takes too long. Raises NotFetched."""
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise NotFetched("it is compressed though that was not asked for")
    body = bytearray()
    while chunk := answer.raw.read1(CHUNK):
        body += chunk
        if len(body) > LARGEST:
            raise NotFetched(f"it is larger than {LARGEST // 1_000_000} MB")
        if time.monotonic() > ends:
            raise NotFetched("it does not answer in time")
    return bytes(body)


def parsed(body: bytes) -> Any:
    """The JSON. Raises NotFetched."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotFetched("it is no JSON") from None
