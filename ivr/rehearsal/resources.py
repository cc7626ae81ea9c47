"""The carrier's plain values: numbers, texts, and what happened."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """One of our numbers at the carrier: where its calls and texts go."""

    number: str
    voice_url: str
    status_callback: str | None = None
    fallback_url: str | None = None
    sms_url: str | None = None
    fallback_method: str = "POST"
    voice_method: str = "POST"
    status_callback_method: str = "POST"
    sms_method: str = "POST"
    voice_application_sid: str | None = None
    sms_application_sid: str | None = None
    trunk_sid: str | None = None
    can_text: bool = True


@dataclass(frozen=True)
class Event:
    """Something that happened. `at` is carrier seconds since the start."""

    at: float
    leg: str
    who: str
    what: str
    text: str


@dataclass(frozen=True)
class Text:
    """A text that we sent."""

    sid: str
    from_: str
    to: str
    body: str


@dataclass
class Script:
    """What a leg was created with: where its first document is, and who is told of its life."""

    url: str
    fallback_url: str | None = None
    status_callback: str | None = None
    events: tuple[str, ...] = ("completed",)
    timeout: float = 60
    twiml: str | None = None
    fallback_method: str = "POST"
