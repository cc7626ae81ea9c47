"""Signed webhooks, as Standard Webhooks has them: one request an event, signed anew at each try, with the same id."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from standardwebhooks import Webhook

from ivr.clock import real_clock
from ivr.house import House
from ivr.integrations.facts import without_numbers, written
from ivr.integrations.targets import Answer, Verdict, pause_of
from ivr.integrations.wire import Bounds, Reply, WireFailed, ask, fault_of_url
from ivr.key_ring import NotOpened
from ivr.out_settings import parsed
from ivr.sealing import Sealer
from ivr.settings import Settings
from ivr.sign_in_settings import LOOPBACK
from ivr.store.deliveries import Delivery
from ivr.store.endpoints import Endpoint
from ivr.store.events import Event

GONE = 410
REDIRECTS = range(300, 400)
REMEDY = "Add it and start the worker again, or give this webhook a new secret."


@dataclass(frozen=True)
class WebhookTarget:
    """An endpoint as a recipient."""

    endpoint: Endpoint
    in_order: bool = False
    patience: timedelta = timedelta(0)

    @property
    def key(self) -> str:
        """`webhook:` and the endpoint's id."""
        return self.endpoint.target

    @property
    def title(self) -> str:
        """Its description, or where it is, without what may be secret."""
        return self.endpoint.description or self.endpoint.url.partition("?")[0]

    def wants(self, event: Event, _at: datetime) -> bool:
        """Those events that its owner chose; all when they chose none."""
        return not self.endpoint.types or event.type in self.endpoint.types

    def body(self, event: Event, facts: Mapping[str, Any]) -> str:
        """Type, timestamp and data, as JSON. Every try sends this very text."""
        data = facts if self.endpoint.with_numbers else without_numbers(facts)
        message = {"type": event.type, "timestamp": written(event.at), "data": data}
        return json.dumps(message, ensure_ascii=False, separators=(",", ":"))

    def send(self, house: House, one: Delivery) -> Answer:
        """One POST. Anything but 2xx is tried again, except 410: that endpoint is not used any more."""
        at, sealer = real_clock(), Sealer(house.settings)  # receivers compare with the real time, wherever ours is
        try:
            secrets = tuple(map(sealer.open, self.endpoint.secrets_at(house.clock())))
            headers = signed_headers(secrets, one.name, at, one.body)
            bounds, body = bounds_of(house.settings), one.body.encode()
            reply = ask("POST", self.endpoint.url, bounds=bounds, headers=headers, body=body, whole=False)
        except WireFailed as failure:
            return Answer(Verdict.REFUSED if failure.refused else Verdict.AGAIN, said=str(failure))
        except NotOpened as failure:
            return Answer(Verdict.AGAIN, said=f"It cannot be signed: {failure}. {REMEDY}")
        return understood(reply, at)


def signed_headers(secrets: tuple[str, ...], id_: str, at: datetime, body: str) -> dict[str, str]:
    """The headers of Standard Webhooks: `at` is UTC; one signature a secret, apart by spaces."""
    return {
        "content-type": "application/json",
        "user-agent": "Nightline",
        "webhook-id": id_,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(id_, at, body) for secret in secrets),
    }


def understood(reply: Reply, at: datetime) -> Answer:
    """What an endpoint's answer means."""
    said = reply.text.strip()
    if 200 <= reply.status < 300:
        return Answer(Verdict.DELIVERED, reply.status, said)
    if reply.status == GONE:
        return Answer(Verdict.GONE, reply.status, said)
    if reply.status in REDIRECTS:
        return Answer(Verdict.AGAIN, reply.status, "It answers with another address. Redirects are not followed.")
    return Answer(Verdict.AGAIN, reply.status, said, pause_of(reply.headers, at))


def bounds_of(settings: Settings) -> Bounds:
    """Where webhooks may go: public addresses, the networks of NIGHTLINE_PRIVATE_WEBHOOKS, and this machine's own only
    where Nightline itself is reached there, as when it is tried out."""
    more = "127.0.0.0/8, ::1/128" if _is_tried_out(settings) else ""
    return Bounds((*parsed(settings.private_webhooks), *parsed(more)))


def fault_of_endpoint(url: str) -> str:
    """What is wrong with the address of an endpoint, in words for a form; empty when nothing is."""
    return fault_of_url(url) if len(url) <= 2000 else "This address is too long."


def _is_tried_out(settings: Settings) -> bool:
    return any(settings.public_url.startswith(f"http://{host}") for host in (*LOOPBACK, "[::1]"))
