"""When a step breaks: the caller is still spoken to, and an eligible one still reaches a person."""

import sys
from urllib.parse import urlencode

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from twilio.twiml.voice_response import VoiceResponse

from ivr.house import House
from ivr.places import To, Urls
from ivr.store import calls
from ivr.voice import script, words
from ivr.voice.call import Call
from ivr.voice.heard import Heard
from ivr.voice.steps import ENGINEER_STEPS
from ivr.voice.turns import ENGLISH, ENGLISH_VOICE
from ivr.voice.twiml import to_twiml
from routing.escalation import people_at
from routing.numbers import e164

logger = structlog.get_logger()

AGAIN = 2
"""How often a step is repeated, with what was heard, while the database does not answer."""


def way_out(house: House, step: str, heard: Heard, urls: Urls) -> str:
    """The TwiML after a failure: page for an eligible caller, else repeat the step, else ring the on-call."""
    try:
        if step not in ENGINEER_STEPS and not _database_failed():
            with house.engine.begin() as connection:
                record = calls.find_call(connection, heard.carrier.get("CallSid", ""))
                if record is not None:
                    call = Call(house, connection, record, house.clock())
                    return to_twiml(script.tell_trouble(call, heard), urls)
    except Exception:
        logger.exception("the way out failed too", step=step)
    return repeat_or_dial(house, step, heard, urls)


def _database_failed() -> bool:
    return isinstance(sys.exc_info()[1], (DBAPIError, PoolTimeout))


def repeat_or_dial(house: House, step: str, heard: Heard, urls: Urls) -> str:
    """Without the database: the same step once more, and then the people of the last known rota."""
    again = int(heard.place.get("again", "0") or 0)
    response = VoiceResponse()
    response.say(words.ONE_MOMENT, language=ENGLISH, voice=ENGLISH_VOICE)
    if again < AGAIN:
        place = {**heard.place, "again": again + 1, "keys": heard.keys, "speech": heard.speech}
        response.redirect(f"{urls.public_url}/voice/{step}?{urlencode(place)}", method="POST")
    elif step in ENGINEER_STEPS or not (phones := last_known_phones(house, heard)):
        response.say(words.NO_WAY_OUT, language=ENGLISH, voice=ENGLISH_VOICE)
        response.hangup()
    else:
        for phone in phones:
            response.dial(answer_on_bridge=True, timeout=20).number(
                phone, url=urls.step(To("last_resort")), method="POST"
            )
        response.say(words.NO_WAY_OUT, language=ENGLISH, voice=ENGLISH_VOICE)
        response.hangup()
    return str(response)


def whisper_without_database(urls: Urls, keys: str) -> str:
    """Heard by whoever is rung while the database is away: one key connects, so that no voicemail takes the call."""
    response = VoiceResponse()
    if keys == "1":
        return str(response)
    gather = response.gather(action=urls.step(To("last_resort")), method="POST", num_digits=1, timeout=10)
    gather.say(words.LAST_RESORT, language=ENGLISH, voice=ENGLISH_VOICE)
    response.hangup()
    return str(response)


def last_known_phones(house: House, heard: Heard) -> tuple[str, ...]:
    """Whom the last configuration that was read puts on call now, one after the other."""
    known = house.configuration.last_known
    if known is None:
        return ()
    region = known.region_of(e164(heard.carrier.get("To", "")) or "") or known.default_region
    lines = people_at(known.policies[region.policy], known.rotas, known.engineers, house.clock())
    return tuple(dict.fromkeys(p for line in lines for person in line.candidates for p in person.phones))
