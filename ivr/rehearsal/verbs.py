"""What the carrier does for each TwiML verb: one verb, one function."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin

from ivr.rehearsal.documents import Verb
from ivr.rehearsal.leg import HungUp, Leg, SentOn, seconds_of

MUSIC_SECONDS = 5.0
BEEP_SECONDS = 0.5
CARRIER_RING_EXTRA = 5.0


@dataclass(frozen=True)
class Next:
    """The document that follows: requested with these parameters besides the usual ones."""

    url: str
    params: dict[str, str] = field(default_factory=dict)
    method: str = "POST"


class Over(Exception):
    """The document says that the call ends. `status` is the leg's final status."""

    def __init__(self, status: str = "completed") -> None:
        """`completed`, or what a Reject gives."""
        super().__init__(status)
        self.status = status


def play_document(leg: Leg, verbs: tuple[Verb, ...], here: str) -> Next:
    """Play verbs to a leg until one leads to another document. `here` is this document's own URL.

    Raises Over at its end, HungUp and SentOn as they happen.
    """
    for verb in verbs:
        following = VERBS[verb.name](leg, verb, here)
        if following is not None:
            return following
    raise Over


def say(leg: Leg, verb: Verb, _here: str) -> None:
    """Speak; the text of an empty Say is nothing."""
    if verb.text:
        leg.hear(verb.text)
        leg.pause(seconds_of(verb.text))


MADE_FOR_ONE = "/media/"
"""What is served here is fetched at each Play; a file that is the same for all is in the carrier's cache."""


def play(leg: Leg, verb: Verb, _here: str) -> None:
    """Play a file."""
    fetch_played(leg, verb)
    leg.hear("[music]")
    leg.pause(MUSIC_SECONDS)


def fetch_played(leg: Leg, verb: Verb) -> None:
    """Get what a Play names, when it was made for this one call."""
    if MADE_FOR_ONE in verb.text:
        leg.carrier.fetch(verb.text)


def pause(leg: Leg, verb: Verb, _here: str) -> None:
    """Be silent."""
    leg.pause(verb.seconds("length", 1))


def redirect(_leg: Leg, verb: Verb, here: str) -> Next:
    """Go on with another document; an empty one is this document again."""
    return Next(urljoin(here, verb.text) if verb.text else here, method=method_of(verb))


def method_of(verb: Verb) -> str:
    """How a verb's URL is asked for: by POST unless it says GET."""
    return verb.get("method", "POST").upper()


def hang_up(_leg: Leg, _verb: Verb, _here: str) -> Next:
    """End the call."""
    raise Over


def reject(_leg: Leg, verb: Verb, _here: str) -> Next:
    """Refuse a call that was not answered yet."""
    raise Over("busy" if verb.get("reason") == "busy" else "no-answer")


def gather(leg: Leg, verb: Verb, here: str) -> Next | None:
    """Listen for keys and speech, from the first nested word on."""
    kinds = verb.get("input", "dtmf").split()
    leg.listen(True)

    def input_came() -> bool:
        return ("dtmf" in kinds and leg.has_key()) or ("speech" in kinds and leg.has_speech())

    try:
        for child in verb.children:
            if nested(leg, child, input_came):
                break
        # The timer starts when everything nested has been played, or at the first key.
        came = leg.pause(verb.seconds("timeout", 5), input_came)
        found = collect(leg, verb) if came else None
    finally:
        leg.listen(False)
    action = urljoin(here, verb.get("action") or here)
    if found is None and verb.says("actionOnEmptyResult"):
        found = {"Digits": "", "msg": "Gather End"}
    return Next(action, found, method_of(verb)) if found is not None else None


def nested(leg: Leg, child: Verb, input_came: Callable[[], bool]) -> bool:
    """A prompt inside a Gather; True when it was interrupted."""
    if child.name == "Pause":
        return leg.pause(child.seconds("length", 1), input_came)
    if child.name == "Play":
        fetch_played(leg, child)
    leg.hear(child.text if child.name == "Say" else "[music]")
    return leg.pause(seconds_of(child.text) if child.name == "Say" else MUSIC_SECONDS, input_came)


def collect(leg: Leg, verb: Verb) -> dict[str, str] | None:
    """Keys up to the finishing key, the wanted number or a silence; or the words. None for a lone `#`."""
    if not leg.has_key():
        text, seconds = leg.take_speech()
        leg.pause(seconds)
        return {"SpeechResult": text, "Confidence": "0.9", "msg": "Gather End"}
    finish, wanted = verb.get("finishOnKey", "#"), int(verb.get("numDigits", "0"))
    digits, finished_on = "", ""
    while leg.pause(verb.seconds("timeout", 5), leg.has_key):
        key = leg.take_key()
        if finish and key in finish:
            finished_on = key
            break
        digits += key
        if wanted and len(digits) == wanted:
            break
    return {"Digits": digits, "FinishedOnKey": finished_on, "msg": "Gather End"} if digits else None


def record(leg: Leg, verb: Verb, here: str) -> Next | None:
    """Record what is said until a key, a silence or the limit; the file is reported aside, and later."""
    if verb.get("playBeep", "true") == "true":
        leg.hear("[beep]")
        leg.pause(BEEP_SECONDS)
    carrier, length, key = leg.carrier, 0.0, ""
    sid = carrier.new_sid("RE")
    action = urljoin(here, verb.get("action") or here)
    leg.listen(True)
    try:
        while leg.pause(verb.seconds("timeout", 5), lambda: leg.has_key() or leg.has_speech()):
            if leg.has_key():
                key = leg.take_key()
                break
            seconds = leg.take_speech()[1]
            length += seconds
            leg.pause(seconds, leg.has_key)
    except HungUp:
        key = "hangup"
    except SentOn:
        carrier.report_recording(leg, verb, sid, round(length))
        raise
    finally:
        leg.listen(False)
    carrier.report_recording(leg, verb, sid, round(length))
    found = {**carrier.recording(sid, round(length)), "Digits": key}
    if key == "hangup":
        carrier.last_word(leg, action, found, method_of(verb))
        raise HungUp
    if round(length) == 0 and carrier.silent_record == "falls_through":
        return None
    return Next(action, found, method_of(verb))


def dial(leg: Leg, verb: Verb, here: str) -> Next | None:
    """Connect the leg with numbers or a conference; afterwards its action, if it has one."""
    if leg.direction == "outbound-dial":
        leg.carrier.surprise("13201: a Dial in a whisper")
        raise Over
    action = urljoin(here, verb.get("action")) if verb.get("action") else None
    try:
        if verb.children and verb.children[0].name == "Conference":
            found = leg.carrier.rooms.stay(leg, verb.children[0], verb.says("hangupOnStar"))
        else:
            found = leg.carrier.dialling.ring_numbers(leg, verb, here)
    except HungUp:
        if action:
            left = "answered" if verb.children and verb.children[0].name == "Conference" else "canceled"
            ended = {"DialCallStatus": leg.carrier.dialling.outcome_of(leg, left)}
            leg.carrier.last_word(leg, action, ended, method_of(verb))
        raise
    return Next(action, found, method_of(verb)) if action else None


VERBS: dict[str, Callable[[Leg, Verb, str], Next | None]] = {
    "Say": say,
    "Play": play,
    "Pause": pause,
    "Redirect": redirect,
    "Hangup": hang_up,
    "Reject": reject,
    "Gather": gather,
    "Record": record,
    "Dial": dial,
}
