"""Seconds of speech until the engineer's phone rings: the real script, and callers who press as soon as they can."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean

import requests

from bench.figures import Figure, Goal
from bench.service import EXAMPLE, NIGHT
from bench.spoken import seconds_to_say
from ivr.prompts.audio import recording_of
from ivr.prompts.catalogue import PROMPTS
from ivr.prompts.prompt import as_heard
from ivr.prompts.seconds import seconds_of
from ivr.rehearsal.carrier import Carrier
from ivr.rehearsal.documents import Verb, parse
from ivr.rehearsal.stage import Stage
from ivr.rehearsal.webhooks import WebhookRequest, WebhookResponse, over_http

TITLE = "Seconds of speech before the engineer's phone rings"

PACE = 10.0
"""The stand-in carrier's waits are shorter by this; what is measured is the length of texts, so it changes nothing."""

ITALY, PARTNER, STRANGER = "+3904611715112", "+442079460201", "+442079460299"
RINGS_WITHIN = 30
"""Real seconds."""


@dataclass(frozen=True)
class Press:
    """Keys, and the words that they answer: pressed at the end of these, or as soon as keys count where `ahead`."""

    keys: str
    words: str
    ahead: bool = False


@dataclass(frozen=True)
class Caller:
    """Who calls, what they press, and the seconds of speech that the last key should keep."""

    name: str
    number: str
    presses: tuple[Press, ...]
    at_most: float | None = None


PLATFORM = Press("1", "not available, press 1.")
DROPS = (Press("2", "dropping, press 2."), Press("1", "press 1."))
BUSINESS = (Press("3", "impacted, press 3."), Press("1", "press 1."))
IDENTIFIED = (Press("4001#", "then press hash."), Press("4821#", "then hash."))


def ahead(*presses: Press) -> tuple[Press, ...]:
    """The same keys, pressed before anything is said."""
    return tuple(Press(press.keys, press.words, ahead=True) for press in presses)


CALLERS = (
    Caller("recognised, platform not available", PARTNER, (PLATFORM,), 10),
    Caller("recognised, calls dropping, with its question", PARTNER, DROPS, 16),
    Caller("recognised, business severely impacted, with its question", PARTNER, BUSINESS, 20),
    Caller("by partner number and PIN, platform not available", STRANGER, (*IDENTIFIED, PLATFORM)),
    Caller("by partner number and PIN, calls dropping", STRANGER, (*IDENTIFIED, *DROPS)),
    Caller("recognised, presses ahead, calls dropping", PARTNER, ahead(*DROPS), 4),
    Caller("by partner number and PIN, presses ahead, calls dropping", STRANGER, ahead(*IDENTIFIED, *DROPS), 4),
)


def measure(_runs: int, quick: bool) -> Iterator[Figure]:
    """Each caller once: the same texts take the same seconds in every run. Then the catalogue's own estimate."""
    for caller in CALLERS[::5] if quick else CALLERS:
        goal = Goal(at_most=caller.at_most) if caller.at_most else None
        yield Figure(caller.name, "s of speech", (seconds_heard_by(caller),), goal, "the same in each run")
    yield from estimates(10 if quick else len(PROMPTS))


class Documents:
    """What the carrier was given to play, each leg's documents in the order in which it asked for them."""

    def __init__(self, carrier: Carrier) -> None:
        """Listens in between the carrier and the line."""
        self.of_leg: dict[str, list[tuple[Verb, ...]]] = {}
        carrier.deliver = self._deliver

    def _deliver(self, request: WebhookRequest) -> WebhookResponse:
        response = over_http(request)
        leg = dict(request.params).get("CallSid")
        if leg and response.body and response.content_type and "xml" in response.content_type:
            self.of_leg.setdefault(leg, []).append(parse(response.body, response.content_type))
        return response


def seconds_heard_by(caller: Caller) -> float:
    """Call the line, press the keys, see a phone ring, and add up what was said until the last key."""
    with Stage(EXAMPLE, at=NIGHT, pace=PACE) as stage:
        documents = Documents(stage.carrier)
        stage.carrier.patient_handsets = True
        stage.start()
        leg = stage.carrier.dial(caller.number, ITALY)
        for press in caller.presses:
            leg.wait_for(press.words)
            leg.press(press.keys)
        see_ringing(stage.carrier)
        leg.hang_up()
        return until_last_key(documents.of_leg[leg.sid], caller.presses)


def see_ringing(carrier: Carrier) -> None:
    """Wait until a phone rings. Raises TimeoutError when none does: the keys did not lead to an engineer."""

    def rings() -> bool:
        return any(leg.direction == "outbound-api" and leg.status == "ringing" for leg in carrier.legs.values())

    if not carrier.wait_until(rings, RINGS_WITHIN):
        raise TimeoutError("no engineer's phone rang")


def until_last_key(documents: list[tuple[Verb, ...]], presses: tuple[Press, ...]) -> float:
    """Seconds of what was played until the last of the keys. Raises ValueError where it was never asked for."""
    waiting = list(presses)
    total = 0.0
    for verb in (verb for document in documents for verb in document):
        seconds, pressed = _gathered(verb, waiting[0]) if verb.name == "Gather" else (_played(verb), False)
        total += seconds
        if pressed and not waiting[1:]:
            return total
        waiting = waiting[1:] if pressed else waiting
    raise ValueError(f"nobody asked for {waiting[0].words!r}")


def _gathered(gather: Verb, press: Press) -> tuple[float, bool]:
    """Seconds until the key, and True; or those of the whole prompt and of the silence after it, and False."""
    total = 0.0
    for child in gather.children:
        if press.words in child.text:
            return (0.0 if press.ahead else total + seconds_to_say(up_to(press.words, child.text))), True
        total += _played(child)
    return total + gather.seconds("timeout", 5), False


def up_to(words: str, text: str) -> str:
    """A text up to the end of these words."""
    return text[: text.index(words) + len(words)]


def _played(verb: Verb) -> float:
    """Seconds of one verb that says, plays or pauses; others take none."""
    match verb.name:
        case "Say":
            return seconds_to_say(verb.text, verb.get("language", "en"))
        case "Pause":
            return verb.seconds("length", 1)
        case "Play":
            return recording_of(requests.get(verb.text, timeout=10).content, most_seconds=600).seconds
    return 0.0


def estimates(prompts: int) -> Iterator[Figure]:
    """How far the estimate of the catalogue, which knows no voice, is from the spoken prompt: mean and worst."""
    apart = []
    for prompt in list(PROMPTS.values())[:prompts]:
        text = as_heard(prompt.text)
        apart.append(abs(seconds_of(text, prompt.language) - seconds_to_say(text, prompt.language)))
    yield Figure(f"estimate of a prompt's seconds, mean deviation over {len(apart)}", "s", (mean(apart),))
    yield Figure("estimate of a prompt's seconds, worst deviation", "s", (max(apart),))
