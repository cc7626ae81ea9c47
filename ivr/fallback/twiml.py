"""Static TwiML: a question to the caller, a round of phones, a whisper; each names the next by relative GET."""

from twilio.twiml.voice_response import Gather, VoiceResponse

from ivr.prompts import catalogue as prompts
from ivr.prompts.prompt import Prompt
from ivr.voice.saying import UNCHANGED, Changes, say, text_of
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


def ask(then: str, changes: Changes = UNCHANGED) -> str:
    """Heard first by the caller: a key, any key, leads on; silence wakes nobody."""
    response = VoiceResponse()
    for _ in range(TIMES_ASKED):
        gather = response.gather(
            action=then, method="GET", input="dtmf", num_digits=1, finish_on_key="", timeout=SECONDS_TO_PRESS
        )
        speak(gather, prompts.SERVICE_DOWN, changes)
    speak(response, prompts.SILENT_END, changes)
    response.hangup()
    return str(response)


def dial(region: Region, rings: tuple[Ringing, ...], here: str, changes: Changes = UNCHANGED) -> str:
    """Rings one phone after the other for the caller, round after round, with time to hang up after each.

    A file cannot learn how a Dial ended: after a talk that the engineer ended first, the caller is asked to
    hang up too, before the next phone is rung.
    """
    response = VoiceResponse()
    if not rings:
        return say_that_nobody_is_there(response, changes)
    speak(response, prompts.CALLING_ENGINEER, changes)
    rings = rings[:MOST_PHONES]
    for position, ring in enumerate(rings, start=1):
        leg = response.dial(caller_id=region.number, timeout=ring.ring_seconds, answer_on_bridge=True)
        leg.number(ring.phone, url=WHISPER, method="GET")
        speak(response, prompts.HANG_UP_OR_NEXT if position < len(rings) else prompts.HANG_UP_OR_AGAIN, changes)
        response.pause(length=SECONDS_TO_HANG_UP)
    response.redirect(here, method="GET")
    return str(response)


def say_that_nobody_is_there(response: VoiceResponse, changes: Changes) -> str:
    """Heard by the caller where nobody at all can be rung; the command warns of it beforehand."""
    speak(response, prompts.NO_WAY_OUT, changes)
    response.hangup()
    return str(response)


def whisper(changes: Changes = UNCHANGED) -> str:
    """Heard by whoever answers: a key connects, so that no voicemail takes the call."""
    response = VoiceResponse()
    gather = response.gather(
        action=CONNECT, method="GET", input="dtmf", num_digits=1, finish_on_key="", timeout=SECONDS_OF_WHISPER
    )
    speak(gather, prompts.SERVICE_DOWN_PAGE, changes)
    response.hangup()
    return str(response)


def connect(changes: Changes = UNCHANGED) -> str:
    """Heard by the engineer who pressed a key; where it ends, the two can speak."""
    response = VoiceResponse()
    speak(response, prompts.SERVICE_DOWN_CONNECTING, changes)
    return str(response)


def speak(verb: VoiceResponse | Gather, prompt: Prompt, changes: Changes) -> None:
    """One sentence, in the voice of the line and in the managers' words: a recording may be down with the service."""
    verb.say(text_of(say(prompt), changes), language=ENGLISH, voice=ENGLISH_VOICE)
