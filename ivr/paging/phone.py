"""The phone: placing, moving and ending calls and sending texts through the carrier's REST API."""

from dataclasses import dataclass
from typing import Any

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from ivr.places import To, Urls
from ivr.settings import Settings

CARRIER_API = "https://api.twilio.com"
TIMEOUT_SECONDS = 5
LIVE = {"queued", "initiated", "ringing", "in-progress"}
NOT_THERE = "20404:"
"""The carrier's error for what does not exist."""

ENDED_ALREADY = "21220:"
"""The carrier's error for a leg that is not live any more."""

PASSES = {401, 403, 429}
"""What a token that was changed, an account that is suspended, and haste are answered with: no word about a number."""

EVENTS = ["initiated", "ringing", "answered", "completed"]


class PhoneFailed(Exception):
    """The carrier did not do it. `permanent` tells whether trying again is pointless."""

    def __init__(self, text: str, permanent: bool) -> None:
        """`text` is for the log."""
        super().__init__(text)
        self.permanent = permanent

    @property
    def leg_is_over(self) -> bool:
        """Whether the carrier says that the leg which was asked about does not live."""
        return str(self).startswith((NOT_THERE, ENDED_ALREADY))

    def __reduce__(self) -> tuple[type["PhoneFailed"], tuple[str, bool]]:
        """As the durable log keeps it: a worker that takes an escalation over reads what refused a phone."""
        return type(self), (str(self), self.permanent)


@dataclass(frozen=True)
class LegState:
    """What the carrier says of a leg. `status` is in its own spelling."""

    sid: str
    status: str

    @property
    def is_live(self) -> bool:
        """Whether the leg has not ended."""
        return self.status in LIVE


class LocalApi(TwilioHttpClient):  # type: ignore[misc]  # the SDK is untyped
    """The SDK's HTTP client, pointed at another server than the carrier's own."""

    def __init__(self, api_url: str) -> None:
        """`api_url` replaces the carrier's scheme, host and port."""
        super().__init__(timeout=TIMEOUT_SECONDS)
        self._api_url = api_url.rstrip("/").removesuffix("/2010-04-01")

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """Send a request to the configured server."""
        return super().request(method, url.replace(CARRIER_API, self._api_url, 1), *args, **kwargs)


class Phone:
    """The carrier's REST API, for the worker only: no webhook waits for it."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is sent yet."""
        self._client = Client(
            settings.account_sid,
            settings.auth_token.get_secret_value(),
            http_client=LocalApi(settings.twilio_api_url),
        )
        self._urls = Urls(settings.public_url)
        self._sms_from = settings.sms_from

    def get_ready(self) -> None:
        """Let the SDK import now what it would import at the first ring."""
        assert self._client.calls

    def ring(self, attempt: str, to: str, caller_id: str, seconds: int) -> str:
        """Start to ring a phone for an attempt; returns the leg's sid. Raises PhoneFailed."""
        place = (("attempt", attempt),)
        return self.call(to, caller_id, To("ask_to_take", place), To("attempt_status", place), seconds)

    def call(self, to: str, caller_id: str, script: To, reports: To, seconds: int) -> str:
        """Start to ring a phone, which then hears `script`; returns the leg's sid. Raises PhoneFailed."""
        call = _asking(
            self._client.calls.create,
            to=to,
            from_=caller_id,
            url=self._urls.step(script),
            method="POST",
            status_callback=self._urls.step(reports),
            status_callback_method="POST",
            status_callback_event=EVENTS,
            timeout=seconds,
        )
        return str(call.sid)

    def living_legs(self, to: str, caller_id: str) -> list[LegState]:
        """The legs of ours to this number that live, the newest first, as a crash may leave them behind.

        Not filtered by time: a call that the carrier still queues has no start. The list does not tell for which
        attempt a leg was rung.
        """
        found = _asking(self._client.calls.list, to=to, from_=caller_id, limit=20)
        ours = (call for call in found if call.direction == "outbound-api")  # not what a caller's own leg dialled
        legs = (LegState(str(call.sid), str(call.status)) for call in ours)
        return [leg for leg in legs if leg.is_live]

    def state(self, leg: str) -> LegState:
        """What the carrier says of a leg now (it may be a moment behind)."""
        call = _asking(self._client.calls(leg).fetch)
        return LegState(str(call.sid), str(call.status))

    def end(self, leg: str) -> None:
        """Hang up a leg, ringing or answered. A leg that has ended already is no error."""
        self._change(leg, status="completed")

    def send_to(self, leg: str, place: To) -> bool:
        """Interrupt a live leg and continue it at a place of a script; False when it has ended."""
        return self._change(leg, url=self._urls.step(place), method="POST")

    def text(self, to: str, caller_id: str, body: str) -> tuple[str, str]:
        """Send a text; returns its sid and status. Raises PhoneFailed."""
        sender = self._sms_from or caller_id
        kind = "messaging_service_sid" if sender.startswith("MG") else "from_"
        status_callback = f"{self._urls.public_url}/sms/status"
        message = _asking(
            self._client.messages.create, to=to, body=body, status_callback=status_callback, **{kind: sender}
        )
        return str(message.sid), str(message.status)

    def delete_recording(self, recording: str) -> None:
        """Delete a recording at the carrier. One that is not there any more is no error. Raises PhoneFailed."""
        try:
            _asking(self._client.recordings(recording).delete)
        except PhoneFailed as failure:
            if not str(failure).startswith(NOT_THERE):
                raise

    def _change(self, leg: str, **values: str) -> bool:
        try:
            _asking(self._client.calls(leg).update, **values)
        except PhoneFailed as failure:
            if failure.leg_is_over:
                return False
            raise
        return True


def _asking(request: Any, **values: Any) -> Any:
    """Send a request; what the carrier or the network answers otherwise becomes PhoneFailed."""
    try:
        return request(**values)
    except TwilioRestException as error:
        passes = error.status in PASSES or error.status >= 500
        raise PhoneFailed(f"{error.code}: {error.msg}", permanent=not passes) from error
    except (RequestException, TwilioException) as error:  # a list that fails gives the SDK's bare exception
        raise PhoneFailed(str(error), permanent=False) from error
