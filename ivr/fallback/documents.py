"""The static documents that answer while the whole service is down: complete TwiML, by file name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from twilio.twiml.voice_response import VoiceResponse

from ivr.voice import words
from ivr.voice.turns import ENGLISH, ENGLISH_VOICE
from routing.configuration import Configuration
from routing.fallback import Period, Ringing, periods
from routing.regions import Region

WHISPER, CONNECT, SCHEDULE = "all.whisper.xml", "all.connect.xml", "schedule.txt"
"""Files of all regions. A region's key has no dot, so none can have the name of these."""

DAYS = 7
TIMES_ASKED = 3
SECONDS_TO_PRESS = 5
SECONDS_TO_HANG_UP = 5
SECONDS_OF_WHISPER = 10
NAME_OF_INSTANT = "%Y-%m-%dT%H%M%SZ"
INSTANT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class RegionFallback:
    """A region with the periods of the next days, the present one first."""

    region: Region
    periods: tuple[Period, ...]


def fallbacks_of(
    known: Configuration, regions: Iterable[Region], at: datetime, days: int = DAYS
) -> tuple[RegionFallback, ...]:
    """Who would be rung from `at` (UTC) on, region by region."""
    until = at + timedelta(days=days)
    return tuple(RegionFallback(region, periods(known, region, at, until)) for region in regions)


def documents_of(fallbacks: Iterable[RegionFallback]) -> dict[str, str]:
    """Every file by its name, in an order in which none names another one that does not stand yet.

    They name each other by relative GET, so they work wherever they are put together. `it.xml` is whom to ring
    now; `it.2026-11-30T080000Z.xml` is the same from that instant (UTC) on, and may be copied over `it.xml`.
    """
    files = {CONNECT: connect(), WHISPER: whisper()}
    changes: list[tuple[datetime, str]] = []
    for fallback in fallbacks:
        key = fallback.region.key
        for position, period in enumerate(fallback.periods):
            name = name_of(key, period.starts_at) if position else key
            files[f"{name}.dial.xml"] = dial(fallback.region, period.rings, f"{name}.dial.xml")
            files[f"{name}.xml"] = ask(f"{name}.dial.xml")
            if position:
                changes.append((period.starts_at, f"{name}.xml {key}.xml"))
    files[SCHEDULE] = "".join(schedule(changes))
    return files


def name_of(key: str, at: datetime) -> str:
    """The name of what holds in a region from an instant on."""
    return f"{key}.{at.astimezone(UTC).strftime(NAME_OF_INSTANT)}"


def schedule(changes: Iterable[tuple[datetime, str]]) -> Iterator[str]:
    """One line a change, the earliest first: from when on, which file takes the place of which."""
    for at, files in sorted(changes):
        yield f"{at.astimezone(UTC).strftime(INSTANT)} {files}\n"


def ask(then: str) -> str:
    """Heard first by the caller: a key, any key, leads on; silence wakes nobody."""
    response = VoiceResponse()
    for _ in range(TIMES_ASKED):
        gather = response.gather(
            action=then, method="GET", input="dtmf", num_digits=1, finish_on_key="", timeout=SECONDS_TO_PRESS
        )
        gather.say(words.SERVICE_DOWN, language=ENGLISH, voice=ENGLISH_VOICE)
    say(response, words.SILENT_END)
    response.hangup()
    return str(response)


def dial(region: Region, rings: tuple[Ringing, ...], here: str) -> str:
    """Rings one phone after the other for the caller, round after round, with time to hang up after each.

    A file cannot learn how a Dial ended: after a talk that the engineer ended first, the caller is asked to
    hang up too, before the next phone is rung.
    """
    response = VoiceResponse()
    if not rings:
        return say_that_nobody_is_there(response)
    say(response, words.CALLING_ENGINEER)
    for position, ring in enumerate(rings, start=1):
        leg = response.dial(caller_id=region.number, timeout=ring.ring_seconds, answer_on_bridge=True)
        leg.number(ring.phone, url=WHISPER, method="GET")
        say(response, words.HANG_UP_OR_NEXT if position < len(rings) else words.HANG_UP_OR_AGAIN)
        response.pause(length=SECONDS_TO_HANG_UP)
    response.redirect(here, method="GET")
    return str(response)


def say_that_nobody_is_there(response: VoiceResponse) -> str:
    """Heard by the caller where nobody at all can be rung; the command warns of it beforehand."""
    say(response, words.NO_WAY_OUT)
    response.hangup()
    return str(response)


def whisper() -> str:
    """Heard by whoever answers: a key connects, so that no voicemail takes the call."""
    response = VoiceResponse()
    gather = response.gather(
        action=CONNECT, method="GET", input="dtmf", num_digits=1, finish_on_key="", timeout=SECONDS_OF_WHISPER
    )
    gather.say(words.SERVICE_DOWN_PAGE, language=ENGLISH, voice=ENGLISH_VOICE)
    response.hangup()
    return str(response)


def connect() -> str:
    """Heard by the engineer who pressed a key; where it ends, the two can speak."""
    response = VoiceResponse()
    say(response, words.SERVICE_DOWN_CONNECTING)
    return str(response)


def say(response: VoiceResponse, text: str) -> None:
    """One sentence, in the voice of the line."""
    response.say(text, language=ENGLISH, voice=ENGLISH_VOICE)
