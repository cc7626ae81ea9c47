"""Turns: what a step can answer, as plain values that know no TwiML."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ivr.places import To
from ivr.prompts.prompt import Prompt

ENGLISH = "en-GB"
ENGLISH_VOICE = "Polly.Amy"


@dataclass(frozen=True)
class Said:
    """A sentence in a language (BCP 47) and a voice of the carrier; `text` is in the line's own words.

    One that comes from a `prompt` carries the values of its placeholders, so that it can be said in other words.
    One with `parts` is these, said one after the other.
    """

    text: str
    language: str = ENGLISH
    voice: str = ENGLISH_VOICE
    prompt: Prompt | None = None
    values: tuple[tuple[str, "str | Said"], ...] = ()
    parts: tuple["Said", ...] = ()


def to(step: Callable[..., Any], **params: object) -> To:
    """The place of a step. A trailing underscore in a parameter's name is dropped (`try_`)."""
    pairs = ((name.rstrip("_"), str(value)) for name, value in params.items())
    return To(step.__name__, tuple(pairs))


@dataclass(frozen=True)
class Ask:
    """Say something that a key interrupts, then listen for `seconds`.

    Keys (and speech, where there are `hints`) go to `then`; silence goes to `otherwise`, or is told it and ends.
    `digits` ends the listening after so many keys; None listens until `#`. `audio` is the URL of what is played
    after the words.
    """

    says: tuple[Said, ...]
    then: To
    otherwise: "To | Goodbye"
    digits: int | None = 1
    hints: tuple[str, ...] = ()
    seconds: int = 5
    audio: str = ""


@dataclass(frozen=True)
class Tell:
    """Say something, then go on."""

    says: tuple[Said, ...]
    then: To


@dataclass(frozen=True)
class Record:
    """Say something, beep, and record the caller's own message; any key ends it.

    `then` is told how long it was. The recording itself is reported to `stored`, which also happens when
    the recording is cut off because somebody came on the line.
    """

    says: tuple[Said, ...]
    then: To
    stored: To
    max_seconds: int = 120


@dataclass(frozen=True)
class Hold:
    """Speech and music for about ten seconds, in which a key is heard; then again."""

    says: tuple[Said, ...]
    then: To
    again: To


@dataclass(frozen=True)
class Join:
    """Meet in the room of a ticket. Whoever leaves ends it for the others, who go on to `after`.

    Without `ends_room` the others stay when this one leaves. With `star` that key leaves, and goes on to `after`.
    """

    says: tuple[Said, ...]
    room: str
    after: To
    ends_room: bool = True
    star: bool = False


@dataclass(frozen=True)
class Dial:
    """Ring numbers (E.164) all at once; who answers first is connected. How it went goes to `after`.

    With `whisper`, whoever answers first hears that place of a script, which connects or hangs up; how the
    phone rings is reported to `reports`.
    """

    says: tuple[Said, ...]
    numbers: tuple[str, ...]
    caller_id: str
    after: To
    seconds: int = 20
    whisper: To | None = None
    reports: To | None = None


@dataclass(frozen=True)
class Connect:
    """Say something to whoever is whispered to, and connect the two sides."""

    says: tuple[Said, ...]


@dataclass(frozen=True)
class Goodbye:
    """Say something and hang up."""

    says: tuple[Said, ...]


@dataclass(frozen=True)
class Refuse:
    """Do not answer: the caller hears a busy tone. Only as the first thing of a call."""


@dataclass(frozen=True)
class Nothing:
    """There is nobody left to say anything to."""


Turn = Ask | Tell | Record | Hold | Join | Dial | Connect | Goodbye | Refuse | Nothing
