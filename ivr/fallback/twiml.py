"""Static TwiML: a question to the caller, a round of phones, a whisper; each names the next by relative GET."""

from twilio.twiml.voice_response import VoiceResponse

from ivr.voice import words
from ivr.voice.turns import ENGLISH, ENGLISH_VOICE
from routing.fallback import Ringing
from routing.regions import Region

WHISPER, CONNECT = "all.whisper.xml", "all.connect.xml"
"""Files of all regions. A region's key has no dot, so none can have the name of these."""

TIMES_ASKED = 3
SECONDS_TO_PRESS = 5
SECONDS_TO_HANG_UP = 5
SECONDS_OF_WHISPER = 10
MOST_PHONES = 100
"""A document has 64 kB at most."""


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
    rings = rings[:MOST_PHONES]
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
