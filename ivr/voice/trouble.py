"""When a step breaks: the caller is still spoken to, and an eligible one still reaches a person."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import structlog
from twilio.twiml.voice_response import Gather, VoiceResponse

from ivr.house import House
from ivr.places import To, Urls
from ivr.prompts import catalogue as prompts
from ivr.prompts.prompt import Prompt
from ivr.standby.houses import Houses, MovedBack, database_failed
from ivr.voice import script
from ivr.voice.heard import Heard
from ivr.voice.saying import UNCHANGED, changes_of, say, text_of
from ivr.voice.steps import ENGINEER_STEPS
from ivr.voice.turns import ENGLISH, ENGLISH_VOICE, Turn
from ivr.voice.twiml import to_twiml
from routing.configuration import Configuration
from routing.numbers import e164

logger = structlog.get_logger()

AGAIN = 1
"""How often a step is repeated, with what was heard, before it goes on without the database."""

TakeTurn = Callable[[Houses, House, str, Heard], Turn]


@dataclass(frozen=True)
class Failure:
    """What broke a step that began at `began` (UTC)."""

    error: Exception
    began: datetime


def way_out(here: Houses, house: House, step: str, heard: Heard, failure: Failure, take_turn: TakeTurn) -> str:
    """The TwiML after a step failed.

    The database: the step once more if that loses nothing, then on the standby. Anything else pages for an eligible
    caller. When that fails too, the caller's own leg rings the people of the last known rota.
    """
    urls = Urls(here.main.settings.public_url)
    try:
        if house is here.main and database_failed(failure.error):
            here.main_failed(failure.began)
            if may_be_repeated(heard):
                return repeat(here, urls, step, heard)
            with suppress(MovedBack):
                return to_twiml(take_turn(here, here.standby, step, heard), urls, changes_of(here.standby))
            return to_twiml(take_turn(here, here.main, step, heard), urls, changes_of(here.main))
        if step not in ENGINEER_STEPS and not database_failed(failure.error):
            return to_twiml(take_turn(here, house, script.tell_trouble.__name__, heard), urls, changes_of(house))
    except Exception:
        logger.exception("the way out failed too", step=step)
    return dial(here, step, heard, urls)


def times_repeated(heard: Heard) -> int:
    """How often this step was repeated."""
    return int(heard.place.get("again", "0") or 0)


def may_be_repeated(heard: Heard) -> bool:
    """Whether the step comes again when asked to, with all that was heard.

    Nobody follows a redirect after the caller hung up, or in the answer to a report; and what was recorded, or how a
    Dial ended, is told once.
    """
    told_once = any(name.startswith(("Recording", "Dial")) for name in heard.carrier)
    return times_repeated(heard) < AGAIN and not heard.hung_up and not told_once


def repeat(here: Houses, urls: Urls, step: str, heard: Heard) -> str:
    """The same step once more, with what was heard."""
    place = {**heard.place, "again": times_repeated(heard) + 1, "keys": heard.keys, "speech": heard.speech}
    response = VoiceResponse()
    speak(response, here, prompts.ONE_MOMENT)
    response.redirect(f"{urls.public_url}/voice/{step}?{urlencode(place)}", method="POST")
    return str(response)


def dial(here: Houses, step: str, heard: Heard, urls: Urls) -> str:
    """Without any database: the people of the last known rota, one after the other."""
    response = VoiceResponse()
    speak(response, here, prompts.ONE_MOMENT)
    if step not in ENGINEER_STEPS:
        for phone in last_known_phones(here, heard):
            response.dial(answer_on_bridge=True, timeout=20).number(
                phone, url=urls.step(To("last_resort")), method="POST"
            )
    speak(response, here, prompts.NO_WAY_OUT)
    response.hangup()
    return str(response)


def whisper_without_database(here: Houses, urls: Urls, keys: str) -> str:
    """Heard by whoever is rung while the database is away: one key connects, so that no voicemail takes the call."""
    response = VoiceResponse()
    if keys == "1":
        return str(response)
    gather = response.gather(action=urls.step(To("last_resort")), method="POST", num_digits=1, timeout=10)
    speak(gather, here, prompts.LAST_RESORT)
    response.hangup()
    return str(response)


def speak(verb: VoiceResponse | Gather, here: Houses, prompt: Prompt) -> None:
    """Say a prompt without any database, and without a recording, which may be in it."""
    known = last_known(here)
    text = text_of(say(prompt), known.prompts if known is not None else UNCHANGED)
    verb.say(text, language=ENGLISH, voice=ENGLISH_VOICE)


def last_known(here: Houses) -> Configuration | None:
    """The last configuration that was read."""
    return here.main.configuration.last_known or here.standby.configuration.last_known


def last_known_phones(here: Houses, heard: Heard) -> tuple[str, ...]:
    """Whom the last configuration that was read puts on call now, one after the other."""
    known = last_known(here)
    if known is None:
        return ()
    region = known.region_of(e164(heard.carrier.get("To", "")) or "") or known.default_region
    at = here.main.clock()
    lines = (*known.people_at(known.policy_of(region.key), at), *known.people_at(known.fallback_policy, at))
    return tuple(dict.fromkeys(p for line in lines for person in line.candidates for p in person.phones))
