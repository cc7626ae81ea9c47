"""The account at the carrier as its operator sees it: its numbers, and where their calls and texts go."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.exceptions import RequestException

from ivr.settings import Settings

CARRIERS_OWN = ".twilio.com"
VOICE_API, MESSAGING_API = "https://voice.twilio.com", "https://messaging.twilio.com"
TIMEOUT_SECONDS = 10
PAGE_SIZE = 100

FIELDS = {
    "voice_url": "VoiceUrl",
    "voice_method": "VoiceMethod",
    "voice_fallback_url": "VoiceFallbackUrl",
    "voice_fallback_method": "VoiceFallbackMethod",
    "status_callback": "StatusCallback",
    "status_callback_method": "StatusCallbackMethod",
    "sms_url": "SmsUrl",
    "sms_method": "SmsMethod",
    "voice_application_sid": "VoiceApplicationSid",
    "sms_application_sid": "SmsApplicationSid",
    "trunk_sid": "TrunkSid",
}
"""Our names of a number's fields, as the API answers them, and the parameters that set them."""


class AccountFailed(Exception):
    """The carrier did not answer, or refused; the text says what it said, and what to do."""


@dataclass(frozen=True)
class AccountNumber:
    """A number of the account. `fields` by their names in the API's answers, empty where nothing is set."""

    sid: str
    number: str
    fields: dict[str, str]
    can_text: bool


def hosts_of(api_url: str) -> tuple[str, str, str]:
    """Where to ask for the account, dialling permissions and messaging services; a stand-in for the carrier has all."""
    api = api_url.rstrip("/").removesuffix("/2010-04-01")
    if (urlsplit(api).hostname or "").endswith(CARRIERS_OWN):
        return api, VOICE_API, MESSAGING_API
    return api, api, api


class Account:
    """The carrier's REST API for an operator's command: one request at a time, and plain answers."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is sent yet."""
        api, self._voice, self._messaging = hosts_of(settings.twilio_api_url)
        self._base = f"{api}/2010-04-01/Accounts"
        self._sid = settings.account_sid
        self._session = requests.Session()
        self._session.auth = (settings.account_sid, settings.auth_token.get_secret_value())

    def check(self) -> tuple[str, datetime]:
        """The account's status, and the carrier's clock (UTC). Raises AccountFailed."""
        answer = self._ask("GET", f"{self._base}/{self._sid}.json")
        return str(answer.json()["status"]), parsedate_to_datetime(answer.headers["Date"])

    def numbers(self) -> tuple[AccountNumber, ...]:
        """All numbers of the account. Raises AccountFailed."""
        url: str | None = f"{self._base}/{self._sid}/IncomingPhoneNumbers.json?PageSize={PAGE_SIZE}"
        found: list[AccountNumber] = []
        while url:
            page = self._ask("GET", url).json()
            found += [_number(row) for row in page["incoming_phone_numbers"]]
            url = self._next(page.get("next_page_uri"))
        return tuple(found)

    def update(self, number: AccountNumber, fields: dict[str, str]) -> None:
        """Set these fields of a number and no others. Raises AccountFailed."""
        form = {FIELDS[name]: value for name, value in fields.items()}
        self._ask("POST", f"{self._base}/{self._sid}/IncomingPhoneNumbers/{number.sid}.json", form)

    def may_call(self, country: str) -> bool:
        """Whether the account may call ordinary numbers of a country (ISO 3166). Raises AccountFailed."""
        answer = self._ask("GET", f"{self._voice}/v1/DialingPermissions/Countries/{country}")
        return bool(answer.json()["low_risk_numbers_enabled"])

    def replies_of(self, service: str) -> str | None:
        """How and where a messaging service sends texts that come in, such as `POST https://...`; empty for nowhere.

        None: where each of its numbers leads. Raises AccountFailed.
        """
        found = self._ask("GET", f"{self._messaging}/v1/Services/{service}").json()
        if found["use_inbound_webhook_on_number"]:
            return None
        url = found["inbound_request_url"]
        return f"{found['inbound_method']} {url}" if url else ""

    def _next(self, uri: str | None) -> str | None:
        parts = urlsplit(self._base)
        return f"{parts.scheme}://{parts.netloc}{uri}" if uri else None

    def _ask(self, method: str, url: str, form: dict[str, str] | None = None) -> requests.Response:
        try:
            answer = self._session.request(method, url, data=form, timeout=TIMEOUT_SECONDS)
        except RequestException as error:
            raise AccountFailed(f"the carrier does not answer ({type(error).__name__}). Try again later.") from None
        if answer.status_code == 401:
            raise AccountFailed("the carrier refuses TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN. Check both.")
        if answer.status_code >= 400:
            raise AccountFailed(f"the carrier says: {_said(answer)}")
        return answer


def _number(row: dict[str, Any]) -> AccountNumber:
    fields = {name: str(row.get(name) or "") for name in FIELDS}
    capabilities = row.get("capabilities") or {}
    return AccountNumber(row["sid"], row["phone_number"], fields, bool(capabilities.get("sms")))


def _said(answer: requests.Response) -> str:
    try:
        error = answer.json()
        return f"{error['code']}: {error['message']}"
    except (ValueError, KeyError):
        return f"HTTP {answer.status_code}"
