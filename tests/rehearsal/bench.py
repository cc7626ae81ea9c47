"""A carrier with an application of canned documents, for the carrier's own tests."""

from urllib.parse import parse_qsl, urlsplit

from ivr.rehearsal.carrier import Carrier
from ivr.rehearsal.handsets import Behaviour, manual
from ivr.rehearsal.leg import Leg
from ivr.rehearsal.webhooks import WebhookRequest, WebhookResponse

OURS, CALLER, OTHER, THIRD = "+3904611715112", "+442079460201", "+442079460202", "+442079460203"
HOST = "https://app.example.com"
ACCOUNT, TOKEN = "AC" + "1" * 32, "token"


class Bench:
    """Documents by path; every request is kept, its query counted in. A document may be a status code instead."""

    def __init__(self, documents: dict[str, str | int], pace: float = 100) -> None:
        self.documents = documents
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.sent: list[WebhookRequest] = []
        self.carrier = Carrier(account_sid=ACCOUNT, auth_token=TOKEN, pace=pace, deliver=self.deliver)
        self.carrier.add_number(
            OURS, voice_url=f"{HOST}/answer", status_callback=f"{HOST}/status", sms_url=f"{HOST}/sms"
        )
        for number in (CALLER, OTHER, THIRD):
            self.carrier.add_phone(number, manual)

    def deliver(self, request: WebhookRequest) -> WebhookResponse:
        path, query = urlsplit(request.url).path, parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
        self.sent.append(request)
        self.requests.append((path, {**dict(query), **dict(request.params)}))
        found = self.documents.get(path, 204)
        if isinstance(found, int):
            return WebhookResponse(found, b"", None, request.url)
        body = f"<Response>{found}</Response>".encode()
        return WebhookResponse(200, body, "text/xml", request.url)

    def call(self, behaviour: Behaviour | None = None) -> Leg:
        if behaviour is not None:
            self.carrier.add_phone(OTHER, behaviour)
        return self.carrier.dial(CALLER, OURS)

    def asked(self, path: str, timeout: float = 10) -> dict[str, str]:
        """The parameters of the first request for a path, once it came."""

        def found() -> bool:
            return any(asked == path for asked, _ in list(self.requests))

        assert self.carrier.wait_until(found, timeout) or found(), f"{path} not among {[p for p, _ in self.requests]}"
        return next(params for asked, params in self.requests if asked == path)

    def sent_to(self, path: str) -> WebhookRequest:
        """The first request for a path, as it was sent, once it came."""
        self.asked(path)
        return next(request for request in self.sent if urlsplit(request.url).path == path)

    def never_asked(self, path: str) -> bool:
        return all(asked != path for asked, _ in self.requests)
