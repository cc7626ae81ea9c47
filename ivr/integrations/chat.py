"""Chat and mail through apprise: one message an event, in the reader's language, to whatever an apprise URL names."""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr

from ivr.house import House
from ivr.integrations.facts import without_numbers
from ivr.integrations.phrases import LANGUAGES, text_of, title_of
from ivr.integrations.targets import Answer, Verdict
from ivr.store.deliveries import Delivery
from ivr.store.events import Event

__all__ = ["KIND", "LANGUAGES", "ChatTarget"]

KIND = "chat:"
NEWS_FOR = timedelta(hours=6)
"""What is older is no news: nobody is told of it by itself any more."""

STATUS = re.compile(r"error=(\d{3})")


@dataclass(frozen=True)
class ChatTarget:
    """A channel, a room or a mailbox. The URL is as good as a password: it is never shown."""

    name: str
    url: SecretStr
    events: frozenset[str]
    classes: tuple[str, ...]
    language: str = "en"
    with_numbers: bool = False
    in_order: bool = False
    patience: timedelta = timedelta(0)

    @property
    def key(self) -> str:
        """`chat:` and the name that the file gives it."""
        return f"{KIND}{self.name}"

    @property
    def title(self) -> str:
        """Which service it is, and nothing else of the URL."""
        return self.url.get_secret_value().partition(":")[0]

    def wants(self, event: Event, at: datetime) -> bool:
        """The events that the file names, while they are news."""
        return event.type in self.events and at - event.at <= NEWS_FOR

    def body(self, event: Event, facts: Mapping[str, Any]) -> str | None:
        """Title and text; None for a ticket of a class that is not for this channel."""
        told = facts if self.with_numbers else without_numbers(facts)
        ticket = told.get("ticket") or {}
        if ticket and ticket.get("class_of_service") not in self.classes:
            return None
        message = {"title": title_of(told, self.language), "text": text_of(event, told, self.language)}
        return json.dumps(message, ensure_ascii=False)

    def send(self, house: House, one: Delivery) -> Answer:
        """Hand the message to the service. Apprise says yes or no, and no more."""
        if one.failures and house.clock() - one.created_at > NEWS_FOR:
            return Answer(Verdict.REFUSED, said="It is too old to be news.")
        message = json.loads(one.body)
        return _notify(self.url.get_secret_value(), message["title"], message["text"])


def _notify(url: str, title: str, text: str) -> Answer:
    import apprise  # here, because only the worker needs it, and it takes its time

    asset = apprise.AppriseAsset(app_id="Nightline", app_desc="Nightline", secure_logging=True)
    channel = apprise.Apprise(asset=asset)
    quiet = logging.getLogger("apprise")
    quiet.propagate = False  # its lines may hold what the URL holds
    with apprise.LogCapture(level=logging.WARNING, name="apprise") as heard:  # type: ignore[no-untyped-call]
        if not channel.add(url):
            return Answer(Verdict.REFUSED, said="The URL is none that apprise knows.")
        done = channel.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT)
        status = STATUS.search(heard.getvalue())
    code = int(status[1]) if status else None
    if done:
        return Answer(Verdict.DELIVERED, said="Taken.")
    return Answer(Verdict.AGAIN, code, "The service did not take the message.")
